"""SQL cut into tokens, as Postgres cuts it.

Belongs here: comments, quotes, dollar quotes and placeholders. What a statement does is
worked out elsewhere. Never fails: a quote that is not closed is a character.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

HOLE = "\ue000"
"""Stands where a text is put together at run time: a name or a value nobody knows."""

Kind = Literal["word", "quoted", "string", "hole", "symbol"]

# {} and {name} of Python's and psycopg's format; %I, %L, %s of Postgres's and Python's.
_HOLES = re.compile(
    rf"{HOLE}+|\{{[A-Za-z0-9_.!:]*\}}|%(\([A-Za-z0-9_]+\))?(\d+\$)?-?[A-Za-z]"
)
_WORD = re.compile(r"[A-Za-z_\x80-\ud7ff][\w$]*")
_NUMBER = re.compile(r"\d[\w.]*")
_DOLLAR = re.compile(r"\$([A-Za-z_][A-Za-z0-9_]*)?\$")
_STRING = re.compile(r"'(?:[^']|'')*'")
_ESCAPED_STRING = re.compile(r"[eE]'(?:[^'\\]|''|\\.)*'", re.DOTALL)
_QUOTED = re.compile(r'"(?:[^"]|"")*"')
_BLOCK_EDGE = re.compile(r"/\*|\*/")


@dataclass(frozen=True)
class Token:
    """word: lower case, as Postgres folds it. quoted, string: what stands inside."""

    kind: Kind
    text: str
    line: int

    def is_word(self, *words: str) -> bool:
        return self.kind == "word" and self.text in words

    def is_symbol(self, symbol: str) -> bool:
        return self.kind == "symbol" and self.text == symbol


def tokens_of(sql: str, first_line: int = 1) -> list[Token]:
    """The tokens of a text, without its comments."""
    return list(_tokens(sql, first_line))


def _tokens(sql: str, line: int) -> Iterator[Token]:
    at = 0
    while at < len(sql):
        end, token = _next(sql, at, line)
        if token is not None:
            yield token
        line += sql.count("\n", at, end)
        at = end


def _next(sql: str, at: int, line: int) -> tuple[int, Token | None]:
    """Where the token at `at` ends, and the token; None for blanks and comments."""
    if sql[at].isspace():
        return at + 1, None
    if sql.startswith("--", at):
        end = sql.find("\n", at)
        return (len(sql) if end < 0 else end), None
    if sql.startswith("/*", at):
        return _end_of_block(sql, at), None
    if (found := _ESCAPED_STRING.match(sql, at)) is not None:
        text = re.sub(r"\\(.)", r"\1", found[0][2:-1], flags=re.DOTALL)
        return found.end(), Token("string", text.replace("''", "'"), line)
    if (found := _STRING.match(sql, at)) is not None:
        return found.end(), Token("string", found[0][1:-1].replace("''", "'"), line)
    if (found := _QUOTED.match(sql, at)) is not None:
        return found.end(), Token("quoted", found[0][1:-1].replace('""', '"'), line)
    if (found := _DOLLAR.match(sql, at)) is not None:
        close = sql.find(found[0], found.end())
        if close >= 0:
            text = sql[found.end() : close]
            return close + len(found[0]), Token("string", text, line)
    if (found := _HOLES.match(sql, at)) is not None:
        return found.end(), Token("hole", found[0], line)
    if (found := _WORD.match(sql, at)) is not None:
        return found.end(), Token("word", found[0].lower(), line)
    if (found := _NUMBER.match(sql, at)) is not None:
        return found.end(), Token("symbol", found[0], line)
    return at + 1, Token("symbol", sql[at], line)


def _end_of_block(sql: str, at: int) -> int:
    """Behind a comment, whose own comments are nested."""
    depth = 0
    for edge in _BLOCK_EDGE.finditer(sql, at):
        depth += 1 if edge[0] == "/*" else -1
        if depth == 0:
            return edge.end()
    return len(sql)
