"""Template errors as text for a terminal.

Belongs here: the layout (sentence, step and field, source line, caret, did you mean).
Does not: the sentences themselves, which come with each error.
"""

from collections.abc import Callable, Sequence

from wcwidth import wcwidth

from trueup.templates.errors import TemplateError, with_unix_line_ends

# A longer source line is cut around the caret, because a terminal would wrap it.
WIDEST_LINE = 76
_KEPT_BEFORE = 0.4


def explain(
    errors: Sequence[TemplateError],
    template: str,
    *,
    step: int | None = None,
    field: str | None = None,
    widest: int = WIDEST_LINE,
    written: Callable[[str], str] = str,
) -> str:
    """All errors of one template, a blank line between them; "" if there are none.

    widest: a longer source line is cut around the caret to this many characters.
    written: how the caller writes out what cannot be seen, which moves the caret.
    """
    text = with_unix_line_ends(template)
    return "\n\n".join(
        _explain_one(error, text, step, field, widest, written) for error in errors
    )


def _explain_one(
    error: TemplateError,
    text: str,
    step: int | None,
    field: str | None,
    widest: int,
    written: Callable[[str], str],
) -> str:
    context, caret = _fitted(error, widest, written)
    lines = [error.message, _place(error, step, field), context, caret]
    if error.suggestion is not None:
        lines.append(_did_you_mean(error, text))
    return "\n".join(lines)


def _place(error: TemplateError, step: int | None, field: str | None) -> str:
    parts = [
        *([] if step is None else [f"Step {step}"]),
        *([] if field is None else [field]),
        f"line {error.line}",
        f"column {error.column}",
    ]
    place = ", ".join(parts)
    return place[0].upper() + place[1:]


def _did_you_mean(error: TemplateError, text: str) -> str:
    suggestion = error.suggestion
    old = text[suggestion.start : suggestion.end]
    if suggestion.text:
        return f"did you mean: {suggestion.text}"
    return f"did you mean: nothing in place of {old}"


def _fitted(
    error: TemplateError, widest: int, written: Callable[[str], str]
) -> tuple[str, str]:
    """The source line and caret, cut to `widest` characters if they are longer."""
    first, last = 0, len(error.context)
    if last > widest:
        first = max(error.column - 1 - int(widest * _KEPT_BEFORE), 0)
        last = first + widest
    shown = written(error.context[first:last])
    blanks = "".join(
        character if character == "\t" else " " * max(wcwidth(character), 0)
        for character in written(error.context[first : error.column - 1])
    )
    prefix = "…" if first else ""
    suffix = "…" if last < len(error.context) else ""
    return f"{prefix}{shown}{suffix}", f"{' ' * len(prefix)}{blanks}^"
