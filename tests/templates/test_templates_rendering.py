"""Rendering: missing values, guards, fallbacks, and data that looks like Liquid."""

import datetime

import pytest

from tests.support.template_corpus import CUSTOM, FIELDS, FILLED, RIGHT
from trueup.templates import (
    MissingValueError,
    TemplateRenderError,
    TooLongError,
    render,
    validate,
)

NOTHING = (
    None,
    "",
    "   ",
    "\n\t",
    "\u200b",
    "\u00a0 \u200d",
    "\u3164",
    [],
    float("nan"),
)

GUARDS = (
    "{% if company %}no{% else %}yes{% endif %}",
    "{% unless company %}yes{% endunless %}",
    "{% if company != blank %}no{% else %}yes{% endif %}",
    "{% if company == blank %}yes{% endif %}",
    "{% if company == '' %}yes{% endif %}",
    "{% if company != '' %}no{% else %}yes{% endif %}",
    "{% if company == nil %}yes{% endif %}",
    "{% if company != nil %}no{% else %}yes{% endif %}",
    "{% if company == empty %}yes{% endif %}",
    "{% if blank == company %}yes{% endif %}",
    "{% if company.size == 0 %}yes{% endif %}",
    "{% if company.size > 0 %}no{% else %}yes{% endif %}",
    "{% if company contains 'A' %}no{% else %}yes{% endif %}",
    "{% if company == 'Acme' %}no{% else %}yes{% endif %}",
    "{% case company %}{% when blank %}yes{% else %}no{% endcase %}",
    "{% case company %}{% when nil %}yes{% else %}no{% endcase %}",
    "{% case company %}{% when '' %}yes{% else %}no{% endcase %}",
    "{{ company | default: 'yes' }}",
    "{{ company | strip | capitalize | default: 'yes' }}",
    "{{ company | split: ' ' | first | default: 'yes' }}",
    "{% assign c = company %}{% if c == blank %}yes{% endif %}",
    "{% assign c = company | default: '' %}{% if c %}no{% else %}yes{% endif %}",
    "{% capture c %}{{ company | default: ' ' }}{% endcapture %}"
    "{% if c %}no{% else %}yes{% endif %}",
)


@pytest.mark.parametrize("nothing", NOTHING)
@pytest.mark.parametrize("guard", GUARDS)
def test_every_guard_works_on_every_kind_of_nothing(guard, nothing):
    assert validate(guard, FIELDS, CUSTOM) == []
    assert render(guard, {"company": nothing}) == "yes"
    custom = guard.replace("company", "custom.line1")
    assert render(custom, {}, custom={"line1": nothing}) == "yes"


@pytest.mark.parametrize("nothing", NOTHING)
def test_a_missing_value_without_a_fallback_names_its_field(nothing):
    with pytest.raises(MissingValueError) as caught:
        render("Hi {{ firstName | upcase }}", {"firstName": nothing})

    assert caught.value.field == "firstName"
    assert "firstName" in str(caught.value)


def test_a_missing_custom_value_names_its_whole_path():
    with pytest.raises(MissingValueError) as caught:
        render("{{ custom.line1 }}", {"custom": {"line1": " "}})

    assert caught.value.field == "custom.line1"


def test_a_field_that_stays_missing_behind_a_name_is_found():
    template = "{% assign c = company | default: industry %}Hi {{ c }}"

    with pytest.raises(MissingValueError) as caught:
        render(template, {})

    assert caught.value.field == "industry"


def test_a_value_that_a_filter_cannot_work_on_is_missing():
    template = "{{ custom.employees | plus: 1 | default: 'many' }}"

    assert render(template, {"custom": {"employees": "12"}}) == "13"
    assert render(template, {"custom": {"employees": "a dozen"}}) == "many"


def test_a_filter_that_leaves_nothing_gives_a_missing_value():
    template = "{{ company | remove: 'Acme' | default: 'you' }}"

    assert render(template, {"company": "Acme"}) == "you"
    assert render(template, {"company": "Acme Two"}) == " Two"


def test_a_word_that_is_not_there_is_missing():
    template = "{% assign words = fullName | split: ' ' %}{{ words[1] }}"

    assert render(template, {"fullName": "Anna Schmidt"}) == "Schmidt"
    with pytest.raises(MissingValueError):
        render(template, {"fullName": "Anna"})


def test_an_explicit_empty_fallback_is_kept():
    assert render("Hi{{ company | default: '' }}!", {}) == "Hi!"


