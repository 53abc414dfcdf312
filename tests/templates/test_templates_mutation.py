"""One character changed anywhere: what was meant is sent, or nothing is.

"What was meant" is: the edit stands in text or in a quoted text, and changes just that;
or it stands in a tag, and the same is sent to every prospect as before. What no
validator can know is listed in `is_beyond_knowing`.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.template_corpus import CUSTOM, FIELDS, FILLED, RIGHT
from trueup.templates import MissingValueError, TooLongError, render, validate

PROSPECTS = (
    FILLED,
    {},
    {"firstName": "Anna"},
    {"company": "Acme", "industry": "Retail", "email": "a@b.example"},
)
CHARACTERS = "{}%|'- x#"
TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
HIDDEN = re.compile(
    r"(?<= raw %\}).*?(?=\{% endraw)|(?<= comment %\}).*?(?=\{% endcom)"
)
IN_BRACES = re.compile(r"\{[^{}]*\|")
QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")


class Edit(NamedTuple):
    kind: str
    at: int
    character: str
    result: str


def edits_of(template: str, characters: str) -> Iterator[Edit]:
    for i, here in enumerate(template):
        before, after = template[:i], template[i + 1 :]
        yield Edit("delete", i, "", before + after)
        yield Edit("double", i, here, before + here + here + after)
        if after and after[0] != here:
            yield Edit("swap", i, "", before + after[0] + here + after[1:])
        for character in characters:
            yield Edit("insert", i, character, before + character + here + after)
            if character != here:
                yield Edit("replace", i, character, before + character + after)


def sent(template: str) -> list[str]:
    """What each prospect gets; a parked one gets a mark that names what is missing."""
    texts = []
    for prospect in PROSPECTS:
        try:
            texts.append(render(template, prospect))
        except MissingValueError as error:
            texts.append(f"\0 parked: {error.field}")
        except TooLongError:
            texts.append("\0 parked: too long")
    return texts


def in_text_if_possible(template: str, edit: Edit) -> Edit:
    """The same edit as far out of its tag as it could be: `{{{%` is `{` and `{{%`."""
    at = edit.at
    if edit.kind in ("insert", "double"):
        while at and template[at - 1] == edit.character:
            at -= 1
        return edit._replace(kind="insert", at=at)
    if edit.kind == "delete":
        while template[at + 1 : at + 2] == template[at]:
            at += 1
        return edit._replace(at=at)
    return edit


def place_of(template: str, edit: Edit) -> str:
    """Where an edit stands: "text", "quoted", "number" or "tag"."""
    edit = in_text_if_possible(template, edit)
    for hidden in HIDDEN.finditer(template):
        if hidden.start() <= edit.at <= hidden.end():
            return "text"
    for tag in TAG.finditer(template):
        first = tag.start() - (edit.kind == "swap") + (edit.kind == "insert")
        if first <= edit.at < tag.end():
            for quoted in QUOTED.finditer(tag.group()):
                if tag.start() + quoted.start() < edit.at < tag.start() + quoted.end():
                    return "quoted"
            return "number" if template[edit.at].isdigit() else "tag"
    return "text"


def is_small(before: str, after: str) -> bool:
    """Whether two texts differ in at most two characters at one place."""
    if before.startswith("\0") or after.startswith("\0"):
        return before == after
    shorter = min(len(before), len(after))
    head = 0
    while head < shorter and before[head] == after[head]:
        head += 1
    tail = 0
    while tail < shorter - head and before[-1 - tail] == after[-1 - tail]:
        tail += 1
    return max(len(before), len(after)) - head - tail <= 2


def is_beyond_knowing(template: str, edit: Edit) -> bool:
    """Edits that give another right template: nobody can tell which one was meant."""
    place, result = place_of(template, edit), edit.result
    if place == "quoted":
        return True  # another fallback, another value to compare with
    if place == "number" or edit.character.isdigit():
        return True  # another figure
    if edit.character == "-" or template[edit.at] == "-":
        return True  # whitespace control, written as it should be
    if edit.kind == "swap" and re.search(
        r"['\"] | ['\"]", result[edit.at : edit.at + 2]
    ):
        return True  # a blank moved into a quoted text
    if edit.character == "|" and IN_BRACES.search(result):
        return True  # one wording more: `{Hi|Hel|lo}`
    if (
        edit.kind == "replace"
        and template[edit.at] == "|"
        and not edit.character.isalnum()
    ):
        return True  # braces without a bar are prose: `{Hi:Hello}`
    if template.find("}}}", edit.at - 2, edit.at + 3) >= 0:
        return True  # the end of `{Hi|Hello {{firstName}}}`
    spaced = re.sub(r"\s+", " ", result)
    if spaced == re.sub(r"\s+", " ", template):
        return True  # blanks only
    return any(  # another comparison
        edit.character == sign and other in template
        for sign, other in (
            ("!", "=="),
            ("=", "!="),
            ("<", ">"),
            (">", "<"),
            ("=", ">"),
        )
    )


def leaks_of(template: str, edit: Edit, wanted: list[str]) -> bool:
    """Whether the edit is accepted although prospects would get something else."""
    if validate(edit.result, FIELDS, CUSTOM):
        return False
    got = sent(edit.result)
    if got == wanted:
        return False
    if place_of(template, edit) == "text":
        if all(map(is_small, wanted, got)):
            return False
        is_of_a_bar = "|" in (edit.character, template[edit.at])
        return not (is_of_a_bar and is_beyond_knowing(template, edit))
    return not is_beyond_knowing(template, edit)


@pytest.mark.parametrize("template", RIGHT)
def test_one_edit_anywhere_gives_what_was_meant_or_is_refused(template):
    template = template.replace("\r\n", "\n")
    wanted = sent(template)

    leaks = [
        edit.result
        for edit in edits_of(template, CHARACTERS)
        if leaks_of(template, edit, wanted)
    ]

    assert leaks == []


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_any_character_at_any_place_gives_what_was_meant_or_is_refused(data):
    parts = data.draw(st.lists(st.sampled_from(RIGHT), min_size=1, max_size=3))
    template = " \n".join(parts).replace("\r\n", "\n")
    if validate(template, FIELDS, CUSTOM):
        return  # two templates side by side may repeat a name and the like
    at = data.draw(st.integers(0, len(template) - 1))
    character = data.draw(
        st.characters(exclude_categories=["Cs"])
        | st.sampled_from("{}%|:'\"- .,_()[]<>")
    )
    kind = data.draw(st.sampled_from(["insert", "replace"]))
    rest = template[at:] if kind == "insert" else template[at + 1 :]
    edit = Edit(kind, at, character, template[:at] + character + rest)

    assert not leaks_of(template, edit, sent(template))


SCRAPS = (
    *"{}%|:'\"-.,()[]<>= \n\t\u00a0\u200b‘’｛｝&$#",
    *("{{", "}}", "{%", "%}", "firstName", "company", "custom.line1", "default", "if"),
    *("endif", "else", "assign", "raw", "endraw", "comment", "case", "when", "x", "7"),
    *("{{ firstName }}", "{% if company %}", "{% endif %}", "| default: 'x'", "👋"),
    *("{company_name}", "[Company Name]", "%COMPANY%", "{Hi|Hello}", "{RANDOM|", "now"),
    *("{a|", "|b}", "date: '%A'", "'now'", "*|FNAME|*", "{!", "_FN_", "!fname", "5"),
)


@settings(max_examples=600, deadline=None)
@given(st.lists(st.sampled_from(SCRAPS), max_size=25).map("".join))
def test_any_scraps_are_judged_and_what_is_accepted_can_be_rendered(template):
    errors = validate(template, FIELDS, CUSTOM)

    length = len(template)
    assert [error.offset for error in errors] == sorted(
        error.offset for error in errors
    )
    assert all(0 <= error.offset < max(length, 1) for error in errors)
    assert all(1 <= error.length <= length - error.offset for error in errors)
    for error in errors:
        if error.suggestion is not None:
            fixed = error.suggestion.apply(template)
            assert len(validate(fixed, FIELDS, CUSTOM)) < len(errors)
    if not errors:
        sent(template)  # raises TemplateRenderError if the engine cannot read it
