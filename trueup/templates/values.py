"""A prospect's data for templates.

Belongs here: which values are missing, and the value that represents them. Does not:
which fields exist (`names.py`), or filters (`filters.py`).
"""

import datetime
import math
import re
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Context, Decimal

from liquid.undefined import Undefined

from trueup.templates.errors import MissingValueError
from trueup.templates.names import FIELDS, normal_form
from trueup.templates.positions import is_invisible


class _NoText(str):
    """What a missing value is to the engine's comparisons.

    An empty string, so that it equals `blank`, `empty` and `''`; equal to nil; and
    known to the engine as undefined, so that it is false.
    """

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        if isinstance(other, str):
            return not other or other.isspace()
        return other is None or isinstance(other, Missing | Undefined)

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = str.__hash__


Undefined.register(_NoText)
_NO_TEXT = _NoText()


class Missing:
    """The value that represents null, empty and blank.

    Every guard that people write works on it: `if x`, `unless x`, `== blank`,
    `!= blank`, `== ''`, `== nil`, `== empty`, `| default: …`. Written out it raises
    MissingValueError, or gives "" if it is lenient (in trial renders, and where the
    template's own author gave an empty text).
    """

    __slots__ = ("field", "lenient")

    def __init__(self, field: str, *, lenient: bool = False) -> None:
        self.field = field
        self.lenient = lenient

    def __liquid__(self) -> object:
        return _NO_TEXT

    def __str__(self) -> str:
        if self.lenient:
            return ""
        raise MissingValueError(self.field)

    def __bool__(self) -> bool:
        return False

    def __len__(self) -> int:
        return 0

    def __getitem__(self, key: object) -> "Missing":
        if key == "size":
            raise KeyError(key)  # the engine then asks for the length
        return self


class Values(dict[str, object]):
    """A namespace in which every name has a value or the missing value."""

    def __init__(
        self, values: Mapping[str, object], prefix: str = "", *, lenient: bool = False
    ) -> None:
        super().__init__(values)
        self.prefix = prefix
        self.lenient = lenient

    def __missing__(self, key: object) -> Missing:
        return Missing(f"{self.prefix}{key}", lenient=self.lenient)


# A number is written with at most so many decimals.
MOST_DECIMALS = 12
_LAST_DECIMAL = Decimal(1).scaleb(-MOST_DECIMALS)
_ROUNDING = Context(prec=60, rounding=ROUND_HALF_UP)


class Figure(Decimal):
    """A decimal number that is written without an exponent and without a tail."""

    __slots__ = ()

    def __str__(self) -> str:
        rounded = self.quantize(_LAST_DECIMAL, context=_ROUNDING)
        text = format(rounded, "f").rstrip("0").rstrip(".")
        return "0" if text in ("", "-0") else text


def as_written(number: float | Decimal) -> int | Decimal:
    """A finite number as templates write it: whole if it is, else decimal."""
    if isinstance(number, int):
        return number
    exact = Decimal(repr(number)) if isinstance(number, float) else number
    return int(exact) if exact == exact.to_integral_value() else Figure(exact)


_UNSENDABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]+")


_OUTER_BLANKS = "\u200b\u2060\ufeff" + "".join(
    character for character in map(chr, range(0x3001)) if character.isspace()
)
_LARGEST = 10**40


def is_blank(text: str) -> bool:
    """Whether a text is empty or has only blanks and invisible characters."""
    return all(character.isspace() or is_invisible(character) for character in text)


def normalised(value: object) -> object | None:
    """The value for templates; None for null, empty and blank.

    Text stays, without outer blanks and without control characters, which cannot be
    sent. Numbers and booleans stay, a whole float becomes an integer, a list becomes
    its items joined by ", ", a date its ISO form. Objects and NaN are no text: None.
    """
    match value:
        case str():
            value = _UNSENDABLE.sub("", value).strip(_OUTER_BLANKS)
            return None if is_blank(value) else value
        case bool() | int():
            return value
        case float() | Decimal():
            if not math.isfinite(value):
                return None
            return as_written(value) if abs(value) < _LARGEST else None
        case list() | tuple():
            items = [
                str(item) for one in value if (item := normalised(one)) is not None
            ]
            return ", ".join(items) or None
        case datetime.date():
            return value.isoformat()
        case _:
            return None


def prospect_values(
    prospect: Mapping[str, object], custom: Mapping[str, object] | None = None
) -> Values:
    """The namespace of a render for one prospect.

    Standard fields are found under their own name or any spelling of the same normal
    form (`first_name`); custom ones in `custom`, in `prospect["custom"]`, or under
    `custom.<name>`, the first that has a value.
    """
    fields: dict[str, object] = {}
    customs: dict[str, object] = {}
    nested = prospect.get("custom")
    sources = [custom, nested if isinstance(nested, Mapping) else None]
    for name, value in prospect.items():
        if not isinstance(name, str) or name == "custom":
            continue
        if name.startswith("custom."):
            sources.append({name.removeprefix("custom."): value})
            continue
        known = name if name in FIELDS else _FIELD_OF_NORMAL_FORM.get(normal_form(name))
        if (known is None or known == name or known not in fields) and (
            kept := normalised(value)
        ) is not None:
            fields[known or name] = kept
    for source in sources:
        for name, value in (source or {}).items():
            if name not in customs and (kept := normalised(value)) is not None:
                customs[name] = kept
    fields["custom"] = Values(customs, "custom.")
    return Values(fields)


_FIELD_OF_NORMAL_FORM = {normal_form(name): name for name in FIELDS}


class _Filled(Values):
    def __missing__(self, key: object) -> str:
        # A figure, so that filters that calculate have something to work on.
        return "7"


# The namespaces of trial renders: every field filled, and every one missing.
ALL_FILLED = _Filled({"custom": _Filled({}, lenient=True)}, lenient=True)
ALL_MISSING = Values({"custom": Values({}, "custom.", lenient=True)}, lenient=True)


def longest_values(longest: Mapping[str, object]) -> Values:
    """The namespace of a render with the longest real values, by path."""
    values = prospect_values(longest)
    values.lenient = values["custom"].lenient = True
    return values
