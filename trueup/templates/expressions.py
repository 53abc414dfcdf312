"""The grammar of tags: outputs, conditions, case, assign.

Belongs here: the allowed content of each tag, and its errors with their positions. Does
not: reading single values (`reading.py`), filters' arguments (`arguments.py`), blocks
(`blocks.py`).

It is stricter than the engine, which accepts likely typos: a default without quotes, an
extra word, a comma at the end.
"""

from trueup.templates.arguments import (
    MOST_FILTERS,
    Argument,
    quoted_field,
    unknown_filter,
    wrong_arguments,
    wrong_text,
)
from trueup.templates.dates import NOW
from trueup.templates.errors import Finding, Suggestion
from trueup.templates.filters import FILTERS, OTHER_FILTER_NAMES
from trueup.templates.paths import ANY, KEYWORDS, LIST, OPERATOR_WORDS, TEXT
from trueup.templates.reading import Operand, Reader, SyntaxFound
from trueup.templates.tokens import Token

_NUMBER_COMPARISONS = frozenset({"<", "<=", ">", ">="})


class Expression(Reader):
    """The content of one tag; its errors are collected in `findings`."""

    # What a tag may hold

    def read_output(self) -> str:
        """`value | filter | …`; returns the kind of its result."""
        try:
            kind = self._filtered()
            if kind == LIST:
                message = "This gives a list. Add | join: ', ' or | first."
                self._note(self.tokens[0], "filter_value", message)
            return kind
        except SyntaxFound as stop:
            self.findings.append(stop.finding)
            return ANY

    def read_condition(self) -> None:
        """`value [operator value] [and | or …]`."""
        try:
            while True:
                self._comparison()
                token = self._next()
                if token.kind == "end":
                    return
                if token.text not in ("and", "or"):
                    raise SyntaxFound(self._unexpected_in_condition(token))
        except SyntaxFound as stop:
            self.findings.append(stop.finding)

    def read_case(self) -> None:
        """The value that the `when` tags are compared with."""
        try:
            operand = self._operand()
            if operand.literal:
                message = "case needs a field. Write {% case industry %}."
                self._found(operand.start, operand.end, "syntax", message)
            self._expect_end()
        except SyntaxFound as stop:
            self.findings.append(stop.finding)

    def read_when(self, seen: set[str]) -> None:
        """Literals, separated by commas or `or`; each is allowed once in a case."""
        try:
            while True:
                operand = self._operand(wants_quotes=True)
                if not operand.literal and not self.findings:
                    message = f"{operand.text} needs quotes here, as in when 'SaaS'."
                    fix = Suggestion(f"'{operand.text}'", operand.start, operand.end)
                    self._found(operand.start, operand.end, "syntax", message, fix)
                if operand.literal == "text" and _has_outer_blanks(operand.text):
                    message = f"{operand.text} begins or ends with a blank. Remove it."
                    fix = Suggestion(
                        _without_outer_blanks(operand.text), operand.start, operand.end
                    )
                    self._found(operand.start, operand.end, "syntax", message, fix)
                value = _case_value(operand)
                if value in seen:
                    message = f"This case has {operand.text} twice. Remove one."
                    self._found(operand.start, operand.end, "syntax", message)
                seen.add(value)
                token = self._next()
                if token.kind == "end":
                    return
                if token.kind != "," and token.text != "or":
                    message = "Values of a when are separated by commas."
                    raise self._stop(token, message)
        except SyntaxFound as stop:
            self.findings.append(stop.finding)

    def read_assign(self) -> None:
        """`name = value | filter | …`."""
        try:
            name = self._local_name("assign")
            token = self._next()
            if token.kind == "end" or token.text != "=":
                message = "assign needs a = behind the name, as in assign x = company."
                fix = None
                if token.kind in ("compare", ":"):
                    fix = Suggestion("=", token.start, token.end)
                raise self._stop(token, message, fix)
            self.scope.local_kinds[name.text] = self._filtered()
        except SyntaxFound as stop:
            self.findings.append(stop.finding)
            self._name_anyway()

    def read_capture(self) -> None:
        """The name that the block's text gets."""
        try:
            name = self._local_name("capture")
            self.scope.local_kinds[name.text] = TEXT
            self._expect_end()
        except SyntaxFound as stop:
            self.findings.append(stop.finding)
            self._name_anyway()

    # Parts

    def _filtered(self) -> str:
        self._note_unquoted_now()
        operand = self._operand()
        kind = operand.kind
        if operand.literal == "text":
            found = quoted_field(operand.text, operand.start, self.scope.names)
            if found is not None:
                self.findings.append(found)
        elif operand.literal == "keyword":
            message = f"{operand.text} is not a field: nothing would be written here."
            self._found(operand.start, operand.end, "unknown_variable", message)
        is_now = operand.literal == "text" and operand.text[1:-1].strip() in NOW
        if is_now and self._peek(1).text == "date":
            kind = "now"
        count = 0
        while (pipe := self._next()).kind != "end":
            if pipe.kind != "|":
                raise SyntaxFound(self._unexpected_in_output(pipe))
            count += 1
            kind = self._filter(pipe, kind, count)
        return kind

    def _note_unquoted_now(self) -> None:
        """`{{ now | date: '%A' }}`: the word needs quotes."""
        first = self._peek()
        if (
            first.text in NOW
            and first.text not in self.scope.local_kinds
            and self._peek(1).kind == "|"
            and self._peek(2).text == "date"
        ):
            message = f"{first.text} needs quotes here, as in 'now' | date: '%A'."
            fix = Suggestion("'now'", first.start, first.end)
            self._found(first.start, first.end, "unknown_variable", message, fix)
            self.tokens[self.position] = first._replace(kind="text", text="'now'")

    def _filter(self, pipe: Token, kind: str, count: int) -> str:
        name = self._next()
        if name.kind == "|":
            message = "There is one | too many. Write a single | before a filter."
            fix = self._fallback(pipe.start, self.position)
            if fix is None:
                fix = Suggestion("|", pipe.start, name.end)
            raise self._stop(pipe, message, fix)
        if name.kind != "word":
            message = "A filter's name must follow the |, as in | default: 'there'."
            raise self._stop(
                name, message, self._fallback(pipe.start, self.position - 1)
            )
        if count == MOST_FILTERS + 1:
            message = f"At most {MOST_FILTERS} filters may follow each other."
            self._note(name, "limit", message)
        arguments: list[Argument] = []
        token = self._peek()
        fallback = self._fallback(pipe.start, self.position - 1)
        if fallback is not None and unknown_filter(name).fix is None:
            message = f"There is no filter {name.text} here."
            message += " A fallback is written with default and in quotes."
            found = Finding(
                name.start, len(name.text), "unknown_filter", message, fallback
            )
            raise SyntaxFound(found)
        if token.kind == ":":
            self._next()
            arguments = self._arguments()
        elif token.kind not in ("|", "end"):
            raise SyntaxFound(self._missing_colon(name, token))
        if name.text not in FILTERS:
            self.findings.append(unknown_filter(name))
            return ANY
        self.findings.extend(
            wrong_arguments(name, kind, arguments, self.end, self._last_is_colon())
        )
        return kind if name.text == "default" else FILTERS[name.text].gives

    def _fallback(self, start: int, first: int) -> Suggestion | None:
        """`|there`, `|| 'there'`: plain words or one text up to the end of the tag.

        `first` is the position of its first token; the suggestion begins at `start`.
        """
        tokens = self.tokens[first:]
        if not tokens or self.tokens[0].kind != "word":
            return None
        words = self.source[tokens[0].start : tokens[-1].end]
        if len(tokens) > 1 or tokens[0].kind != "text":
            if any(token.kind not in ("word", "number") for token in tokens):
                return None
            if tokens[0].text in FILTERS or tokens[0].text in OTHER_FILTER_NAMES:
                return None
            words = f"'{words}'"
        blank = "" if self.source[start - 1].isspace() else " "
        return Suggestion(f"{blank}| default: {words}", start, tokens[-1].end)

    def _fallback_behind(self, sign: Token) -> Suggestion | None:
        """`or 'there'`, `, fallback=there`, `: there`, `default 'there'`."""
        at = self.position
        is_option = sign.text.lower() in ("default", "fallback")
        if not is_option and sign.text.lower() not in ("or", "else", ",", ":"):
            return None
        if not is_option and self._peek().text.lower() in ("default", "fallback"):
            is_option, at = True, at + 1
        if is_option:
            following = self._peek(at - self.position)
            if following.text == "=":
                at += 1
            elif following.kind != "text":
                return None
        return self._fallback(sign.start, at)

    def _arguments(self) -> list[Argument]:
        arguments: list[Argument] = []
        if self._peek().kind in ("|", "end"):
            return arguments
        while True:
            token = self._peek()
            option = ""
            if token.kind == "word" and self._peek(1).kind == ":":
                option = token.text
                self.position += 2
            operand = self._operand(wants_quotes=True)
            if operand.literal == "text":
                self.findings.extend(
                    wrong_text(
                        self.source, operand.start, operand.end, self.scope.names
                    )
                )
            arguments.append(Argument(operand, option))
            token = self._peek()
            if token.kind in ("|", "end"):
                return arguments
            if token.kind != ",":
                message = f"A , or | is missing before {token.text}."
                raise self._stop(token, message)
            self._next()
            if self._peek().kind in ("|", "end"):
                message = (
                    "A value must follow the comma. Write it, or remove the comma."
                )
                fix = Suggestion("", token.start, token.end)
                raise self._stop(token, message, fix)

    def _comparison(self) -> None:
        left = self._operand()
        operator = self._peek()
        if operator.kind != "compare" and operator.text != "contains":
            if left.literal == "text":
                found = quoted_field(left.text, left.start, self.scope.names)
                message = "A text is always true. Compare a field with it."
                bare = Finding(left.start, left.end - left.start, "syntax", message)
                self.findings.append(found or bare)
            elif left.literal and left.text not in ("true", "false"):
                message = f"{left.text} alone is no condition. Compare a field with it."
                self._found(left.start, left.end, "syntax", message)
            return
        self._next()
        if operator.text in ("=", "<>"):
            right = "==" if operator.text == "=" else "!="
            message = f"Write {right} to compare, not {operator.text}."
            fix = Suggestion(right, operator.start, operator.end)
            raise self._stop(operator, message, fix)
        right = self._operand(wants_quotes=True)
        if operator.text in _NUMBER_COMPARISONS:
            for side in (left, right):
                if side.literal in ("text", "keyword"):
                    message = f"{operator.text} compares numbers. Write one here."
                    self._found(side.start, side.end, "syntax", message)
        elif right.literal == "text" and _has_outer_blanks(right.text):
            message = f"{right.text} begins or ends with a blank. Remove it."
            fix = Suggestion(_without_outer_blanks(right.text), right.start, right.end)
            self._found(right.start, right.end, "syntax", message, fix)
        elif left.literal and right.literal:
            message = "Both sides are fixed values. Compare a field with one."
            self._found(left.start, left.end, "syntax", message)

    def _local_name(self, tag: str) -> Token:
        token = self._next()
        reserved = KEYWORDS | OPERATOR_WORDS | {"custom"}
        if token.kind != "word" or token.text in reserved or token.text[-1] == "?":
            message = f"{tag} needs a name of its own here, made of letters."
            raise self._stop(token, message)
        return token

    def _name_anyway(self) -> None:
        """Count the name as assigned, so that its uses are no further errors."""
        if self.tokens and self.tokens[0].kind == "word":
            self.scope.local_kinds.setdefault(self.tokens[0].text, ANY)

    def _expect_end(self) -> None:
        token = self._next()
        if token.kind != "end":
            raise self._stop(token, f"Nothing may follow here. Remove {token.text}.")

    # What is said of a wrong token

    def _unexpected_in_output(self, token: Token) -> Finding:
        message = f"{token.text} is not expected here. A filter follows a |."
        fix = None
        fallback = self._fallback_behind(token)
        if fallback is not None:
            message = f"A fallback is written | default: 'there', not {token.text}."
            fix = fallback
        elif token.kind == "word" and (
            token.text in FILTERS or self._peek().kind == ":"
        ):
            message = f"A | is missing before {token.text}."
            fix = Suggestion(f"| {token.text}", token.start, token.end)
        elif token.kind == "text":
            message = "A | default: is missing before this text."
            fix = Suggestion(f"| default: {token.text}", token.start, token.end)
        elif token.kind == ":":
            fix = Suggestion(" | default:", token.start, token.end)
        if token.kind == "word":  # `{{ company name }}`
            first = self.tokens[0].start
            path = self.scope.names.meant_by_column(self.source[first : token.end])
            if path is not None:
                message = f"{self.source[first : token.end]} is no field."
                fix = Suggestion(path, first, token.end)
        length = token.end - token.start
        return Finding(token.start, length, "syntax", message, fix)

    def _unexpected_in_condition(self, token: Token) -> Finding:
        message, fix = f"{token.text} is not expected in a condition.", None
        if token.kind == "|":
            following = self._peek()
            if following.kind == "|":
                message = "Write or, not ||."
                fix = Suggestion("or", token.start, following.end)
            else:
                message = "A condition takes no filters. Use assign before it."
        elif token.text.lower() in ("and", "or", "contains"):
            fix = Suggestion(token.text.lower(), token.start, token.end)
        elif token.kind == "word" and token.text in ("is", "equals", "eq"):
            fix = Suggestion("==", token.start, token.end)
        length = token.end - token.start
        return Finding(token.start, length, "syntax", message, fix)

    def _missing_colon(self, name: Token, token: Token) -> Finding:
        message = f"A : is missing between {name.text} and its value."
        fix = None
        is_default = name.text in ("default", "fallback", "or")
        after = self.tokens.index(token) + 1 if token.text == "=" else 0
        if token.text == "=" and is_default and self._fallback(name.start, after):
            written = self._fallback(name.start, after).text.strip().removeprefix("| ")
            fix = Suggestion(written, name.start, self.tokens[-1].end)
        elif token.text == "=":
            fix = Suggestion(":", token.start, token.end)
        elif token.kind in ("text", "number"):
            fix = Suggestion(f"{name.text}: {token.text}", name.start, token.end)
        elif token.kind == "word":
            rest = self.source[token.start : self.end.end]
            if rest.replace(" ", "").isalnum():
                fix = Suggestion(f"{name.text}: '{rest}'", name.start, self.end.end)
        elif token.kind in (",", "."):
            fix = Suggestion(":", token.start, token.end)
        length = token.end - token.start
        return Finding(token.start, length, "syntax", message, fix)


def _has_outer_blanks(quoted: str) -> bool:
    return bool(quoted[1:-1].strip()) and quoted[1:-1] != quoted[1:-1].strip()


def _without_outer_blanks(quoted: str) -> str:
    return f"{quoted[0]}{quoted[1:-1].strip()}{quoted[0]}"


def _case_value(operand: Operand) -> str:
    """The comparison value of a when; nil, blank, empty and '' are equal."""
    if operand.literal == "keyword" and operand.text not in ("true", "false"):
        return ""
    if operand.literal == "text":
        inside = operand.text[1:-1]
        return f"'{inside}'" if inside.strip() else ""
    return operand.text
