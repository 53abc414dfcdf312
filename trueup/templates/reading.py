"""Reading an expression's tokens: values and names in sequence.

Belongs here: the parts of every tag's content. Does not: the allowed content of a
certain tag (`expressions.py`).
"""

from typing import NamedTuple

from trueup.templates.errors import Finding, Suggestion
from trueup.templates.filters import FILTERS
from trueup.templates.paths import (
    ANY,
    KEYWORDS,
    NUMBER,
    OPERATOR_WORDS,
    TEXT,
    Scope,
    no_such_field,
)
from trueup.templates.tokens import Token


class Operand(NamedTuple):
    """A value in an expression; `literal` is its source text, "" for a path."""

    kind: str
    literal: str
    text: str
    start: int
    end: int


class SyntaxFound(Exception):
    """Ends the reading of one tag, because the rest cannot be checked."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.message)
        self.finding = finding


class Reader:
    """Reads one tag's tokens; errors are collected in `findings`."""

    def __init__(
        self, source: str, tokens: list[Token], scope: Scope, end: int
    ) -> None:
        self.source = source
        self.tokens = tokens
        self.scope = scope
        self.findings: list[Finding] = []
        self.position = 0
        # Stands for the end: the caret goes to the last character that is no blank.
        last = tokens[-1].end - 1 if tokens else max(end - 1, 0)
        self.end = Token("end", "", last, last + 1)

    def _operand(self, *, wants_quotes: bool = False) -> Operand:
        token = self._next()
        if token.kind == "text":
            return Operand(TEXT, "text", token.text, token.start, token.end)
        if token.kind == "number":
            return Operand(NUMBER, "number", token.text, token.start, token.end)
        if token.kind != "word":
            raise self._stop(token, _not_a_value(token))
        if token.text in KEYWORDS and self._peek().kind not in (".", "["):
            return Operand(TEXT, "keyword", token.text, token.start, token.end)
        if token.text in OPERATOR_WORDS:
            message = f"A field or a text must stand before {token.text}."
            if token.text == "not":
                message = "Liquid has no not. Write unless, or compare with == blank."
            raise self._stop(token, message)
        return self._path(token, wants_quotes)

    def _path(self, first: Token, wants_quotes: bool) -> Operand:
        segments, end = [first.text], first.end
        while (sign := self._peek()).kind in (".", "[") and sign.start == end:
            segment, end = self._segment(sign)
            segments.append(segment)
        kind = self.scope.kind_of(segments, first.start, end)
        if isinstance(kind, Finding):
            kind = self._unknown(kind, first, end, wants_quotes)
            end = self._end_so_far()
        return Operand(kind, "", ".".join(segments), first.start, end)

    def _segment(self, sign: Token) -> tuple[str, int]:
        self._next()
        inner = self._next()
        if inner.start != sign.end or inner.kind == "end":
            message = f"A name must follow the {sign.text} at once, with no space."
            raise self._stop(inner if inner.kind != "end" else self.end, message)
        if sign.kind == ".":
            if inner.kind != "word":
                raise self._stop(inner, "A name must follow the dot.")
            return inner.text, inner.end
        closing = self._next()
        if closing.kind != "]" or inner.kind not in ("text", "number"):
            message = "Square brackets hold a name in quotes, as in custom['line']."
            raise self._stop(inner, message)
        name = inner.text[1:-1] if inner.kind == "text" else inner.text
        return name, closing.end

    def _unknown(
        self, found: Finding, first: Token, end: int, wants_quotes: bool
    ) -> str:
        """Note an unknown name, taking the words that belong to it along."""
        words = [first]
        while (token := self._peek()).kind in ("word", "number") and (
            token.text not in OPERATOR_WORDS
            and (token.text not in FILTERS or self._peek(1).kind in ("word", "number"))
            and self._peek(1).kind != ":"
        ):
            words.append(self._next())
        last = max(words[-1].end, end)
        written = self.source[first.start : last]
        length = last - first.start
        meant = self.scope.names.meant_by_column(written)
        if len(words) == 1:
            meant = meant or (found.fix.text if found.fix is not None else None)
        if meant is not None:
            fix = Suggestion(meant, first.start, last)
        elif wants_quotes:
            quote = '"' if "'" in written else "'"
            fix = Suggestion(f"{quote}{written}{quote}", first.start, last)
        else:
            fix = None
        message = found.message
        if wants_quotes:
            message = f"There is no field {written}. A text needs quotes: '{written}'."
        elif len(words) > 1:
            message = no_such_field(written, is_fixed=meant is not None)
        self.findings.append(found._replace(length=length, message=message, fix=fix))
        return ANY

    # Tokens

    def _peek(self, ahead: int = 0) -> Token:
        position = self.position + ahead
        return self.tokens[position] if position < len(self.tokens) else self.end

    def _next(self) -> Token:
        token = self._peek()
        self.position += 1
        return token

    def _end_so_far(self) -> int:
        return self.tokens[min(self.position, len(self.tokens)) - 1].end

    def _last_is_colon(self) -> bool:
        return 0 < self.position <= len(self.tokens) and (
            self.tokens[self.position - 1].kind == ":"
        )

    def _stop(
        self, token: Token, message: str, fix: Suggestion | None = None
    ) -> SyntaxFound:
        length = token.end - token.start
        return SyntaxFound(Finding(token.start, length, "syntax", message, fix))

    def _note(self, token: Token, code: str, message: str) -> None:
        self._found(token.start, token.end, code, message)

    def _found(
        self,
        start: int,
        end: int,
        code: str,
        message: str,
        fix: Suggestion | None = None,
    ) -> None:
        self.findings.append(Finding(start, end - start, code, message, fix))


def _not_a_value(token: Token) -> str:
    if token.kind == "end":
        return "This ends too early: a field or a text must follow."
    if token.kind == "(":
        return "Ranges and round brackets are not allowed. Write a field or a text."
    return f"A field or a text must stand here, not {token.text}."
