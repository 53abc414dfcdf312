"""Comparisons and numbers in templates with the intuitive meaning.

Belongs here: replacements of the engine's comparisons, its case tag and its binary
floats. Does not: filters (`filters.py`), or the environment (`engine.py`).
"""

from collections.abc import Iterable
from decimal import Decimal
from typing import TextIO

from liquid import RenderContext
from liquid.ast import BlockNode, Node
from liquid.builtin.expressions import logical
from liquid.builtin.expressions.primitive import FloatLiteral
from liquid.builtin.tags.case_tag import CaseNode, CaseTag
from liquid.builtin.tags.if_tag import IfNode
from liquid.builtin.tags.unless_tag import UnlessNode
from liquid.expression import Expression

from trueup.templates.filters import are_equal_numbers, as_number, as_text
from trueup.templates.values import Figure, Missing


def compare_as_people_do(nodes: Iterable[Node]) -> None:
    """Replace the comparisons and numbers of a parsed template."""
    for node in nodes:
        if isinstance(node, IfNode | UnlessNode):
            for holder in (node.condition, *(a.expression for a in node.alternatives)):
                holder.expression = _safe(holder.expression)
        for expression in node.expressions():
            _make_decimal(expression)
        inner = getattr(node, "nodes", None)
        if inner is None:
            inner = node.children(None, include_partials=False)
        compare_as_people_do(inner)


def _make_decimal(expression: Expression) -> None:
    if isinstance(expression, FloatLiteral):
        expression.value = Figure(repr(expression.value))
    for inner in expression.children():
        _make_decimal(inner)


def _safe(expression: Expression) -> Expression:
    if isinstance(
        expression, logical.LogicalAndExpression | logical.LogicalOrExpression
    ):
        expression.left = _safe(expression.left)
        expression.right = _safe(expression.right)
        return expression
    operator = _OPERATORS.get(type(expression))
    if operator is None:
        return expression
    return _Comparison(operator, expression.left, expression.right)


class _FirstWhenNode(CaseNode):
    """A case that renders only the first matching `when`."""

    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        value = self.expression.evaluate(context)
        for block in self.blocks:
            if isinstance(block, BlockNode):  # the else, behind every when
                return block.render(context, buffer)
            if any(
                _are_equal(value, wanted.evaluate(context))
                for wanted in block.expression.expressions
            ):
                return block.block.render(context, buffer)
        return 0


class FirstWhenTag(CaseTag):
    """The case tag that renders at most one `when`."""

    node_class = _FirstWhenNode


class _Comparison(Expression):
    """A comparison that reads a text as a number if the other side is a number.

    `<`, `<=`, `>` and `>=` are false where one side is no number. The engine's own
    raise an error there, and when a number is asked what it contains.
    """

    __slots__ = ("left", "operator", "right")

    def __init__(self, operator: str, left: Expression, right: Expression) -> None:
        super().__init__(left.token)
        self.operator = operator
        self.left = left
        self.right = right

    def evaluate(self, context: RenderContext) -> bool:
        left, right = self.left.evaluate(context), self.right.evaluate(context)
        if self.operator == "contains":
            return _contains(left, right)
        if self.operator in ("==", "!="):
            return _are_equal(left, right) is (self.operator == "==")
        try:
            left, right = as_number(left), as_number(right)
        except (TypeError, ValueError):
            return False
        match self.operator:
            case "<":
                return left < right
            case "<=":
                return left <= right
            case ">":
                return left > right
            case _:
                return left >= right

    def children(self) -> list[Expression]:
        return [self.left, self.right]


def _are_equal(left: object, right: object) -> bool:
    sides = (left, right)
    if any(_is_number(side) for side in sides) and all(
        _is_number(side) or type(side) is str for side in sides
    ):
        return are_equal_numbers(left, right)
    return logical._eq(left, right)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


def _contains(left: object, right: object) -> bool:
    if left is None or isinstance(left, Missing) or isinstance(right, Missing):
        return False
    return as_text(right) in (left if isinstance(left, list) else as_text(left))


_OPERATORS = {
    logical.ContainsExpression: "contains",
    logical.EqExpression: "==",
    logical.NeExpression: "!=",
    logical.LtExpression: "<",
    logical.LeExpression: "<=",
    logical.GtExpression: ">",
    logical.GeExpression: ">=",
}
