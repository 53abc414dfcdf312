"""The stamp of a saved template, which the database checks.

Belongs here: the exact hashed text, so that SQL can recompute it. Does not: whether a
template is valid (`validation.py`).
"""

import hashlib
from collections.abc import Collection

from trueup.templates.names import split_custom

# Increased when the validator starts to refuse templates that it accepted before, so
# that old stamps become invalid and saved templates are validated again.
VALIDATOR_VERSION = "2"


def stamp(template: str, fields: Collection[str], custom: Collection[str]) -> str:
    """The sha256 (hex) over exactly this text and field list.

    The canonical string, hashed as UTF-8, is four lines joined by LF; the template
    comes last and may hold anything, its own line ends included:

        trueup-template-validator:<VALIDATOR_VERSION>
        <the field names, each once, sorted by code point, joined by ",">
        <the custom names, without "custom.", each once, sorted, joined by ",">
        <the template, exactly as stored: CRLF is not changed>

    In Postgres, with sorted arrays `fields` and `custom` (`order by name collate "C"`):

        encode(sha256(convert_to(concat_ws(E'\\n',
            'trueup-template-validator:2',
            array_to_string(fields, ','), array_to_string(custom, ','),
            template
        ), 'UTF8')), 'hex')

    Raises ValueError for a name with a comma or a line end, which would make two field
    lists look alike.
    """
    return _sha256(f"{_field_list(fields, custom)}\n{template}")


def field_list_hash(fields: Collection[str], custom: Collection[str]) -> str:
    """The sha256 (hex) over the first three lines of what `stamp` hashes."""
    return _sha256(_field_list(fields, custom))


def _field_list(fields: Collection[str], custom: Collection[str]) -> str:
    standard, declared = split_custom(fields, custom)
    for name in (*standard, *declared):
        if any(character in name for character in ",\r\n"):
            raise ValueError(
                f"The field name {name!r} holds a comma or a line end. Rename it."
            )
    return "\n".join(
        (
            f"trueup-template-validator:{VALIDATOR_VERSION}",
            ",".join(sorted(standard)),
            ",".join(sorted(declared)),
        )
    )


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
