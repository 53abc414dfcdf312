"""The Liquid engine, restricted to the needs of message templates.

Belongs here: the strict python-liquid environment and its few changes to intuitive
behaviour. Does not: validating templates (`validation.py`).
"""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import TextIO

from liquid import Environment, Mode, RenderContext, TokenStream
from liquid.ast import BlockNode, Node
from liquid.exceptions import LiquidError
from liquid.filter import with_context
from liquid.parser import get_parser
from liquid.tag import Tag
from liquid.template import BoundTemplate
from liquid.token import TOKEN_EXPRESSION, TOKEN_TAG, Token
from liquid.undefined import UNDEFINED, Undefined

from trueup.templates.comparisons import FirstWhenTag, compare_as_people_do
from trueup.templates.dates import LONGEST_TIME, written
from trueup.templates.filters import FILTERS, as_text, engine_filter
from trueup.templates.positions import utf16_length
from trueup.templates.spintax import CLOSING, NEXT, OPENING, choice
from trueup.templates.values import Missing, Values, is_blank


@dataclass(frozen=True)
class Moment:
    """The inputs of a render besides the values.

    draw: the seed that chooses the wordings of spintax; None for the first of each
        group.
    is_longest: each group gets its longest wording, to measure a text.
    local_time: of the send, in the account's time zone; None if no template needs it.
    """

    draw: str | None = None
    is_longest: bool = False
    local_time: datetime | None = LONGEST_TIME


_ANY_MOMENT = Moment()
ENGINE_TAGS = frozenset(
    {"if", "unless", "case", "assign", "capture", "comment", "echo", "#"}
)
_PSEUDO_TAGS = frozenset({"content", "output", "illegal"})


class _Context(RenderContext):
    """A render context in which a local name with a blank text is missing too."""

    moment = _ANY_MOMENT

    def get(
        self,
        path: list[object],
        *,
        token: Token | None,
        default: object = UNDEFINED,
    ) -> object:
        found = super().get(path, token=token, default=default)
        if isinstance(found, Undefined):
            # a local name never given, or `words[3]` of two words
            return Missing(".".join(map(str, path)), lenient=self.globals.lenient)
        return found

    def assign(self, key: str, val: object) -> None:
        if isinstance(val, str) and is_blank(val):
            val = Missing(key, lenient=True)
        super().assign(key, val)


class _SpintaxNode(Node):
    """A group of wordings, of which one is rendered."""

    __slots__ = ("nodes", "position")

    def __init__(self, token: Token, position: int, wordings: list[BlockNode]) -> None:
        super().__init__(token)
        self.position = position
        self.nodes = wordings
        self.blank = False

    def render_to_output(self, context: _Context, buffer: TextIO) -> int:
        moment = context.moment
        if not moment.is_longest:
            number = choice(moment.draw, self.position, len(self.nodes))
            return self.nodes[number].render(context, buffer)
        texts = []
        for wording in self.nodes:
            written = context.get_buffer(buffer)
            wording.render(context, written)
            texts.append(written.getvalue())
        return buffer.write(max(texts, key=utf16_length))


class _SpintaxTag(Tag):
    """The tag that `with_spintax_tags` creates for a group."""

    name = OPENING
    end = CLOSING

    def parse(self, stream: TokenStream) -> _SpintaxNode:
        token = stream.eat(TOKEN_TAG)
        position = int(stream.eat(TOKEN_EXPRESSION).value)
        parse_block = get_parser(self.env).parse_block
        wordings = [parse_block(stream, _ENDS_OF_WORDING)]
        while stream.current.is_tag(NEXT):
            next(stream)
            wordings.append(parse_block(stream, _ENDS_OF_WORDING))
        stream.expect(TOKEN_TAG, value=CLOSING)
        return _SpintaxNode(token, position, wordings)


_ENDS_OF_WORDING = frozenset({NEXT, CLOSING})


@with_context
def _date(_now: object, text: object, *, context: _Context) -> str:
    if context.moment.local_time is None:
        raise LiquidError("date needs the time of the send", token=None)
    return written(context.moment.local_time, as_text(text))


class _Template(BoundTemplate):
    context_class = _Context


class _Engine(Environment):
    template_class = _Template
    output_stream_limit = 1_000_000
    local_namespace_limit = 5_000_000

    def setup_tags_and_filters(self, *, extra: bool = False) -> None:
        super().setup_tags_and_filters(extra=extra)
        self.tags = {
            name: tag
            for name, tag in self.tags.items()
            if name in ENGINE_TAGS or name in _PSEUDO_TAGS
        }
        self.tags["case"] = FirstWhenTag(self)
        self.tags[OPENING] = _SpintaxTag(self)
        self.filters = {name: engine_filter(name) for name in FILTERS}
        self.filters["date"] = _date


_ENGINE = _Engine(tolerance=Mode.STRICT)


@lru_cache(maxsize=256)
def parsed(text: str) -> BoundTemplate:
    """The engine's template of a text that the pre-scan has passed.

    Raises the engine's errors.
    """
    template = _ENGINE.from_string(text)
    compare_as_people_do(template.nodes)
    return template


def write_out(
    template: BoundTemplate, values: Values, moment: Moment = _ANY_MOMENT
) -> str:
    """The rendered text. Raises errors of the engine and of the values."""
    context = template.context_class(template, globals=values)
    context.moment = moment
    buffer = template._get_buffer()
    template.render_with_context(context, buffer)
    return buffer.getvalue()
