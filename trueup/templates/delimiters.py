"""The linear pre-scan: the borders of text and tags, and wrong braces.

Belongs here: one pass over the braces from left to right, before the engine sees
anything. Does not: the ends of opened tags (`endings.py`), what is inside a tag, or
which braces in the text were meant as a merge tag (`foreign_tags.py`).
"""

import re
from dataclasses import dataclass, field
from typing import NamedTuple

from trueup.templates.endings import (
    BETWEEN,
    Ending,
    between_braces,
    end_of_output,
    end_of_tag,
)
from trueup.templates.errors import Finding, Suggestion
from trueup.templates.foreign_tags import (
    RANDOM,
    foreign_tag,
    glued_name,
    half_opened_tag,
    is_damaged_tag,
    is_foreign_tag,
    word_before,
)
from trueup.templates.names import Names
from trueup.templates.spintax import Spintax, groups_of

OUTPUT, TAG = "output", "tag"
MOST_FINDINGS = 100
MOST_TAGS = 300


class Piece(NamedTuple):
    """A tag or output; `inner_*` is its content between delimiters and hyphens.

    `is_whole` is False if the end was only guessed; then the content is not checked.
    """

    kind: str
    start: int
    end: int
    inner_start: int
    inner_end: int
    is_whole: bool = True


