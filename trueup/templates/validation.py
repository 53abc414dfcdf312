"""One validator for Validate, SAVE and SEND.

Belongs here: the order of the checks, and the cache of results. Does not: the checks
themselves.
"""

import hashlib
from collections.abc import Collection, Mapping
from functools import partial

from liquid.exceptions import LiquidError, LiquidSyntaxError, ResourceLimitError
from liquid.template import BoundTemplate

from trueup.templates.blocks import Structure
from trueup.templates.delimiters import MOST_FINDINGS, Scan, scan
from trueup.templates.engine import Moment, parsed, write_out
from trueup.templates.errors import (
    Finding,
    MissingValueError,
    TemplateError,
    with_unix_line_ends,
)
from trueup.templates.filters import FilterLimitError
from trueup.templates.literals import wrong_literals
from trueup.templates.names import (
    ANY_NAME,
    FIELDS,
    Names,
    edit_distance,
    names_of,
    split_custom,
    with_local_names,
)
from trueup.templates.positions import located, utf16_length
from trueup.templates.spintax import with_spintax_tags, without_spintax
from trueup.templates.suggestions import only_helpful
from trueup.templates.values import (
    ALL_FILLED,
    ALL_MISSING,
    Values,
    longest_values,
)

LONGEST_TEMPLATE = 20_000

_MOST_REMEMBERED = 4096


def validate(
    template: str,
    fields: Collection[str] | None = FIELDS,
    custom: Collection[str] | None = (),
    *,
    max_length: int | None = None,
    longest: Mapping[str, str] | None = None,
) -> list[TemplateError]:
    """All errors of a template, sorted by offset; an empty list means accepted.

    `fields` are the standard field names that it may use (`FIELDS` if None), `custom`
    the names that its campaign declares, with or without "custom." in front. With
    `max_length`, the text rendered with the `longest` real values (by path, such as
    "company" or "custom.line") must not be longer.

    Results are cached by the hash of all arguments.
    """
    standard, declared = split_custom(fields, custom)
    key = _key(template, standard, declared)
    errors = _remembered.get(key)
    if errors is None:
        errors = tuple(_judged(template, names_of(standard, declared)))
        if len(_remembered) >= _MOST_REMEMBERED:
            _remembered.clear()
        _remembered[key] = errors
    if not errors and max_length is not None:
        return _too_long(with_unix_line_ends(template), max_length, longest or {})
    return list(errors)


def forget() -> None:
    """Clear the caches of results, parsed templates and words, for measurements."""
    _remembered.clear()
    parsed.cache_clear()
    edit_distance.cache_clear()


_Key = tuple[bytes, frozenset[str], frozenset[str]]
_remembered: dict[_Key, tuple[TemplateError, ...]] = {}


def _key(template: str, standard: frozenset[str], declared: frozenset[str]) -> _Key:
    digest = hashlib.blake2b(
        template.encode("utf-8", "surrogatepass"), digest_size=16
    ).digest()
    return digest, standard, declared


def _judged(template: str, names: Names) -> list[TemplateError]:
    text = with_unix_line_ends(template)
    if len(text) > LONGEST_TEMPLATE:
        message = (
            f"A template has at most {LONGEST_TEMPLATE} characters, "
            f"this one has {len(text)}. Shorten it."
        )
        length = len(text) - LONGEST_TEMPLATE
        return located([Finding(LONGEST_TEMPLATE, length, "limit", message)], text)
    findings, found = static_findings(text, names)
    if not findings:
        whole = without_spintax(without_comments(text, found), found.groups)
        findings = _engine_findings(whole)
    if any(finding.fix is not None for finding in findings):
        check = partial(_without_scan, names=names)
        findings = only_helpful(findings, text, check)
    return located(findings, text)


def static_findings(text: str, names: Names) -> tuple[list[Finding], Scan]:
    """The errors that need no engine; at most about `MOST_FINDINGS`."""
    names = with_local_names(names, text)
    found = scan(text, names)
    findings = list(found.findings)
    if len(findings) < MOST_FINDINGS:
        taken = {finding.offset for finding in findings}
        for finding in wrong_literals(text, found.texts, names):
            if finding.offset not in taken:
                taken.add(finding.offset)
                findings.append(finding)
            if len(findings) >= MOST_FINDINGS:
                break
        findings.extend(Structure(text, found, names).check())
    return _without_repeats(findings)[:MOST_FINDINGS], found


def _without_repeats(findings: list[Finding]) -> list[Finding]:
    """Sorted by offset; a mere "syntax" yields to what is said of the same place."""
    findings.sort(key=lambda finding: (finding.offset, finding.code == "syntax"))
    kept: list[Finding] = []
    for finding in findings:
        if (
            kept
            and kept[-1].offset == finding.offset
            and (finding.code in ("syntax", kept[-1].code))
        ):
            continue
        kept.append(finding)
    return kept


def _without_scan(text: str, names: Names) -> list[Finding]:
    return static_findings(text, names)[0]


def without_comments(text: str, found: Scan) -> str:
    """The text with its comments blanked: the engine reads inside them, we do not."""
    for start, end in found.comments:
        text = text[:start] + " " * (end - start) + text[end:]
    return text


def engine_text(text: str, found: Scan) -> str:
    """The text as the engine renders it: no comments, and tags for spintax."""
    return with_spintax_tags(without_comments(text, found), found.groups)


def _engine_findings(text: str) -> list[Finding]:
    """The engine's errors: parsing, a render with all fields, one with none."""
    try:
        template = parsed(text)
        for values in (ALL_FILLED, ALL_MISSING):
            write_out(template, values)
    except MissingValueError:
        return []  # a filter that made nothing of the sample: a matter of the data
    except FilterLimitError as error:
        return [_from_engine(error, "limit", "A filter makes this text too long.")]
    except ResourceLimitError as error:
        return [_from_engine(error, "limit", "This template makes too long a text.")]
    except LiquidSyntaxError as error:
        return [
            _from_engine(error, "syntax", f"Liquid cannot read this: {error.message}.")
        ]
    except LiquidError as error:
        return [_from_engine(error, "filter_value", f"This fails: {error.message}.")]
    except Exception as error:  # the engine lets many others through
        message = f"This template cannot be rendered ({type(error).__name__})."
        return [Finding(0, 1, "syntax", message)]
    return []


def _from_engine(error: LiquidError, code: str, message: str) -> Finding:
    token = error.token
    if token is None or token.start_index < 0:
        return Finding(0, 1, code, message)
    return Finding(token.start_index, max(len(token.value), 1), code, message)


def _too_long(
    text: str, max_length: int, longest: Mapping[str, str]
) -> list[TemplateError]:
    """The error of a text that is too long for its field, if it is."""
    template = parsed(engine_text(text, scan(text, ANY_NAME)))
    length = max(
        _rendered_length(template, values)
        for values in (longest_values(longest), ALL_MISSING)
    )
    if length <= max_length:
        return []
    message = (
        f"With the longest values this is {length} characters long, and at most "
        f"{max_length} are allowed. Take {length - max_length} away."
    )
    last = max(len(text.rstrip()) - 1, 0)
    return located([Finding(last, 1, "too_long", message)], text)


def _rendered_length(template: BoundTemplate, values: Values) -> int:
    """UTF-16 units of the rendered text; 0 if it cannot be rendered."""
    try:
        return utf16_length(write_out(template, values, Moment(is_longest=True)))
    except MissingValueError:
        return 0
    except (FilterLimitError, ResourceLimitError):
        return LONGEST_TEMPLATE
