"""Spintax: one wording for each person, each judged, the longest measured."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.template_corpus import CUSTOM, FIELDS, FILLED
from trueup.templates import draw_of, render, validate
from trueup.templates.spintax import choice

DRAWS = [draw_of(1, enrollment_id, 7) for enrollment_id in range(60)]


def sent(template, prospect=FILLED):
    return {render(template, prospect, draw=draw) for draw in DRAWS}


@pytest.mark.parametrize(
    ("template", "texts"),
    [
        ("{Hi|Hello|Hey} {{firstName}}", {"Hi Anna", "Hello Anna", "Hey Anna"}),
        ("{Hi {{firstName}}|Hello}!", {"Hi Anna!", "Hello!"}),
        ("{Hi|Hello {{firstName}}}!", {"Hi!", "Hello Anna!"}),
        ("{Hi | Hello} you", {"Hi you", "Hello you"}),
        ("I {really |}like it", {"I really like it", "I like it"}),
        ("{a|{b|c}} d", {"a d", "b d", "c d"}),
        ("{a|{b|{{firstName}} c}} d", {"a d", "b d", "Anna c d"}),
        ("{% if company %}{a|b}{% endif %}", {"a", "b"}),
        ("{ {% if company %}a{% endif %}|b}", {" a", "b"}),
        ("{% capture x %}{a|b}{% endcapture %}{{ x }}", {"a", "b"}),
        ("{50%|100%} off", {"50% off", "100% off"}),
        ("{one\nline|two}", {"one\nline", "two"}),
        (
            "{Hallo|Grüß dich} 👋 {du|Sie}",
            {
                "Hallo 👋 du",
                "Hallo 👋 Sie",
                "Grüß dich 👋 du",
                "Grüß dich 👋 Sie",
            },
        ),
    ],
)
def test_each_person_gets_one_of_the_wordings(template, texts):
    assert validate(template, FIELDS, ()) == []
    assert sent(template) == texts


def test_without_a_draw_the_first_wording_is_sent():
    assert render("{Hi|Hello} {{firstName}}, {a|b}", FILLED) == "Hi Anna, a"


def test_a_person_gets_the_same_wording_at_every_render():
    template = "{a|b|c|d} {a|b|c|d} {a|b|c|d}"

    for draw in DRAWS:
        assert len({render(template, FILLED, draw=draw) for _ in range(3)}) == 1


def test_groups_of_one_text_are_drawn_apart():
    assert sent("{a|b}{a|b}") == {"aa", "ab", "ba", "bb"}


@pytest.mark.parametrize(
    "text",
    [
        "{|}",
        '{"a": "b|c"} {"first_name": "x|y"}',
        "{% raw %}{a|b}{% endraw %}",
        "a | b || c",
    ],
)
def test_what_is_no_spintax_is_sent_as_it_stands(text):
    assert validate(text, FIELDS, ()) == []
    plain = text.replace("{% raw %}", "").replace("{% endraw %}", "")
    assert sent(text) == {plain}


@pytest.mark.parametrize(
    ("marked", "code"),
    [
        ("{Hi|Hello {{‸frstName}}}", "unknown_variable"),
        ("‸{Hi|Hello {{firstName}}", "unclosed_output"),
        ("{ ‸{% if company %}a|b}", "unclosed_block"),
        ("{% if company %}{a|{% ‸endif %}b}{% endif %}", "unexpected_tag"),
        ("{% if company %}{a|{% ‸else %}b}{% endif %}", "unexpected_tag"),
        ("{a{% assign x = 'q' %}|b} {{ ‸x }}", "unknown_variable"),
        ("{a|{b|{c|{d|‸{e|f}}}}}", "limit"),
        ("‸{Hi|Hello there", "unclosed_output"),
        ("Hi|Hello‸} there", "unopened_output"),
        ("{Hi|Hello} there‸}, bye", "extra_braces"),
        ("{Hi|Hello} ‸{there, bye", "extra_braces"),
        ("{{ firstName | default: '‸{you|there}' }}", "wrong_delimiter"),
        ("‸{{RANDOM | Hi | Hello}}", "wrong_delimiter"),
        ("‸{{random|Hi {{firstName}}|Hello}}", "wrong_delimiter"),
        ("‸{random|Hi|Hello}", "wrong_delimiter"),
        ("‸{{Hi|Hello|Good day}}", "wrong_delimiter"),
        ("{Hi|Hello ‸%COMPANY_NAME%}", "wrong_delimiter"),
        ("{Hi|Hello ‸[Company Name]}", "wrong_delimiter"),
    ],
)
def test_each_wording_is_judged_as_a_template(marked, code):
    errors = validate(marked.replace("‸", ""), FIELDS, ())

    found = [(error.code, error.offset) for error in errors]
    assert (code, marked.index("‸")) in found
    # a brace on the line of spintax may be said to be one too many as well
    assert {each for each, _ in found} <= {code, "extra_braces"}


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("{{RANDOM | Hi | Hello}} you", "{Hi|Hello} you"),
        ("{{random|Hi {{firstName}}|Hello}}", "{Hi {{firstName}}|Hello}"),
        ("{spin|Hi|Hello} you", "{Hi|Hello} you"),
        ("{{Hi|Hello}} you", "{Hi|Hello} you"),
    ],
)
def test_the_spintax_to_write_is_suggested(written, meant):
    (error,) = validate(written, FIELDS, ())

    assert error.suggestion.apply(written) == meant


def test_the_longest_wording_is_measured():
    template = "{a|{{firstName}} and|b} c"
    longest = {"firstName": "Annabelle"}

    assert validate(template, FIELDS, (), max_length=15, longest=longest) == []
    errors = validate(template, FIELDS, (), max_length=14, longest=longest)
    assert [error.code for error in errors] == ["too_long"]


def test_a_wording_is_drawn_as_the_database_draws(connection):
    for draw, position, count in itertools.product(DRAWS[:5], (0, 17, 400), (2, 3, 7)):
        drawn = connection.execute(
            "select outreach.stable_draw(%s) %% %s", [f"{draw}:{position}", count]
        ).fetchone()[0]
        assert choice(draw, position, count) == drawn


WORDS = st.text("abc ,.", min_size=1, max_size=6).filter(str.strip)
PLAIN = WORDS | st.sampled_from(["{{firstName}}", "{% if company %}x{% endif %}"])


def groups(children):
    wordings = st.lists(
        st.lists(children, min_size=1, max_size=2), min_size=2, max_size=3
    )
    return wordings.map(tuple)


TREES = st.lists(
    st.recursive(PLAIN, lambda inner: groups(PLAIN) | groups(inner), max_leaves=8),
    min_size=1,
    max_size=3,
)


def written(parts):
    out = ""
    for part in parts:
        if isinstance(part, str):
            out += part
        else:
            inside = "|".join(written(wording) for wording in part)
            out += "{" + (" " if inside.startswith("{") else "") + inside + "}"
    return out


@settings(max_examples=150, deadline=None)
@given(TREES)
def test_what_is_accepted_has_no_sign_of_spintax_left(parts):
    template = written(parts)
    if validate(template, FIELDS, CUSTOM):
        return
    for draw in (None, *DRAWS[:10]):
        assert not set("{|}") & set(render(template, FILLED, draw=draw))


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.text("abcdefgh", min_size=2, max_size=6), min_size=2, max_size=5),
    st.sampled_from(DRAWS),
)
def test_plain_spintax_is_accepted_and_gives_one_of_its_wordings(wordings, draw):
    template = "Well, {" + "|".join(wordings) + "} it is"

    assert validate(template, FIELDS, CUSTOM) == []
    assert render(template, FILLED, draw=draw)[6:-6] in wordings