@dataclass
class Scan:
    """The findings of the pre-scan, in order.

    `texts` are the stretches of text around the pieces, without what raw and comment
    blocks hold, `comments` what comments hold, `groups` the spintax in the texts.
    """

    pieces: list[Piece] = field(default_factory=list)
    texts: list[tuple[int, int]] = field(default_factory=list)
    comments: list[tuple[int, int]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    groups: list[Spintax] = field(default_factory=list)


_BRACE = re.compile(r"\{+%?|\}\}|%\}|\}")
_CLOSER = re.compile(r"%\}|\}\}")
_RAW = re.compile(r"-?\s*raw\s*-?$")
_COMMENT = re.compile(r"-?\s*comment\b")
_RAW_EDGE = re.compile(r"\{%-?\s*(?:end)?raw\s*-?%\}")
# A block that never ends hides the rest, unless its end is only misspelled.
_SOME_END = re.compile(r"\{%-?\s*e\w*\s*-?%\}")
_COMMENT_EDGE = re.compile(r"\{%-?\s*(comment|endcomment)\b[^{}]*?%\}")
_OTHER_SYNTAX = re.compile(r"[|:;\"\n]")
_PAIR = re.compile(r"\{[^{}]*\}")
_BEFORE_MARK = ("$", "#", "%")
_RANDOM_OUTPUT = re.compile(
    rf"\{{\{{({RANDOM.pattern}(?:[^{{}}]|\{{\{{[^{{}}]*\}}\}}){{0,600}})\}}\}}",
    re.IGNORECASE,
)
_WORD_BEFORE = re.compile(r"(?<![\w{])([^\W\d][\w.]{1,63})$")
_WORD_BEHIND = re.compile(r"[^\W\d][\w.]{1,63}")
_LOOSE_CLOSER = re.compile(rf"(?:{BETWEEN.pattern})?\}}")


def scan(text: str, names: Names) -> Scan:
    """Find tags and wrong braces; stops after `MOST_FINDINGS` or `MOST_TAGS`."""
    return _Scanner(text, names).run()


class _Scanner:
    def __init__(self, text: str, names: Names) -> None:
        self.text = text
        self.names = names
        self.result = Scan()
        self.open_braces: list[int] = []  # lone `{` in the text that nothing closed
        self.judged: dict[str, bool] = {}  # what stood in braces: is it a merge tag?
        self.text_start = 0

    def run(self) -> Scan:
        position, result = 0, self.result
        while match := _BRACE.search(self.text, position):
            at, braces = match.span()[0], match.group()
            if braces[0] == "{":
                position = self._opener(at, braces)
            elif braces == "}}":
                position = self._closer_in_text(at)
            elif braces == "%}":
                position = self._tag_closer_in_text(at)
            else:
                position = self._brace_in_text(at)
            if len(result.findings) >= MOST_FINDINGS:
                return result
            if len(result.pieces) > MOST_TAGS:
                message = f"A template has at most {MOST_TAGS} tags. Shorten it here."
                self._add(result.pieces[-1].start, 2, "limit", message)
                return result
        self._end_text(len(self.text))
        self._lone_openers()
        groups = groups_of(self.text, result.texts)
        taken = {finding.offset for finding in result.findings}
        result.groups = groups.found
        result.findings.extend(
            finding for finding in groups.findings if finding.offset not in taken
        )
        return result

    def _opener(self, at: int, braces: str) -> int:
        count = len(braces)
        if braces[-1] != "%":
            if count == 1:
                self.open_braces.append(at)
                return at + 1
            return self._output(at, at + count - 2)
        if count > 2:
            closer = _CLOSER.search(self.text, at + count, at + count + 600)
            if closer is not None and closer.group() == "}}":
                return self._output(at, at + count - 3)
        return self._tag(at, at + count - 2)

    def _output(self, run: int, start: int) -> int:
        random = _RANDOM_OUTPUT.match(self.text, start)
        if random is not None:
            self._end_text(start)
            self._random(start, random.end(), random.group(1))
            self.text_start = random.end()
            return random.end()
        return self._piece(OUTPUT, run, start, end_of_output(self.text, start))

    def _tag(self, run: int, start: int) -> int:
        ending = end_of_tag(self.text, start)
        position = self._piece(TAG, run, start, ending)
        inside = self.text[start + 2 : ending.inner_end]
        if ending.wrong is None and _RAW.match(inside):
            match = _RAW_EDGE.search(self.text, position)
            if match is not None:  # a second raw: the first has lost its end
                self.text_start = position = match.start()
            elif _SOME_END.search(self.text, position) is None:
                self.text_start = position = len(self.text)
        elif ending.wrong is None and _COMMENT.match(inside):
            position = self._skip_comment(position)
        return position

    def _skip_comment(self, position: int) -> int:
        depth = 1
        for match in _COMMENT_EDGE.finditer(self.text, position):
            depth += 1 if match.group(1) == "comment" else -1
            if not depth:
                self.result.comments.append((position, match.start()))
                self.text_start = match.start()
                return match.start()
        if _SOME_END.search(self.text, position) is None:
            self.text_start = position = len(self.text)
        return position

    def _piece(self, kind: str, run: int, start: int, ending: Ending) -> int:
        """Note a tag, and the braces too many on either side of it.

        `run` is the first of all braces before it, `start` its own delimiter.
        """
        text, inner_end = self.text, ending.inner_end
        self._end_text(run)
        opener, closer = ("{{", "}}") if kind == OUTPUT else ("{%", "%}")
        end = ending.end
        text_start = None  # where the text goes on, with the end of spintax
        while ending.is_found and self.open_braces and text.startswith("}", end):
            if not self._is_spintax(self.open_braces[-1]):
                break
            self.open_braces.pop()  # it ends `{Hi|Hello {{firstName}}}`
            text_start = ending.end
            end += 1
        last = end
        while ending.is_found and text.startswith("}", last):
            last += 1
        inside = text[start + 2 : inner_end].replace("{", "").replace("}", "")
        whole = Suggestion(f"{opener}{inside}{closer}", run, last)
        if start > run:
            self._add(run, start - run, "extra_braces", _too_many("{", opener), whole)
        if ending.wrong is not None:
            fix = whole if ending.is_found else self._closed_word(start)
            self.result.findings.append(ending.wrong._replace(fix=fix))
        if last > end:
            self._add(end, last - end, "extra_braces", _too_many("}", closer), whole)
        inner_start = start + 2
        if inner_start < inner_end and text[inner_start] == "-":
            inner_start += 1
        if inner_start < inner_end and text[inner_end - 1] == "-":
            inner_end -= 1
        self.result.pieces.append(
            Piece(kind, start, ending.end, inner_start, inner_end, ending.is_found)
        )
        self.text_start = last if text_start is None or last > end else text_start
        return last

    def _is_spintax(self, opener: int) -> bool:
        """Whether the text since this `{`, tags and other pairs apart, has a `|`."""
        text = "".join(
            self.text[max(start, opener + 1) : end]
            for start, end in self.result.texts
            if end > opener
        )
        return "|" in _PAIR.sub("", text)

    def _closed_word(self, start: int) -> Suggestion | None:
        word = re.compile(r"\{\{\s*([\w.]+)").match(self.text, start)
        if word is None or self.names.meant_in_tag(word.group(1)) is None:
            return None
        return Suggestion(f"{word.group()}}}}}", start, word.end())

    # Closing delimiters and braces in the text

    def _closer_in_text(self, at: int) -> int:
        """`}}` that no `{{` opened."""
        if not self.open_braces:
            message = "These closing braces have no {{ before them. Write it."
            found = word_before(self.text, self.text_start, at, self.names)
            self.result.findings.append(
                found or Finding(at, 2, "unopened_output", message)
            )
            return at + 2
        opener = self.open_braces.pop()
        if opener < self.text_start:
            if self.open_braces:
                self.open_braces.pop()  # the ends of `{a|{b|{{firstName}} c}}`
            else:
                message = "These closing braces have no {{ before them. Remove them."
                self._add(at, 2, "unopened_output", message)
            return at + 2
        inside = self.text[opener + 1 : min(at, opener + 600)]
        if self.open_braces:
            outer = self.open_braces[-1]
            split = self._split_opener(opener)
            if split is not None:
                return self._half_opened(split, outer, opener, at, at + 2)
        if self.open_braces:
            outer = self.open_braces[-1]
            joined = self.text[max(outer + 1, opener - 100) : opener] + inside
            if is_damaged_tag(joined, self.names, exactly=True):
                self.open_braces.pop()
                message = "The two braces must stand together: {{ with nothing between."
                found = Finding(outer, 1, "split_braces", message)
                return self._half_opened(found, outer, opener, at, at + 2)
            between = self.text[max(outer + 1, opener - 100) : opener].rstrip()
            if not is_damaged_tag(inside, self.names) and (
                _OTHER_SYNTAX.search(inside) or between[-1:] in ("|", ":", ",")
            ):
                self.open_braces.pop()
                return at + 2  # nested pairs of CSS, JSON or spintax
        message = "This merge tag opens with one brace only. Write {{ in its place."
        found = Finding(opener, 1, "unopened_output", message)
        return self._half_opened(found, opener, opener, at, at + 2)

    def _split_opener(self, opener: int) -> Finding | None:
        """What is wrong if this `{` follows another with only blanks between."""
        if not self.open_braces:
            return None
        outer = self.open_braces[-1]
        if opener - outer > 200 or not BETWEEN.fullmatch(self.text, outer + 1, opener):
            return None
        self.open_braces.pop()
        return between_braces(self.text, outer, outer + 1, opener, "{{")

    def _half_opened(
        self, wrong: Finding, start: int, opener: int, at: int, end: int
    ) -> int:
        """An output whose `{{` is wrong: it starts at `start`, inside from `opener`."""
        lead = self.text[start + 1 : opener]
        is_whole = not lead.strip() or BETWEEN.fullmatch(lead) is not None
        inside = self.text[opener + 1 : at]
        inside = (inside if is_whole else lead + inside).replace("{", "")
        fix = Suggestion(f"{{{{{inside}}}}}", start, end)
        self._end_text(start)
        self.result.findings.append(wrong._replace(fix=fix))
        self.result.pieces.append(Piece(OUTPUT, start, end, opener + 1, at, is_whole))
        self.text_start = end
        return end

    def _brace_in_text(self, at: int) -> int:
        """A single `}`: the end of another pair, of a mark, or nothing."""
        if not self.open_braces:
            if self.text.startswith(("{{", "{%"), at + 1):
                message = "There is a } too many before this tag. Remove it."
                fix = Suggestion("", at, at + 1)
                self._add(at, 1, "extra_braces", message, fix)
            else:
                self._half_closed(at)
            return at + 1
        opener = self.open_braces.pop()
        if opener < self.text_start:
            self._pair_around_tag(opener, at)
            return at + 1
        inside = self.text[opener + 1 : min(at, opener + 600)]
        meant = self.judged.get(inside)
        if meant is None:
            meant = self.judged[inside] = is_damaged_tag(inside, self.names)
        if not meant:
            return self._other_pair(opener, at)
        outer = self.open_braces[-1] if self.open_braces else opener
        wrong = self._split_opener(opener)
        if wrong is not None:
            match = _LOOSE_CLOSER.match(self.text, at + 1)
            end = match.end() if match else at + 1
            return self._half_opened(wrong, outer, opener, at, end)
        message = "One brace makes no merge tag: this would be sent as it stands."
        message = f"{message} Write {{{{ and }}}}."
        start = opener - 1 if self.text[opener - 1 : opener] in _BEFORE_MARK else opener
        found = Finding(start, 1, "wrong_delimiter", message)
        whole = foreign_tag(self.text, start, at + 1, inside, self.names)
        if whole.fix is None or ":" in inside.partition("|")[2]:
            return self._half_opened(found, start, opener, at, at + 1)
        self.result.findings.append(found._replace(fix=whole.fix))
        return at + 1

    def _other_pair(self, opener: int, at: int) -> int:
        """A pair of single braces around no name of ours: another tool's, or prose."""
        inside = self.text[opener + 1 : min(at, opener + 600)]
        before = self.text[max(opener - 80, self.text_start) : opener]
        if not is_foreign_tag(inside, before, self.names):
            return at + 1
        start = opener - 1 if before[-1:] in _BEFORE_MARK else opener
        end = at + 1
        if RANDOM.match(inside):
            self._random(start, end, inside)
        else:
            found = foreign_tag(self.text, start, end, inside, self.names)
            self.result.findings.append(found)
        self._end_text(start)
        self.text_start = end
        return end

    def _random(self, start: int, end: int, inside: str) -> None:
        """`{{RANDOM | Hi | Hello}}`: another tool's random choice."""
        wordings = inside[RANDOM.match(inside).end() :].split("|")
        written = "|".join(wording.strip() for wording in wordings)
        message = "A choice of wordings is written {Hi|Hello}, in single braces."
        fix = Suggestion(f"{{{written}}}", start, end)
        self._add(start, end - start, "wrong_delimiter", message, fix)

    def _half_closed(self, at: int) -> None:
        """`first_name}`: a name that a lone brace closes and none opens."""
        first = max(self.text_start, at - 80)
        word = _WORD_BEFORE.search(self.text, first, at)
        if word is not None and glued_name(word.group(1), self.names):
            message = "This brace has no {{ before it. Write the tag in {{ and }}."
            path = self.names.meant_by_column(word.group(1))
            fix = None
            if path is not None:
                fix = Suggestion(f"{{{{{path}}}}}", word.start(1), at + 1)
            self._add(at, 1, "unopened_output", message, fix)

    def _pair_around_tag(self, opener: int, at: int) -> None:
        """`{ {{firstName}} }`: a pair too many, with nothing but blanks between."""
        if not self.result.pieces:
            return
        piece = self.result.pieces[-1]
        inside = self.text[opener + 1 : piece.start] + self.text[piece.end : at]
        if piece.start > opener and not inside.strip():
            message = "There are braces too many around this tag. Remove them."
            fix = Suggestion(self.text[piece.start : piece.end], opener, at + 1)
            self._add(opener, 1, "extra_braces", message, fix)

    def _tag_closer_in_text(self, at: int) -> int:
        """`%}` that no `{%` opened: a half-opened tag, or the end of `{50%|100%}`."""
        opener = self.open_braces[-1] if self.open_braces else None
        half = half_opened_tag(self.text, self.text_start, at, opener)
        if half is None:
            if self.open_braces:
                self.open_braces.pop()
            return at + 2
        found, start, inner_start = half
        self.result.findings.append(found)
        while self.open_braces and self.open_braces[-1] >= start:
            self.open_braces.pop()
        if inner_start < at:
            self._end_text(start)
            inner_end = at - 1 if self.text[at - 1] == "-" else at
            self.result.pieces.append(Piece(TAG, start, at + 2, inner_start, inner_end))
            self.text_start = at + 2
        return at + 2

    def _lone_openers(self) -> None:
        ends = {piece.end for piece in self.result.pieces}
        for at in self.open_braces:
            if at in ends:
                message = "There is a { too many behind this tag. Remove it."
                self._add(at, 1, "extra_braces", message, Suggestion("", at, at + 1))
                continue
            word = _WORD_BEHIND.match(self.text, at + 1)
            if word is not None and glued_name(word.group().rstrip("."), self.names):
                message = "This merge tag is never closed. Write it in {{ and }}."
                path = self.names.meant_by_column(word.group().rstrip("."))
                fix = None
                if path is not None:
                    fix = Suggestion(f"{{{{{path}}}}}", at, word.end())
                self._add(at, 1, "unclosed_output", message, fix)

    def _end_text(self, end: int) -> None:
        if end > self.text_start:
            self.result.texts.append((self.text_start, end))
        self.text_start = end

    def _add(
        self,
        at: int,
        length: int,
        code: str,
        message: str,
        fix: Suggestion | None = None,
    ) -> None:
        self.result.findings.append(Finding(at, length, code, message, fix))


def _too_many(brace: str, delimiter: str) -> str:
    return f"There is a {brace} too many: a tag has {delimiter} and no more. Remove it."