@pytest.mark.parametrize(
    "value",
    [
        "{{ company }}",
        "{% if x %}",
        "{{",
        "}}",
        "{% raw %}",
        "{firstName}",
        "{{company}",
    ],
)
def test_a_value_is_never_read_as_liquid(value):
    template = (
        "{% assign n = firstName %}{% capture c %}{{ firstName }}{% endcapture %}"
        "{{ firstName }}|{{ n }}|{{ c }}|{{ firstName | append: '!' }}"
    )

    assert render(template, {"firstName": value}) == f"{value}|{value}|{value}|{value}!"


def test_values_are_written_as_a_person_would():
    custom = {
        "i": 250,
        "f": 2.0,
        "b": True,
        "l": ["a", None, "b"],
        "d": datetime.date(2026, 5, 1),
    }
    template = "{{custom.i}} {{custom.f}} {{custom.b}} {{custom.l}} {{custom.d}}"

    assert render(template, {}, custom=custom) == "250 2 true a, b 2026-05-01"


def test_a_number_that_came_as_text_is_compared_as_a_number():
    template = "{% if custom.employees > 100 %}big{% else %}small{% endif %}"

    assert render(template, {"custom": {"employees": "250"}}) == "big"
    assert render(template, {"custom": {"employees": 250}}) == "big"
    assert render(template, {"custom": {"employees": "99"}}) == "small"
    assert render(template, {"custom": {"employees": "n/a"}}) == "small"
    assert render(template, {}) == "small"


def test_a_field_is_found_under_the_name_of_its_column():
    assert render("{{ firstName }}", {"first_name": "Anna"}) == "Anna"
    assert render(
        "{{ custom.a }}{{ custom.b }}", {"custom.a": "1"}, custom={"b": "2"}
    ) == ("12")


def test_line_ends_are_made_lf():
    assert render("a\r\n{{ firstName }}\r\n", {"firstName": "x"}) == "a\nx\n"


def test_a_comment_is_not_sent_whatever_it_holds():
    template = "{% comment %}{{ firstName {% endcomment %}Hi {{ firstName }}"

    assert render(template, {"firstName": "Anna"}) == "Hi Anna"


@pytest.mark.parametrize(
    "template",
    ["{{company}", "{firstName}}", "{% if company %}", "{{ company | nope }}", "{{}}"],
)
def test_a_broken_template_is_never_rendered(template):
    with pytest.raises(TemplateRenderError) as caught:
        render(template, FILLED)

    assert caught.value.errors


def test_a_text_that_gets_too_long_is_refused():
    with pytest.raises(TooLongError) as caught:
        render("Hi {{ firstName }}", {"firstName": "x" * 300}, max_length=300)

    assert (caught.value.length, caught.value.max_length) == (303, 300)


def test_a_value_that_a_filter_blows_up_is_refused():
    template = "{{ firstName" + " | replace: 'x', 'xxxxxxxxx'" * 5 + " }}"

    with pytest.raises(TooLongError):
        render(template, {"firstName": "x" * 1000})


ODD = (
    {},
    FILLED,
    {name: None for name in FIELDS},
    {name: "" for name in FIELDS} | {"custom": {name: " " for name in CUSTOM}},
    {name: "{{ company }} {% if %} }}" for name in FIELDS},
    {name: "x" * 10_000 for name in FIELDS} | {"custom": {"line1": "y" * 10_000}},
    {name: "👩‍💻🇩🇪" for name in FIELDS} | {"custom": {name: "👋" for name in CUSTOM}},
    {name: "שלום \u200fعربى" for name in FIELDS},
    {name: 'O\'Neil "Bob" <b>&amp;\\' for name in FIELDS},
    {name: "a\x00b\ud800" for name in FIELDS},
    {name: 5 for name in FIELDS} | {"custom": {name: 1.5 for name in CUSTOM}},
    {name: ["a", {"b": 1}] for name in FIELDS} | {"custom": None},
    {"custom": {name: {"deep": 1} for name in CUSTOM}},
    {"custom": {"employees": "1e999", "line1": "nan", "vip": "false"}},
    {"custom": "not an object"},
)


@pytest.mark.parametrize("prospect", ODD)
@pytest.mark.parametrize("template", RIGHT)
def test_whatever_is_accepted_renders_or_says_what_is_missing(template, prospect):
    try:
        text = render(template, prospect)
    except (MissingValueError, TooLongError):
        return  # this prospect is parked alone
    assert isinstance(text, str)
