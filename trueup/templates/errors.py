"""Errors in templates, and exceptions of a render.

Belongs here: the error that `validate` returns, its suggestion, and the exceptions that
`render` raises. Does not: finding errors, or showing them to a person (`explain.py`).
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import NamedTuple

CODES = (
    "unclosed_output",
    "unopened_output",
    "split_braces",
    "extra_braces",
    "wrong_delimiter",
    "unclosed_tag",
    "unopened_tag",
    "unclosed_block",
    "unexpected_tag",
    "unknown_tag",
    "disallowed_tag",
    "empty_output",
    "empty_tag",
    "syntax",
    "smart_quotes",
    "invisible_char",
    "html_entity",
    "html_in_tag",
    "quoted_field",
    "unknown_variable",
    "unknown_filter",
    "filter_args",
    "filter_value",
    "limit",
    "too_long",
)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Replace `[start, end)` of the template (after CRLF to LF) with `text`."""

    text: str
    start: int
    end: int

    def apply(self, template: str) -> str:
        """The template with this suggestion applied and LF line ends."""
        template = with_unix_line_ends(template)
        return template[: self.start] + self.text + template[self.end :]


@dataclass(frozen=True, slots=True)
class TemplateError:
    """One error in a template, with its position.

    `offset`, `length` and `column` count code points after CRLF to LF; `offset_utf16`
    counts UTF-16 units, as editors in browsers do. `line` and `column` start at 1.
    `context` is the source line, `caret` the line to print under it.
    """

    code: str
    severity: str
    message: str
    offset: int
    length: int
    offset_utf16: int
    line: int
    column: int
    context: str
    caret: str
    suggestion: Suggestion | None = None

    def as_json(self) -> dict[str, object]:
        """The error as plain values, fit for a `jsonb` column."""
        return asdict(self)


class Finding(NamedTuple):
    """An error before its line, column and caret are computed."""

    offset: int
    length: int
    code: str
    message: str
    fix: Suggestion | None = None


class RenderError(Exception):
    """The template was not rendered for a prospect, so nothing may be sent."""


class MissingValueError(RenderError):
    """The prospect lacks a value that the template needs without a fallback.

    The prospect is parked alone, because the template is valid for others.
    """

    def __init__(self, field: str) -> None:
        super().__init__(
            f"The prospect has no value for {field} and the template has no fallback "
            f"for it. Fill in {field}, or write {{{{ {field} | default: '…' }}}}."
        )
        self.field = field


class TooLongError(RenderError):
    """The text with this prospect's values is too long to be sent."""

    def __init__(self, length: int | None, max_length: int | None) -> None:
        size = "" if length is None else f" ({length} characters)"
        limit = "" if max_length is None else f" At most {max_length} are allowed."
        super().__init__(
            f"The text for this prospect is too long{size}.{limit} "
            "Shorten the template or the prospect's values."
        )
        self.length = length
        self.max_length = max_length


class TemplateRenderError(RenderError):
    """The template itself is broken; every other error of the engine becomes this.

    `errors` has the validator's errors of the template, if any.
    """

    def __init__(self, message: str, errors: Sequence[TemplateError] = ()) -> None:
        super().__init__(message)
        self.errors = tuple(errors)


def with_unix_line_ends(template: str) -> str:
    """CRLF to LF: every offset counts from the text that this returns."""
    return template.replace("\r\n", "\n") if "\r" in template else template
