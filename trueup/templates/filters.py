"""The filters that a template may use.

Belongs here: the function, the arguments and the longest result of each. Does not:
errors in their use (`expressions.py`).

They replace the engine's filters, of which several raise errors that are no Liquid
errors, some read the clock, and none limits its result.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation, localcontext
from urllib.parse import quote_plus

from liquid.exceptions import LiquidError

from trueup.templates.dates import written
from trueup.templates.values import MOST_DECIMALS, Missing, as_written, is_blank

# No filter gives a longer text: a 10,000 character value still fits twice.
LONGEST_RESULT = 20_000
_LARGEST_NUMBER = 10**15
# Numbers are decimal, so that 0.1 plus 0.2 is 0.3.
_ARITHMETIC = Context(prec=34, rounding=ROUND_HALF_UP)
_SMALLEST_DIFFERENCE = Decimal(1).scaleb(-MOST_DECIMALS)


class FilterLimitError(LiquidError):
    """A filter's result is longer than `LONGEST_RESULT`."""

    def __init__(self) -> None:
        super().__init__(
            f"a filter gives more than {LONGEST_RESULT} characters", token=None
        )


@dataclass(frozen=True)
class Filter:
    """One filter: what it does and how it is written.

    `arguments` says what each may be: "text" (any value), "ending" (a text in quotes),
    "number", "count" (a whole number written out, at least 1) or "position" (the same,
    from 0, or counted from the end), "format" (of a date, in quotes). Those from
    `needed` on may be left out. `takes` and `gives` are "text", "number", "list", "now"
    or "any".
    """

    apply: Callable[..., object]
    arguments: tuple[str, ...] = ()
    needed: int = 0
    takes: str = "text"
    gives: str = "text"
    example: str = ""


def _default(value: object, fallback: object, *, allow_false: object = False) -> object:
    if value is False and allow_false is True:
        return value
    if value is None or value is False or isinstance(value, Missing):
        return fallback
    return fallback if isinstance(value, str) and is_blank(value) else value


def _replace(value: str, old: str, new: str, count: int = -1) -> str:
    found = value.count(old) if count < 0 else 1
    _refuse_beyond_cap(len(value) + found * (len(new) - len(old)))
    return value.replace(old, new, count)


def _replace_last(value: str, old: str, new: str) -> str:
    before, found, after = value.rpartition(old)
    return before + new + after if found else value


def _truncate(value: str, length: int = 50, ending: str = "...") -> str:
    if len(value) <= length:
        return value
    return value[: max(length - len(ending), 0)] + ending


def _truncate_words(value: str, count: int = 15, ending: str = "...") -> str:
    words = value.split()
    return value if len(words) <= count else " ".join(words[:count]) + ending


def _slice(value: str, start: int, length: int = 1) -> str:
    first = max(start + len(value), 0) if start < 0 else start
    return value[first : first + length]


def _split(value: str, separator: str) -> list[str]:
    if not separator:
        return list(value)
    if separator == " ":
        return value.split()
    bare = separator.rstrip()
    if bare and bare != separator and value.endswith(bare):
        value += separator[len(bare) :]  # the blank that was stripped with the value's
    items = value.split(separator)
    while items and is_blank(items[-1]):
        items.pop()
    return items


def _round(value: int | Decimal, digits: int = 0) -> int | Decimal:
    if isinstance(value, int):
        return value
    unit = Decimal(1).scaleb(-min(int(digits), MOST_DECIMALS))
    return value.quantize(unit, ROUND_HALF_UP)


def _divide(value: int | Decimal, other: int | Decimal) -> int | Decimal:
    whole = isinstance(value, int) and isinstance(other, int)
    return value // other if whole else value / other


def _modulo(value: int | Decimal, other: int | Decimal) -> int | Decimal:
    if isinstance(value, int) and isinstance(other, int):
        return value % other
    return value - other * math.floor(value / other)


_TEXT = ("text",)
_NUMBER = ("number",)


def _on_number(
    apply: Callable[..., object], arguments: tuple[str, ...] = _NUMBER, needed: int = 1
) -> Filter:
    return Filter(apply, arguments, needed, takes="number", gives="number", example="1")


