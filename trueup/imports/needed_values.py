"""The values that the texts of a campaign need.

Belongs here: rendering a saved text without each of its fields. Does not: which people
lack a value (`sql/functions/imports/values_that_imported_lack.sql`).
"""

from collections.abc import Iterable, Sequence

from trueup.templates import FIELDS, MissingValueError, RenderError, render

# The sender's fields are not columns of an export.
_OF_PEOPLE = tuple(sorted(name for name in FIELDS if not name.startswith("sender")))
# A number, so that arithmetic filters have an input.
_ANYTHING = "7"


def needed_values(texts: Iterable[str], custom_fields: Sequence[str]) -> list[str]:
    """The fields without which one of the texts cannot be written, as texts write them
    (`firstName`, `custom.icebreaker`)."""
    needed: set[str] = set()
    for text in texts:
        fields = [name for name in _OF_PEOPLE if name in text]
        customs = [name for name in custom_fields if name in text]
        for name in fields:
            if name not in needed and _fails(text, custom_fields, without=name):
                needed.add(name)
        for name in customs:
            path = f"custom.{name}"
            if path not in needed and _fails(text, custom_fields, without=path):
                needed.add(path)
    return sorted(needed)


def _fails(text: str, custom_fields: Sequence[str], *, without: str) -> bool:
    values = {name: _ANYTHING for name in FIELDS if name != without}
    customs = {name: _ANYTHING for name in custom_fields if f"custom.{name}" != without}
    try:
        render(text, values, custom=customs)
    except MissingValueError:
        return True
    except RenderError:
        return False
    return False
