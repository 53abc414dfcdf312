"""The limits of a template: one step past each is refused, what just fits is taken."""

import pytest

from tests.support.template_corpus import FIELDS
from trueup.templates import (
    MissingValueError,
    TemplateRenderError,
    TooLongError,
    render,
    validate,
)

# Harmless text: each limit below is passed by as little as possible.
PROSE = "Would you be open to a short talk about it? "
TOO_LONG_A_RESULT = "{{ '" + "a" * 100 + "' | replace: 'a', '" + "b" * 201 + "' }}"


@pytest.mark.parametrize(
    ("template", "code"),
    [
        ((PROSE * 500)[:20_001], "limit"),
        ("{{ firstName | default: '" + (PROSE * 12)[:475] + "' }}", "limit"),
        ("{{ firstName" + " | upcase" * 9 + " }}", "limit"),
        ("{% if company %}" * 21 + "Hello" + "{% endif %}" * 21, "limit"),
        ("{{email}} " * 301, "limit"),
        ("{a|b} " * 101, "limit"),
        ("{a" + "|a" * 500 + "}", "limit"),
        ("{a|" * 5 + "b" + "}" * 5, "limit"),
        (TOO_LONG_A_RESULT, "limit"),
        ("{{ (1..3) | join }}", "syntax"),
        ("{% for x in (1..3) %}x{% endfor %}", "disallowed_tag"),
        ("{% include firstName %}", "disallowed_tag"),
        (
            "{% assign a = 'aaaaaaaaaa' %}" + "{% assign a = a | append: a %}" * 11,
            "limit",
        ),
        (
            "{% capture a %}aaaaaaaaaa{% endcapture %}"
            + "{% capture a %}{{ a }}{{ a }}{% endcapture %}" * 17,
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
        (PROSE * 500)[:20_000],
        "{{ firstName | default: '" + (PROSE * 12)[:460] + "' }}",
        "{{ firstName" + " | upcase" * 8 + " }}",
        "{% if company %}" * 20 + "Hello" + "{% endif %}" * 20,
        "{{email}} " * 300,
        "{a|b} " * 100,
        "{a" + "|a" * 499 + "}",
        "{a|" * 4 + "b" + "}" * 4,
    ],
)
def test_what_just_fits_a_cap_is_accepted(template):
    assert validate(template, FIELDS, ()) == []


UNITS = (
    *("{{", "{{ ", "{%", "{% ", "{{%", "{", "{ ", "}", "} ", "}}", "%}", "{{{", "{}"),
    *("{ }", "[[", "<a ", "&#123;", "%a", "_", "$a", "{{'", "{{}", "{%}", "{% if"),
    *("{{a|", "{% raw %}", "{% comment %}", "{% if company %}", "{{ firstName }"),
    *("5%}", "{|", "{a|", "{a|b}", "a|b}", "|b", "{ |", "[a_b", "%a%", "_a_", "$a$"),
)


@pytest.mark.parametrize("unit", UNITS)
def test_any_unit_repeated_past_the_limit_of_errors_is_judged(unit):
    template = unit * 120

    errors = validate(template, FIELDS, ())

    assert len(errors) <= 101
    assert all(0 <= error.offset < len(template) for error in errors)


def test_the_number_of_errors_is_capped():
    errors = validate("{{ nobody }}" * 101, FIELDS, ())

    assert len(errors) == 100


def test_a_cap_holds_at_send_too():
    names = "{{ firstName }}" * 101
    template = f"{{% capture a %}}{names}{{% endcapture %}}{{{{ a }}}}"
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
    with pytest.raises(TemplateRenderError, match="time of the send"):
        render("{{ 'now' | date: '%Y' }}", {})
    with pytest.raises(MissingValueError):
        render("{{ now }}", {})