FILTERS: dict[str, Filter] = {
    "abs": _on_number(abs, (), 0),
    "append": Filter(lambda value, end: value + end, _TEXT, 1, example="'!'"),
    "at_least": _on_number(max),
    "at_most": _on_number(min),
    "capitalize": Filter(str.capitalize),
    "ceil": _on_number(math.ceil, (), 0),
    # What it gives depends on the time of the send: see `engine.py`.
    "date": Filter(written, ("format",), 1, takes="now", example="'%A'"),
    "default": Filter(_default, _TEXT, 1, example="'there'"),
    "divided_by": _on_number(_divide),
    "downcase": Filter(str.lower),
    "first": Filter(lambda items: items[0], takes="list"),
    "floor": _on_number(math.floor, (), 0),
    "join": Filter(
        lambda items, glue=" ": glue.join(items), _TEXT, takes="list", example="', '"
    ),
    "last": Filter(lambda items: items[-1], takes="list"),
    "lstrip": Filter(str.lstrip),
    "minus": _on_number(lambda value, other: value - other),
    "modulo": _on_number(_modulo),
    "plus": _on_number(lambda value, other: value + other),
    "prepend": Filter(lambda value, start: start + value, _TEXT, 1, example="'at '"),
    "remove": Filter(
        lambda value, old: value.replace(old, ""), _TEXT, 1, example="'Inc.'"
    ),
    "remove_first": Filter(
        lambda value, old: value.replace(old, "", 1), _TEXT, 1, example="'Inc.'"
    ),
    "remove_last": Filter(
        lambda value, old: _replace_last(value, old, ""), _TEXT, 1, example="'Inc.'"
    ),
    "replace": Filter(_replace, ("text", "text"), 2, example="'a', 'b'"),
    "replace_first": Filter(
        lambda value, old, new: _replace(value, old, new, 1),
        ("text", "text"),
        2,
        example="'a', 'b'",
    ),
    "replace_last": Filter(_replace_last, ("text", "text"), 2, example="'a', 'b'"),
    "round": _on_number(_round, ("count",), 0),
    "rstrip": Filter(str.rstrip),
    "size": Filter(len, takes="any", gives="number"),
    "slice": Filter(_slice, ("position", "count"), 1, example="0, 10"),
    "split": Filter(_split, _TEXT, 1, gives="list", example="' '"),
    "squish": Filter(lambda value: " ".join(value.split())),
    "strip": Filter(str.strip),
    "strip_newlines": Filter(lambda value: value.replace("\r", "").replace("\n", "")),
    "times": _on_number(lambda value, other: value * other),
    "truncate": Filter(_truncate, ("count", "ending"), example="30"),
    "truncatewords": Filter(_truncate_words, ("count", "ending"), example="5"),
    "upcase": Filter(str.upper),
    "url_encode": Filter(quote_plus),
}

# What people write for a filter that has another name here.
OTHER_FILTER_NAMES = {
    "capitalise": "capitalize",
    "strftime": "date",
    "fallback": "default",
    "length": "size",
    "lower": "downcase",
    "lowercase": "downcase",
    "or": "default",
    "title": "capitalize",
    "titlecase": "capitalize",
    "titleize": "capitalize",
    "trim": "strip",
    "upper": "upcase",
    "uppercase": "upcase",
}


def engine_filter(name: str) -> Callable[..., object]:
    """The filter as the engine calls it: never failing because of a prospect's data.

    A missing value stays missing until a `default`; a value that the filter cannot work
    on (no number, say), or of which it leaves nothing, becomes a missing one. Raises
    only FilterLimitError.
    """
    known = FILTERS[name]

    def call(value: object, *arguments: object, **options: object) -> object:
        if name == "default":
            return known.apply(value, *arguments, **options)
        for given in (value, *arguments):
            if given is None or isinstance(given, Missing):
                return given
        convert = _CONVERT[known.takes]
        try:
            with localcontext(_ARITHMETIC):
                result = known.apply(
                    convert(value), *map(_argument, known.arguments, arguments)
                )
        except FilterLimitError:
            raise
        except Exception:  # whatever it is, this prospect's value does not fit
            return Missing(f"the result of the filter {name}")
        if (
            isinstance(result, str)
            and is_blank(result)
            and not is_blank(as_text(value))
        ):
            return Missing(f"the result of the filter {name}")
        return _capped(name, result)

    return call


def _argument(kind: str, value: object) -> object:
    return as_text(value) if kind in ("text", "ending") else as_number(value)


def as_text(value: object) -> str:
    """A value as it is written out."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else str(value)


def as_number(value: object) -> int | Decimal:
    """A value as a number, exactly as written.

    Raises ValueError or TypeError if it is none.
    """
    if isinstance(value, bool):
        raise ValueError("a truth value is no number")
    if isinstance(value, str):
        if len(value) > 40:
            raise ValueError("too long for a number")
        value = value.strip()
        try:
            number: int | Decimal = int(value)
        except ValueError:
            number = _decimal(value)
    elif isinstance(value, float):
        number = _decimal(repr(value))
    elif isinstance(value, int | Decimal):
        number = value
    else:
        raise TypeError("not a number")
    if abs(number) > _LARGEST_NUMBER:
        raise ValueError("not a number to calculate with")
    return number


def _decimal(text: str) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise ValueError("not a number") from None
    if not number.is_finite():
        raise ValueError("not a number to calculate with")
    return number


def are_equal_numbers(left: object, right: object) -> bool:
    """Whether two values are the same number, as far as numbers are written out."""
    try:
        return abs(as_number(left) - as_number(right)) < _SMALLEST_DIFFERENCE
    except ValueError:
        return False


def _list(value: object) -> list[object]:
    if not isinstance(value, list):
        raise TypeError("not a list")
    return value


def _sized(value: object) -> object:
    return value if isinstance(value, list) else as_text(value)


_CONVERT = {"text": as_text, "number": as_number, "list": _list, "any": _sized}


def _capped(name: str, result: object) -> object:
    if isinstance(result, str):
        _refuse_beyond_cap(len(result))
    elif isinstance(result, int | Decimal):
        if abs(result) > _LARGEST_NUMBER:
            return Missing(f"the result of the filter {name}")
        return as_written(result)
    return result


def _refuse_beyond_cap(length: int) -> None:
    if length > LONGEST_RESULT:
        raise FilterLimitError
