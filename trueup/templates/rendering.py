"""Rendering a template for one prospect.

Belongs here: converting every error of the engine into one of three exceptions for the
sender. Does not: validating templates (`validation.py`).
"""

import datetime
from collections.abc import Mapping
from functools import lru_cache

from liquid.exceptions import ResourceLimitError
from liquid.template import BoundTemplate

from trueup.templates.engine import Moment, parsed, write_out
from trueup.templates.errors import (
    MissingValueError,
    TemplateRenderError,
    TooLongError,
    with_unix_line_ends,
)
from trueup.templates.filters import FilterLimitError
from trueup.templates.names import ANY_NAME
from trueup.templates.positions import located, utf16_length
from trueup.templates.validation import (
    LONGEST_TEMPLATE,
    engine_text,
    static_findings,
)
from trueup.templates.values import prospect_values


def render(
    template: str,
    prospect: Mapping[str, object],
    *,
    custom: Mapping[str, object] | None = None,
    max_length: int | None = None,
    draw: str | None = None,
    local_time: datetime.datetime | None = None,
) -> str:
    """The text for one prospect, with LF line ends.

    `draw` (see `draw_of`) chooses the wordings of spintax, always the same ones. If it
    is None, each group gets its first wording.

    `local_time` is the date and time of the send where its account lives, for
    `"now" | date: …`. It comes with the claimed job from the database; a template that
    needs it is not rendered without it.

    Values are normalised first: null, empty and blank become one missing value. They
    are never read as Liquid, whatever braces they hold.

    Raises MissingValueError (a needed value is missing: park this prospect),
    TooLongError (this prospect's values make the text longer than `max_length`, in
    UTF-16 units as the provider counts, or than the engine's caps) or
    TemplateRenderError (the template is broken: park its enrollments); nothing else.
    """
    ready = _ready(with_unix_line_ends(template))
    try:
        text = write_out(
            ready,
            prospect_values(prospect, custom),
            Moment(draw, local_time=local_time),
        )
    except MissingValueError:
        raise
    except (FilterLimitError, ResourceLimitError) as error:
        raise TooLongError(None, max_length) from error
    except Exception as error:  # the engine lets many others through
        raise TemplateRenderError(
            f"The template failed while it was rendered: {_sentence(error)}"
        ) from error
    if max_length is not None and utf16_length(text) > max_length:
        raise TooLongError(utf16_length(text), max_length)
    return text


@lru_cache(maxsize=256)
def _ready(text: str) -> BoundTemplate:
    """The parsed template; a broken one is refused here, except unknown names."""
    if len(text) > LONGEST_TEMPLATE:
        raise TemplateRenderError(
            f"The template is longer than {LONGEST_TEMPLATE} characters."
        )
    findings, found = static_findings(text, ANY_NAME)
    if findings:
        errors = located(findings, text)
        raise TemplateRenderError(
            f"The template is broken: {errors[0].message}", errors
        )
    try:
        return parsed(engine_text(text, found))
    except Exception as error:  # the engine lets many others through
        raise TemplateRenderError(
            f"The template cannot be read: {_sentence(error)}"
        ) from error


def _sentence(error: Exception) -> str:
    message = getattr(error, "message", None) or str(error) or type(error).__name__
    return f"{message}."
