"""The order of tags: blocks that open and close, and the content of each tag.

Belongs here: nesting, and passing each tag's content to the grammar. Does not: the
grammar itself (`expressions.py`).
"""

import re
from dataclasses import dataclass, field
from typing import NamedTuple

from trueup.templates.columns import (
    column_of,
    is_plain_word,
    looks_like_several_words,
)
from trueup.templates.delimiters import MOST_FINDINGS, OUTPUT, Piece, Scan
from trueup.templates.errors import Finding, Suggestion
from trueup.templates.expressions import Expression
from trueup.templates.filters import FILTERS, OTHER_FILTER_NAMES
from trueup.templates.hyphens import slipped_hyphens
from trueup.templates.names import Names, names_of
from trueup.templates.paths import TEXT, Scope
from trueup.templates.tags import (
    BARE,
    BLOCKS,
    BRANCHES,
    CLOSERS,
    DISALLOWED_BLOCKS,
    DISALLOWED_TAGS,
    KNOWN_TAGS,
    WITH_EXPRESSION,
)
from trueup.templates.tokens import Token, tokens_of
from trueup.templates.unknown_names import (
    hidden_by_comment,
    tag_in_output,
    unknown_tag,
)

LONGEST_TAG = 500
DEEPEST_NESTING = 20
_TAG_NAME = re.compile(r"[ \t\n\r]*(#|[^\W\d]\w*)")
_SIMPLE_OUTPUT = re.compile(
    r"[ \t\n\r]*([A-Za-z]\w*(?:\.[A-Za-z]\w*)?)[ \t\n\r]*"
    r"(?:\|[ \t\n\r]*default[ \t\n\r]*:[ \t\n\r]*('[\w ,.!?’]*'|\"[\w ,.!?’']*\")"
    r"[ \t\n\r]*)?"
)
_WORDING = re.compile(r"\s*[^\W\d_][\w'’!,. -]*")
_FILTER_NAMES = [[name] for name in (*FILTERS, *OTHER_FILTER_NAMES)]


@dataclass
class _Block:
    """An open block: its tag, and whether it has had its `else`."""

    name: str
    piece: Piece
    has_else: bool = False
    when_values: set[str] = field(default_factory=set)


class _Floor(NamedTuple):
    """The state at the start of a spintax group: open blocks and assigned names."""

    depth: int
    local_kinds: dict[str, str]


