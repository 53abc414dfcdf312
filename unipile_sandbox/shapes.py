"""The fields that a body or a query may have, and what is refused.

The provider checks requests against schemas. A sandbox that accepted more would hide
mistakes until the first real call, so unknown fields are refused.
"""

import dataclasses
import re
from typing import Any

from unipile_sandbox.clock import parse_iso
from unipile_sandbox.errors import ProviderError


@dataclasses.dataclass(frozen=True)
class Rule:
    """One field. `kind` is the JSON type; a query's texts are read as that type."""

    kind: type = str
    is_required: bool = False
    shortest: int = 0
    longest: int | None = None
    lowest: int | None = None
    highest: int | None = None
    choices: tuple[str, ...] = ()
    pattern: str | None = None
    is_moment: bool = False


Shape = dict[str, Rule]

REQUIRED_TEXT = Rule(is_required=True, shortest=1)
TEXT = Rule(shortest=1)
UTC_MS = Rule(
    pattern=r"[12]\d{3}-[01]\d-[0-3]\dT\d{2}:\d{2}:\d{2}\.\d{3}Z", is_moment=True
)


def limit_rule(highest: int) -> Rule:
    return Rule(kind=int, lowest=1, highest=highest)


def check_fields(fields: dict[str, Any], shape: Shape) -> dict[str, Any]:
    """The fields of a JSON body, as they are. Raises ProviderError."""
    unknown = sorted(fields.keys() - shape.keys())
    if unknown:
        raise ProviderError("invalid_parameters", f"Unexpected field {unknown[0]!r}.")
    for name, rule in shape.items():
        if fields.get(name) is None and rule.is_required:
            raise ProviderError("missing_parameters", f"Missing field {name!r}.")
    for name, value in fields.items():
        _check_value(name, value, shape[name])
    return fields


def check_query(texts: list[tuple[str, str]], shape: Shape) -> dict[str, Any]:
    """The parameters of a query, read as their kinds. Raises ProviderError."""
    fields: dict[str, Any] = {}
    for name, text in texts:
        if name in fields:
            raise ProviderError("invalid_parameters", f"{name!r} is given twice.")
        kind = shape[name].kind if name in shape else str
        fields[name] = _read(name, text, kind)
    return check_fields(fields, shape)


def _read(name: str, text: str, kind: type) -> Any:  # noqa: ANN401
    if kind is int:
        if not re.fullmatch(r"-?[0-9]{1,9}", text):
            raise ProviderError("invalid_parameters", f"{name!r} must be an integer.")
        return int(text)
    if kind is bool:
        if text not in ("true", "false"):
            raise ProviderError(
                "invalid_parameters", f"{name!r} must be true or false."
            )
        return text == "true"
    return text


def _check_value(name: str, value: Any, rule: Rule) -> None:  # noqa: ANN401
    is_kind = isinstance(value, rule.kind)
    if not is_kind or (rule.kind is int and isinstance(value, bool)):
        wanted = rule.kind.__name__
        raise ProviderError("invalid_parameters", f"{name!r} must be of type {wanted}.")
    if isinstance(value, str):
        _check_text(name, value, rule)
    if rule.lowest is not None and value < rule.lowest:
        raise ProviderError(
            "invalid_parameters", f"{name!r} must be at least {rule.lowest}."
        )
    if rule.highest is not None and value > rule.highest:
        raise ProviderError(
            "invalid_parameters", f"{name!r} must be at most {rule.highest}."
        )


def _check_text(name: str, text: str, rule: Rule) -> None:
    if len(text) < rule.shortest:
        raise ProviderError(
            "invalid_parameters", f"{name!r} must not be shorter than {rule.shortest}."
        )
    if rule.longest is not None and _length(text) > rule.longest:
        raise ProviderError(
            "too_many_characters", f"{name!r} must not be longer than {rule.longest}."
        )
    if rule.choices and text not in rule.choices:
        choices = " | ".join(rule.choices)
        raise ProviderError("invalid_parameters", f"{name!r} must be one of {choices}.")
    if rule.pattern is not None and not re.fullmatch(rule.pattern, text):
        raise ProviderError("invalid_parameters", f"{name!r} has a wrong format.")
    if rule.is_moment:
        try:
            parse_iso(text)
        except ValueError:
            raise ProviderError(
                "invalid_parameters", f"{name!r} is no moment of the calendar."
            ) from None


def _length(text: str) -> int:
    """Characters as JavaScript counts them, which is how the provider counts."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
