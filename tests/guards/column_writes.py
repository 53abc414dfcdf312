"""Which columns of which tables a text of SQL updates.

Belongs here: the grammar of update, merge and insert … on conflict do update, wherever
they stand: in functions' bodies, in common table expressions, in texts that are put
together at run time. Inserts are no updates.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from tests.guards.sql_tokens import HOLE, Token, tokens_of

_ENDS_A_VALUE = {"where", "returning", "when", "from"}
_ENDS_AN_OPERAND = {"using", "into", "loop", "then"}


@dataclass(frozen=True)
class Name:
    """A table's or column's name; parts is empty where nobody knows it."""

    parts: tuple[str, ...]

    @property
    def last(self) -> str | None:
        return self.parts[-1] if self.parts and self.parts[-1] != HOLE else None

    @property
    def schema(self) -> str | None:
        """None where it is left out or unknown."""
        known = len(self.parts) > 1 and self.parts[-2] != HOLE
        return self.parts[-2] if known else None


@dataclass(frozen=True)
class ColumnWrite:
    """One column that one statement sets. line: where the statement begins."""

    table: Name
    column: Name
    line: int


def column_writes_of(sql: str, first_line: int = 1) -> list[ColumnWrite]:
    """Every column that a text sets, also by the texts within it."""
    tokens = tokens_of(sql, first_line)
    writes = list(_writes(tokens))
    for text, line in _inner_texts(tokens):
        writes += column_writes_of(text, line)
    return writes


def _writes(tokens: list[Token]) -> Iterator[ColumnWrite]:
    # Of each depth of brackets, the table that an insert or a merge names.
    targets: dict[int, tuple[Name, int]] = {}
    depth = 0
    for at, token in enumerate(tokens):
        if token.is_symbol("("):
            depth += 1
        elif token.is_symbol(")"):
            targets.pop(depth, None)
            depth -= 1
        elif token.is_symbol(";"):
            targets.pop(depth, None)
        elif token.is_word("into") and _before(tokens, at).is_word("insert", "merge"):
            found = _name_at(tokens, at + 1)
            if found is not None:
                targets[depth] = found[0], token.line
        elif token.is_word("update"):
            table, line, start = _updated(tokens, at, targets.get(depth))
            if table is not None:
                for column in _columns(tokens, start):
                    yield ColumnWrite(table, column, line)


def _updated(
    tokens: list[Token], at: int, target: tuple[Name, int] | None
) -> tuple[Name | None, int, int]:
    """The table that `update` at `at` writes, its line, and where its columns begin."""
    line = tokens[at].line
    if _at(tokens, at + 1).is_word("set"):
        # on conflict … do update set; when matched then update set
        if target is not None and _before(tokens, at).is_word("do", "then"):
            return target[0], target[1], at + 2
        return None, line, at
    found = _name_at(tokens, at + 1)
    if found is None:
        return None, line, at
    table, at = found
    if _at(tokens, at).is_word("as"):
        at += 1
    if not _at(tokens, at).is_word("set") and _is_name(_at(tokens, at)):
        at += 1
    if not _at(tokens, at).is_word("set"):
        return None, line, at
    return table, line, at + 1


def _name_at(tokens: list[Token], at: int) -> tuple[Name, int] | None:
    """A name and where it ends; None where no name stands."""
    if _at(tokens, at).is_word("only"):
        at += 1
    if not _is_name(_at(tokens, at)):
        return None
    parts = [_part(tokens[at])]
    at += 1
    while _at(tokens, at).is_symbol(".") and _is_name(_at(tokens, at + 1)):
        parts.append(_part(tokens[at + 1]))
        at += 2
    if _at(tokens, at).is_symbol("*"):
        at += 1
    return Name(tuple(parts)), at


def _columns(tokens: list[Token], at: int) -> Iterator[Name]:
    """The columns of `set a = 1, (b, c) = …`, from behind `set`."""
    while True:
        if _at(tokens, at).is_symbol("("):
            at += 1
            while at < len(tokens) and not tokens[at].is_symbol(")"):
                if _is_name(tokens[at]):
                    yield Name((_part(tokens[at]),))
                at += 1
            at += 1
        elif _is_name(_at(tokens, at)):
            yield Name((_part(tokens[at]),))
            at += 1
        else:
            return
        end = _end_of_value(tokens, at)
        if end is None:
            return
        at = end + 1


def _end_of_value(tokens: list[Token], at: int) -> int | None:
    """Where the comma behind a value stands; None where the assignments end."""
    depth = cases = 0
    while at < len(tokens):
        token = tokens[at]
        if token.kind == "symbol" and token.text in "([":
            depth += 1
        elif token.kind == "symbol" and token.text in ")]":
            depth -= 1
            if depth < 0:
                return None
        elif depth == 0:
            cases += token.is_word("case") - token.is_word("end")
            is_from_of_distinct = token.is_word("from") and tokens[at - 1].is_word(
                "distinct"
            )
            if token.is_symbol(",") and cases <= 0:
                return at
            if token.is_symbol(";"):
                return None
            if token.is_word(*_ENDS_A_VALUE) and cases <= 0 and not is_from_of_distinct:
                return None
        at += 1
    return None


def _inner_texts(tokens: list[Token]) -> Iterator[tuple[str, int]]:
    """Texts within the text: bodies, and what `||` puts together; each once."""
    at = 0
    while at < len(tokens):
        token = tokens[at]
        if token.kind == "quoted" and " " in token.text:
            yield token.text, token.line  # a text in a shell's quotes
        if token.kind != "string":
            at += 1
            continue
        pieces = [token.text]
        at += 1
        while _is_joined(tokens, at):
            at += 2
            if _at(tokens, at).kind == "string":
                pieces.append(tokens[at].text)
                at += 1
            else:
                pieces.append(HOLE)
                at = _end_of_operand(tokens, at)
        yield "".join(pieces), token.line


def _is_joined(tokens: list[Token], at: int) -> bool:
    return _at(tokens, at).is_symbol("|") and _at(tokens, at + 1).is_symbol("|")


def _end_of_operand(tokens: list[Token], at: int) -> int:
    depth = 0
    while at < len(tokens):
        token = tokens[at]
        if token.is_symbol("("):
            depth += 1
        elif token.is_symbol(")"):
            depth -= 1
            if depth < 0:
                return at
        elif depth == 0 and (
            _is_joined(tokens, at)
            or (token.kind == "symbol" and token.text in ";,")
            or token.is_word(*_ENDS_AN_OPERAND)
        ):
            return at
        at += 1
    return at


def _is_name(token: Token) -> bool:
    return token.kind in ("word", "quoted", "hole")


def _part(token: Token) -> str:
    return HOLE if token.kind == "hole" else token.text


_NOTHING = Token("symbol", "", 0)


def _at(tokens: list[Token], at: int) -> Token:
    return tokens[at] if 0 <= at < len(tokens) else _NOTHING


def _before(tokens: list[Token], at: int) -> Token:
    return _at(tokens, at - 1)