class Structure:
    """One pass over the tags of a template."""

    def __init__(self, text: str, scan: Scan, names: Names) -> None:
        self.text = text
        self.scan = scan
        self.scope = Scope(names)
        self.blocks: list[_Block] = []
        self.findings: list[Finding] = []
        self.assigned: list[tuple[str, int]] = []
        self.floors: list[_Floor] = []
        edges = [
            (at, number)
            for group in scan.groups
            for number, at in enumerate((group.start, *group.bars, group.end - 1))
        ]
        ends = {group.end - 1 for group in scan.groups}
        self.edges = [
            (at, 0 if number == 0 else 2 if at in ends else 1)
            for at, number in sorted(edges, reverse=True)
        ]

    def check(self) -> list[Finding]:
        """All errors in the tags and their contents."""
        before: Piece | None = None
        for piece in self.scan.pieces:
            if len(self.findings) >= MOST_FINDINGS:
                return self.findings
            self._wordings_before(piece.start)
            self._text_before(before, piece)
            before = piece
            if not self._is_too_long(piece):
                if piece.kind == OUTPUT:
                    self._output(piece)
                else:
                    self._tag(piece)
            if piece.is_whole:
                self.findings.extend(slipped_hyphens(self.text, piece))
        self._wordings_before(len(self.text))
        for block in self.blocks:
            self._unclosed(block)
        self._unused_names()
        return self.findings

    # Spintax

    def _wordings_before(self, end: int) -> None:
        """End the blocks and names of each wording, which is a template itself."""
        while self.edges and self.edges[-1][0] < end:
            _, kind = self.edges.pop()
            if kind == 0:
                known = dict(self.scope.local_kinds)
                self.floors.append(_Floor(len(self.blocks), known))
                continue
            floor = self.floors[-1] if kind == 1 else self.floors.pop()
            while len(self.blocks) > floor.depth:
                self._unclosed(self.blocks.pop())
            self.scope.local_kinds.clear()
            self.scope.local_kinds.update(floor.local_kinds)

    def _blocks_here(self) -> list[_Block]:
        """The open blocks, without those around the spintax in which this stands."""
        return self.blocks[self.floors[-1].depth :] if self.floors else self.blocks

    def _is_too_long(self, piece: Piece) -> bool:
        if piece.end - piece.start <= LONGEST_TAG:
            return False
        message = f"A tag has at most {LONGEST_TAG} characters. Shorten it."
        self._add(piece.start, 2, "limit", message)
        return True

    # Outputs

    def _output(self, piece: Piece) -> None:
        text, names = self.text, self.scope.names
        simple = _SIMPLE_OUTPUT.fullmatch(text, piece.inner_start, piece.inner_end)
        if simple is not None:
            path = simple.group(1)
            is_known = path in names.paths and path not in self.scope.local_kinds
            fallback = simple.group(2)
            if is_known and (fallback is None or fallback[1:-1] not in names.paths):
                self.scope.used.add(path)
                return
        if not piece.is_whole:
            return
        if not text[piece.inner_start : piece.inner_end].strip():
            message = "This merge tag is empty. Write a field into it, or remove it."
            self._add(piece.start, piece.end - piece.start, "empty_output", message)
            return
        unknown = tag_in_output(text, piece, self.scope)
        if unknown is not None:
            self.findings.append(unknown.finding)
            self._nest_unknown(unknown.tag, piece)
            return
        spintax = self._spintax(piece)
        if spintax is not None:
            self.findings.append(spintax)
            return
        expression = self._expression(piece, piece.inner_start)
        if expression is not None:
            expression.read_output()
            self.findings.extend(expression.findings)

    def _spintax(self, piece: Piece) -> Finding | None:
        """`{{Hi|Hello}}`: spintax in a merge tag's braces."""
        wordings = self.text[piece.inner_start : piece.inner_end].split("|")
        names = self.scope.names
        first = wordings[0].strip()
        if (
            len(wordings) < 2
            or not all(_WORDING.fullmatch(wording) for wording in wordings)
            or any(wording.split()[:1] in _FILTER_NAMES for wording in wordings)
            or first in self.scope.local_kinds
            or (column_of(first) is not None and not is_plain_word(first))
            or names.meant_by(first) is not None
            or looks_like_several_words(first)
        ):
            return None
        written = "|".join(wording.strip() for wording in wordings)
        message = "A choice of wordings is written {Hi|Hello}, in single braces."
        fix = Suggestion(f"{{{written}}}", piece.start, piece.end)
        return Finding(piece.start, 2, "wrong_delimiter", message, fix)

    def _nest_unknown(self, name: str, piece: Piece) -> None:
        if name in BLOCKS:
            self.blocks.append(_Block(name, piece))
        elif name in CLOSERS and self.blocks and self.blocks[-1].name == CLOSERS[name]:
            self.blocks.pop()

    def _expression(self, piece: Piece, start: int) -> Expression | None:
        tokens, wrong = tokens_of(self.text, start, piece.inner_end)
        if wrong:
            self.findings.extend(wrong)
            return None
        return Expression(self.text, tokens, self.scope, piece.inner_end)

    # Tags

    def _tag(self, piece: Piece) -> None:
        text = self.text
        match = _TAG_NAME.match(text, piece.inner_start, piece.inner_end)
        if match is None:
            self._tag_without_name(piece)
            return
        name, at = match.group(1), match.start(1)
        rest = text[match.end() : piece.inner_end].strip(" \t\n\r")
        if name == "#":
            hidden = hidden_by_comment(text, at, rest)
            self.findings.extend([] if hidden is None else [hidden])
            return
        if name in DISALLOWED_TAGS:
            self._disallowed(name, at, rest, piece)
            return
        if name not in KNOWN_TAGS:
            if not piece.is_whole:
                return
            block = self.blocks[-1].name if self.blocks else None
            unknown = unknown_tag(text, piece, name, at, self.scope, block)
            self.findings.append(unknown.finding)
            if unknown.tag is None:
                return
            name = unknown.tag
            piece = piece._replace(is_whole=unknown.is_read)
        self._nest(name, at, piece)
        if name == "else" and re.match(r"if\b", rest):
            message = "else takes nothing behind it. Write elsif."
            end = text.index("if", match.end()) + 2
            self._add(at, end - at, "syntax", message, Suggestion("elsif", at, end))
        elif name in BARE and rest and piece.is_whole:
            self._rest_of_bare_tag(name, match.end(), piece)
        elif name in WITH_EXPRESSION and piece.is_whole:
            self._read(name, match.end(), piece)
        elif name in ("assign", "capture"):
            self._name_anyway(rest)

    def _rest_of_bare_tag(self, name: str, start: int, piece: Piece) -> None:
        tokens, wrong = tokens_of(self.text, start, piece.inner_end)
        self.findings.extend(wrong)
        if not wrong:
            first, last = tokens[0].start, tokens[-1].end
            message = f"{name} takes nothing behind it. Remove the rest."
            fix = Suggestion("", start, last)
            self._add(first, last - first, "syntax", message, fix)

    def _tag_without_name(self, piece: Piece) -> None:
        if not piece.is_whole:
            return
        inside = self.text[piece.inner_start : piece.inner_end]
        if not inside.strip():
            message = "This tag is empty. Write a tag into it, or remove it."
            self._add(piece.start, piece.end - piece.start, "empty_tag", message)
            return
        tokens, wrong = tokens_of(self.text, piece.inner_start, piece.inner_end)
        if wrong:
            self.findings.extend(wrong)
            return
        first: Token = tokens[0]
        message = (
            f"A tag begins with its name, as in {{% if company %}}, not {first.text}."
        )
        self._add(first.start, len(first.text), "syntax", message)

    def _disallowed(self, name: str, at: int, rest: str, piece: Piece) -> None:
        is_open = any(
            DISALLOWED_BLOCKS.get(block.name) == name for block in self.blocks
        )
        if is_open:
            while DISALLOWED_BLOCKS.get(self.blocks[-1].name) != name:
                self._unclosed(self.blocks.pop())
            self.blocks.pop()
            return
        message = f"The tag {name} is not allowed in a message. Remove it."
        self._add(at, len(name), "disallowed_tag", message)
        if name in DISALLOWED_BLOCKS:
            self.blocks.append(_Block(name, piece))
            self._name_anyway(rest)

    def _nest(self, name: str, at: int, piece: Piece) -> None:
        if name in BLOCKS:
            self.blocks.append(_Block(name, piece))
            if len(self.blocks) == DEEPEST_NESTING + 1:
                message = f"Blocks are nested more than {DEEPEST_NESTING} deep here."
                self._add(piece.start, 2, "limit", message)
        elif name in CLOSERS:
            self._close(name, at)
        elif name in BRANCHES:
            self._branch(name, at)

    def _close(self, name: str, at: int) -> None:
        opener, blocks = CLOSERS[name], self._blocks_here()
        if any(block.name == opener for block in blocks):
            while self.blocks[-1].name != opener:
                self._unclosed(self.blocks.pop())
            self.blocks.pop()
            return
        if not blocks:
            message = f"There is no open {opener} that {name} could close. Remove it."
            if self.blocks:
                message = f"{name} stands in spintax and its {opener} does not."
            self._add(at, len(name), "unexpected_tag", message)
            return
        closer = BLOCKS.get(self.blocks.pop().name)
        message = f"{name} does not close the block that is open here."
        fix = None if closer is None else Suggestion(closer, at, at + len(name))
        self._add(at, len(name), "unexpected_tag", message, fix)

    def _branch(self, name: str, at: int) -> None:
        blocks = self._blocks_here()
        block = blocks[-1] if blocks else None
        if block is None or block.name not in BRANCHES[name]:
            where = " or ".join(sorted(BRANCHES[name]))
            message = f"{name} stands only inside {where}. Remove it, or open one."
            self._add(at, len(name), "unexpected_tag", message)
        elif block.has_else:
            message = f"This block has had its else: {name} would never be reached."
            self._add(at, len(name), "unexpected_tag", message)
        elif name == "else":
            block.has_else = True

    def _read(self, name: str, start: int, piece: Piece) -> None:
        expression = self._expression(piece, start)
        if expression is None:
            if name in ("assign", "capture"):
                self._name_anyway(self.text[start : piece.inner_end])
            return
        match name:
            case "if" | "unless" | "elsif":
                expression.read_condition()
            case "case":
                expression.read_case()
            case "when":
                block = self.blocks[-1] if self.blocks else None
                expression.read_when(block.when_values if block else set())
            case "assign":
                expression.read_assign()
                first = expression.tokens[0] if expression.tokens else None
                if first is not None:
                    self.assigned.append((first.text, first.start))
            case "capture":
                expression.read_capture()
            case _:
                expression.read_output()
        self.findings.extend(expression.findings)

    def _name_anyway(self, rest: str) -> None:
        """Count the name of a broken tag as assigned, so that its uses are valid."""
        match = re.match(r"\s*(\w+)", rest)
        if match is not None:
            self.scope.local_kinds.setdefault(match.group(1), TEXT)

    # Around tags

    def _text_before(self, before: Piece | None, piece: Piece) -> None:
        """The error for text between a case and its first when, which is never sent."""
        if not self.blocks or before is None or before is not self.blocks[-1].piece:
            return
        if self.blocks[-1].name != "case" or not piece.is_whole:
            return
        between = self.text[before.end : piece.start]
        if between.strip():
            at = before.end + len(between) - len(between.lstrip())
            message = "What stands between case and its first when is never sent."
            self._add(at, len(between.strip()), "syntax", message)
        match = _TAG_NAME.match(self.text, piece.inner_start, piece.inner_end)
        name = match.group(1) if match is not None else ""
        if piece.kind == OUTPUT or name not in ("when", "else", "endcase"):
            message = "Only a when can follow a case: this would never be sent."
            self._add(piece.start, 2, "syntax", message)

    def _unclosed(self, block: _Block) -> None:
        closer = BLOCKS.get(block.name)
        if closer is None:
            return
        message = (
            f"This {block.name} is never closed. Write {{% {closer} %}} behind it."
        )
        length = block.piece.end - block.piece.start
        self._add(block.piece.start, length, "unclosed_block", message)

    def _unused_names(self) -> None:
        """The error for an unused assigned name that is similar to a field: a typo."""
        names = names_of(self.scope.names.fields, self.scope.names.custom)
        for name, at in self.assigned:
            if name in self.scope.used or name in names.paths or name == "custom":
                continue
            meant = names.meant_in_tag(name)
            if meant is not None:
                message = f"{name} is never used. Did you mean {meant}?"
                fix = Suggestion(meant, at, at + len(name))
                self._add(at, len(name), "unknown_variable", message, fix)

    def _add(
        self,
        at: int,
        length: int,
        code: str,
        message: str,
        fix: Suggestion | None = None,
    ) -> None:
        self.findings.append(Finding(at, length, code, message, fix))
