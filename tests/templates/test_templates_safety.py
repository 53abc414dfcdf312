"""Hostile templates: refused, or harmless, whatever their author had in mind."""

import pytest

from tests.support.template_corpus import FIELDS
from trueup.templates import (
    MissingValueError,
    TemplateRenderError,
    TooLongError,
    render,
    validate,
)

_DOUBLING = "| replace: 'a', 'aaaaaaaaaaaaaaaa' "


@pytest.mark.parametrize(
    ("template", "code"),
    [
        ("x" * 20_001, "limit"),
        ("{{ firstName" + " " * 500 + "}}", "limit"),
        ("{{ firstName" + " | upcase" * 9 + " }}", "limit"),
        ("{% if company %}" * 21 + "{% endif %}" * 21, "limit"),
        ("{{email}}" * 400, "limit"),
        ("{{ 'a' " + _DOUBLING * 8 + "}}", "limit"),
        ("{{ (1..3000000) | join }}", "syntax"),
        ("{% for x in (1..3000000) %}x{% endfor %}", "disallowed_tag"),
        ("{% include firstName %}", "disallowed_tag"),
        (
            "{% assign a = 'aaaaaaaaaa' %}" + "{% assign a = a | append: a %}" * 20,
            "limit",
        ),
        (
            "{% capture a %}aaaaaaaaaa{% endcapture %}"
            + "{% capture a %}{{ a }}{{ a }}{% endcapture %}" * 20,
            "limit",
        ),
    ],
)
def test_what_goes_beyond_a_cap_is_refused(template, code):
    errors = validate(template, FIELDS, ())

    assert code in [error.code for error in errors]


@pytest.mark.parametrize(
    "template",
    [
        "x" * 20_000,
        "{{ firstName" + " " * 480 + "}}",
        "{{ firstName" + " | upcase" * 8 + " }}",
        "{% if company %}" * 20 + "{% endif %}" * 20,
        "{{email}}" * 300,
    ],
)
def test_what_just_fits_a_cap_is_accepted(template):
    assert validate(template, FIELDS, ()) == []


UNITS = (
    *("{{", "{{ ", "{%", "{% ", "{{%", "{", "{ ", "}", "} ", "}}", "%}", "{{{", "{}"),
    *("{ }", "[[", "<a ", "&#123;", "%a", "_", "$a", "{{'", "{{}", "{%}", "{% if"),
    *("{{a|", "{% raw %}", "{% comment %}", "{% if company %}", "{{ firstName }"),
    *("5%}", "{|"),
)


@pytest.mark.parametrize("unit", UNITS)
def test_any_unit_repeated_to_the_cap_is_judged(unit):
    template = (unit * 20_000)[:20_000]

    errors = validate(template, FIELDS, ())

    assert len(errors) <= 101
    assert all(0 <= error.offset < 20_000 for error in errors)


def test_the_number_of_errors_is_capped():
    errors = validate("{{ nobody }}" * 200, FIELDS, ())

    assert len(errors) == 100


def test_a_cap_holds_at_send_too():
    template = "{% capture a %}{{ firstName }}{% endcapture %}" + (
        "{% capture a %}{{ a }}{{ a }}{{ a }}{% endcapture %}" * 9 + "{{ a }}"
    )
    prospect = {"firstName": "x" * 10_000}

    assert validate(template, FIELDS, ()) == []
    with pytest.raises(TooLongError):
        render(template, prospect)


@pytest.mark.parametrize(
    "template",
    [
        "{{ __class__ }}",
        "{{ firstName.__class__ }}",
        "{{ custom.__init__ }}",
        "{{ firstName['__class__'] }}",
        "{{ custom['__class__'].mro }}",
    ],
)
def test_nothing_of_python_is_reached(template):
    assert validate(template, FIELDS, ())
    with pytest.raises((MissingValueError, TemplateRenderError)):
        render(template, {"firstName": "Anna"})


def test_a_date_never_reads_the_clock():
    assert validate("{{ 'now' | date: '%Y' }}", FIELDS, ())[0].code == "unknown_filter"
    with pytest.raises(MissingValueError):
        render("{{ now }}", {})
