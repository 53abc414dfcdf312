"""Liquid templates of messages: one `validate` for Validate, SAVE and SEND.

Belongs here: validating, rendering and explaining templates, in pure functions. Does
not: Dagster, the database or the provider.
"""

from trueup.templates.dates import LONGEST_TIME
from trueup.templates.errors import (
    CODES,
    MissingValueError,
    RenderError,
    Suggestion,
    TemplateError,
    TemplateRenderError,
    TooLongError,
)
from trueup.templates.explain import explain
from trueup.templates.names import FIELDS
from trueup.templates.rendering import render
from trueup.templates.spintax import draw_of
from trueup.templates.stamps import VALIDATOR_VERSION, field_list_hash, stamp
from trueup.templates.text_fields import (
    TEXT_FIELDS,
    field_names,
    longest_allowed,
    needed_fields,
)
from trueup.templates.validation import validate

__all__ = [
    "CODES",
    "FIELDS",
    "LONGEST_TIME",
    "TEXT_FIELDS",
    "VALIDATOR_VERSION",
    "MissingValueError",
    "RenderError",
    "Suggestion",
    "TemplateError",
    "TemplateRenderError",
    "TooLongError",
    "draw_of",
    "explain",
    "field_list_hash",
    "field_names",
    "longest_allowed",
    "needed_fields",
    "render",
    "stamp",
    "validate",
]
