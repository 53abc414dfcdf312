"""Filters' arguments: their number, their kind, and texts that hide a field.

Belongs here: checking a filter's name and arguments. Does not: reading them from tokens
(`expressions.py`), or what filters do (`filters.py`).
"""

import re
from typing import TYPE_CHECKING, NamedTuple

from trueup.templates.dates import wrong_format
from trueup.templates.errors import Finding, Suggestion
from trueup.templates.filters import FILTERS, OTHER_FILTER_NAMES
from trueup.templates.foreign_tags import is_damaged_tag
from trueup.templates.literals import wrong_literals
from trueup.templates.names import Names, closest
from trueup.templates.tokens import Token

if TYPE_CHECKING:
    from trueup.templates.reading import Operand

MOST_FILTERS = 8
_IN_BRACES = re.compile(r"\{([^{}]*)\}")
_WHOLE_NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,5})")
_SEVERAL_WORDS = re.compile(r"[a-z][A-Z]|_|\.")


class Argument(NamedTuple):
    """A filter's argument; `option` is its name, if it has one."""

    value: "Operand"
    option: str = ""


def unknown_filter(name: Token) -> Finding:
    """The error for a filter that does not exist or is not allowed."""
    meant = OTHER_FILTER_NAMES.get(name.text.lower()) or closest(name.text, FILTERS)
    fix = None if meant is None else Suggestion(meant, name.start, name.end)
    message = f"There is no filter {name.text} here."
    return Finding(name.start, len(name.text), "unknown_filter", message, fix)


def wrong_arguments(
    name: Token, kind: str, arguments: list[Argument], end: Token, ends_in_colon: bool
) -> list[Finding]:
    """The errors in a known filter's input and in the number and kind of its values."""
    known = FILTERS[name.text]
    findings: list[Finding] = []

    def note(
        start: int, stop: int, code: str, message: str, fix: Suggestion | None = None
    ) -> None:
        findings.append(Finding(start, stop - start, code, message, fix))

    if known.takes == "list" and kind not in ("list", "any"):
        message = f"{name.text} needs a list. Write | split: ' ' before it."
        note(name.start, name.end, "filter_value", message)
    elif (
        kind == "list" and known.takes in ("text", "number") and name.text != "default"
    ):
        message = f"{name.text} needs a text, but split gives a list. Add | first."
        note(name.start, name.end, "filter_value", message)
    if known.takes == "now" and kind != "now":
        message = (
            f"{name.text} writes the day of the send and no other. Write "
            f"{{{{ 'now' | {name.text}: '%A' }}}}."
        )
        note(name.start, name.end, "filter_value", message)
    given = [argument for argument in arguments if not argument.option]
    for argument in arguments:
        allowed = name.text == "default" and argument.option == "allow_false"
        if argument.option and not allowed:
            start = argument.value.start
            message = f"{name.text} takes no value called {argument.option}."
            note(start, argument.value.end, "filter_args", message)
    if ends_in_colon and not arguments:
        message = f"A value must follow {name.text}:, as in {_example(name.text)}."
        at = end.start if end.start >= name.end else name.end
        note(at, at + 1, "filter_args", message)
    elif len(given) < known.needed:
        message = f"{name.text} needs a value, as in {_example(name.text)}."
        fix = None
        if not arguments and known.needed == 1:
            text = f"{name.text}: {known.example}"
            fix = Suggestion(text, name.start, name.end)
        note(name.start, name.end, "filter_args", message, fix)
    elif len(given) > len(known.arguments):
        most = len(known.arguments)
        takes = f"at most {most}" if most else "no value"
        message = f"{name.text} takes {takes}, not {len(given)}. Remove the rest."
        note(name.start, name.end, "filter_args", message)
    else:
        for wanted, argument in zip(known.arguments, given, strict=False):
            found = _wrong_value(name.text, wanted, argument.value)
            if found is not None:
                note(argument.value.start, argument.value.end, "filter_value", found)
        if name.text == "truncate" and given and not findings:
            ending = given[1].value.text[1:-1] if len(given) > 1 else "..."
            if int(given[0].value.text) <= len(ending):
                value = given[0].value
                message = f"truncate: {value.text} would leave {ending!r} only."
                note(value.start, value.end, "filter_value", message)
    return findings


def _example(name: str) -> str:
    return f"| {name}: {FILTERS[name].example}"


def _wrong_value(name: str, wanted: str, value: "Operand") -> str | None:
    if value.literal == "keyword":
        return f"{name} cannot take {value.text}. Write a text in quotes."
    if value.kind == "list":
        return f"{name} cannot take a list."
    if name == "split" and value.literal == "text" and not value.text[1:-1].strip():
        return None if value.text[1:-1] == " " else "split needs a text to split at."
    if wanted == "text":
        return None
    if wanted == "number":
        if value.literal == "text":
            return f"{name} needs a number, without quotes."
        if name in ("divided_by", "modulo") and value.literal == "number":
            return None if float(value.text) else f"{name} cannot take 0."
        return None
    if wanted == "format":
        if value.literal != "text":
            return f"{name} needs a format in quotes, as in | {name}: '%A'."
        return wrong_format(value.text[1:-1])
    if wanted == "ending":
        return (
            None if value.literal == "text" else f"{name} ends with a text in quotes."
        )
    if value.literal != "number" or not _WHOLE_NUMBER.fullmatch(value.text):
        return f"{name} needs a whole number here, as in | {name}: 30."
    least = 0 if name == "round" else 1
    if wanted == "count" and int(value.text) < least:
        return f"{name} needs a number of at least {least} here."
    return None


def quoted_field(quoted: str, start: int, names: Names) -> Finding | None:
    """The error for a field in quotes, whose name would be sent, not its value."""
    path = names.meant_in_tag(quoted[1:-1].strip())
    if path is None:
        return None
    message = f"In quotes, {quoted} is a text and would be sent. Remove the quotes."
    fix = Suggestion(path, start, start + len(quoted))
    return Finding(start, len(quoted), "quoted_field", message, fix)


def wrong_text(source: str, start: int, end: int, names: Names) -> list[Finding]:
    """The error in a quoted text: a field's own name, or a merge mark."""
    inside = source[start + 1 : end - 1]
    if inside in names.paths and _SEVERAL_WORDS.search(inside):
        found = quoted_field(source[start:end], start, names)
        return [] if found is None else [found]
    findings = list(wrong_literals(source, [(start + 1, end - 1)], names))
    for match in _IN_BRACES.finditer(inside):
        if is_damaged_tag(match.group(1), names):
            message = f"{match.group()} is no merge tag: it would be sent as it stands."
            at = start + 1 + match.start()
            findings.append(Finding(at, 1, "wrong_delimiter", message))
        elif "|" in match.group(1):
            message = (
                f"{match.group()} stands in a tag, where no wording is chosen. Write "
                "the whole tag once for each wording, as in {Hi|Hello}."
            )
            at = start + 1 + match.start()
            findings.append(Finding(at, 1, "wrong_delimiter", message))
    return findings
