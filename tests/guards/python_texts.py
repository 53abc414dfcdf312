"""The texts that a Python file builds, as far as they can be known without running it.

Belongs here: constants, their concatenation, f-strings, format, join and +=. What is
only known at run time is a hole in the text. Docstrings are no texts: nobody runs them.
"""

import ast
from collections.abc import Iterable, Iterator

from tests.guards.sql_tokens import HOLE

Found = tuple[str, int, int]
"""A text, its line, and the line on which the statement around it begins."""


def python_texts(source: str) -> list[Found]:
    """Every text, the longest form of each. Raises SyntaxError."""
    tree = ast.parse(source)
    nodes = list(ast.walk(tree))
    finder = _TextFinder(_constants_of(nodes))
    return [*finder.texts_of(nodes), *_grown_texts(nodes)]


def _constants_of(nodes: Iterable[ast.AST]) -> dict[str, str]:
    """Names that are given one text and never another."""
    values: dict[str, set[str | None]] = {}
    for node in nodes:
        targets = (
            node.targets
            if isinstance(node, ast.Assign)
            else [node.target]
            if isinstance(node, ast.AnnAssign | ast.AugAssign | ast.For)
            else []
        )
        for target in targets:
            if isinstance(target, ast.Name):
                value = node.value if isinstance(node, ast.Assign) else None
                text = text_of(value, {}) if value is not None else None
                values.setdefault(target.id, set()).add(text)
    return {
        name: text
        for name, texts in values.items()
        if len(texts) == 1 and (text := next(iter(texts))) is not None
    }


def text_of(node: ast.expr, constants: dict[str, str]) -> str | None:
    """The text that an expression gives, with holes; None if it gives no text."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.Constant(value=bytes(content)):
            return content.decode("utf-8", "replace")
        case ast.Name(id=name):
            return constants.get(name)
        case ast.JoinedStr(values=values):
            return "".join(_piece(value, constants) for value in values)
        case ast.FormattedValue(value=value):
            return text_of(value, constants) or HOLE
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            if text_of(left, constants) is None and text_of(right, constants) is None:
                return None
            return _piece(left, constants) + _piece(right, constants)
        case ast.BinOp(left=left, op=ast.Mod()):
            return text_of(left, constants)
        case ast.Call(func=ast.Attribute(value=value, attr="join"), args=[items]):
            return _joined(text_of(value, constants), items, constants)
        case ast.Call(func=ast.Attribute(value=value)):
            # "…".format(), textwrap.dedent("…").strip() and their like keep the text.
            return text_of(value, constants)
        case ast.IfExp(body=body, orelse=orelse):
            return text_of(body, constants) or text_of(orelse, constants)
    return None


def _piece(node: ast.expr, constants: dict[str, str]) -> str:
    text = text_of(node, constants)
    return HOLE if text is None else text


def _joined(
    separator: str | None, items: ast.expr, constants: dict[str, str]
) -> str | None:
    if separator is None or not isinstance(items, ast.List | ast.Tuple):
        return None
    return separator.join(_piece(item, constants) for item in items.elts)


class _TextFinder:
    def __init__(self, constants: dict[str, str]) -> None:
        self._constants = constants

    def texts_of(self, nodes: Iterable[ast.AST]) -> Iterator[Found]:
        for statement in nodes:
            if not isinstance(statement, ast.stmt):
                continue
            if isinstance(statement, ast.Expr) and isinstance(
                statement.value, ast.Constant
            ):
                continue
            for child in ast.iter_child_nodes(statement):
                if isinstance(child, ast.stmt | ast.excepthandler | ast.match_case):
                    continue
                yield from self._texts_in(child, statement.lineno)

    def _texts_in(self, node: ast.AST, statement_line: int) -> Iterator[Found]:
        """The text of a node, and the texts within it that this one leaves out."""
        if isinstance(node, ast.stmt):
            return  # a statement of its own
        text = None
        if isinstance(node, ast.expr) and not isinstance(node, ast.Name):
            text = text_of(node, self._constants)
        if text is not None:
            yield text, node.lineno, statement_line
        is_whole = isinstance(node, ast.Constant | ast.JoinedStr) or (
            isinstance(node, ast.BinOp)
            and isinstance(node.op, ast.Add)
            and text is not None
        )
        if not is_whole:
            for child in ast.iter_child_nodes(node):
                yield from self._texts_in(child, statement_line)


def _grown_texts(nodes: list[ast.AST]) -> Iterator[Found]:
    """Texts that grow by +=, piece by piece, each in its own function."""
    # Few files have any, and looking for them takes as long as all the rest.
    if not any(isinstance(node, ast.AugAssign) for node in nodes):
        return
    scopes = [
        node
        for node in nodes
        if isinstance(node, ast.Module | ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    for scope in scopes:
        pieces: dict[str, list[tuple[str, int]]] = {}
        has_grown: set[str] = set()
        # The first scope is the module.
        for node in nodes if scope is nodes[0] else ast.walk(scope):
            match node:
                case ast.Assign(targets=[ast.Name(id=name)], value=value):
                    pieces.setdefault(name, []).append((_piece(value, {}), node.lineno))
                case ast.AugAssign(target=ast.Name(id=name), value=value):
                    pieces.setdefault(name, []).append((_piece(value, {}), node.lineno))
                    has_grown.add(name)
        for name in has_grown:
            in_order = sorted(pieces[name], key=lambda piece: piece[1])
            line = in_order[0][1]
            yield "".join(text for text, _ in in_order), line, line
