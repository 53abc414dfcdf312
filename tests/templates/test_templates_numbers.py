"""Figures are decimal, and a value that came as text is a number beside a number."""

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trueup.templates import render, validate

FIGURES = st.decimals(-10_000, 10_000, places=3)


def rendered(template, **custom):
    names = {*custom, "x", "y"}
    assert validate(template, None, names) == []
    return render(template, {}, custom=custom)


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ("0.1 | plus: 0.2", "0.3"),
        ("1.1 | times: 3", "3.3"),
        ("0.3 | minus: 0.1", "0.2"),
        ("2.5 | round", "3"),
        ("-2.5 | round", "-3"),
        ("3.5 | round", "4"),
        ("1.005 | round: 2", "1.01"),
        ("2.675 | round: 2", "2.68"),
        ("-0.4 | round", "0"),
        ("10 | divided_by: 4", "2"),
        ("10 | divided_by: 4.0", "2.5"),
        ("1.0 | divided_by: 3", "0.333333333333"),
        ("1.0 | divided_by: 3 | times: 3", "1"),
        ("-7 | modulo: 2", "1"),
        ("-7.5 | modulo: 2", "0.5"),
        ("7.5 | modulo: -2", "-0.5"),
        ("0.00001", "0.00001"),
        ("0.00001 | times: 1", "0.00001"),
        ("1000000 | times: 1000000.0", "1000000000000"),
        ("1.20 | plus: 0", "1.2"),
        ("1.5 | ceil", "2"),
        ("-1.5 | floor", "-2"),
        ("-1.5 | abs", "1.5"),
        ("1.5 | at_least: 2", "2"),
        ("0.1 | append: '%'", "0.1%"),
    ],
)
def test_a_figure_is_what_a_reader_expects(expression, text):
    assert rendered(f"{{{{ {expression} }}}}") == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.1, "0.1"),
        (1e-7, "0.0000001"),
        (2.0, "2"),
        (Decimal("1E+3"), "1000"),
        ("2.50", "2.50"),
        (250, "250"),
    ],
)
def test_a_number_of_a_file_is_written_without_an_exponent(value, text):
    assert rendered("{{ custom.x }}", x=value) == text


@pytest.mark.parametrize("value", ["5", "5.0", " 5 ", 5, 5.0, "05"])
def test_a_value_is_compared_with_a_number_as_a_number(value):
    for condition in ("custom.x == 5", "5 == custom.x", "custom.x >= 5"):
        assert rendered(f"{{% if {condition} %}}yes{{% endif %}}", x=value) == "yes"
    assert rendered("{% if custom.x != 5 %}no{% else %}yes{% endif %}", x=value) == (
        "yes"
    )
    assert rendered("{% unless custom.x == 5 %}no{% endunless %}yes", x=value) == "yes"
    case = "{% case custom.x %}{% when 4, 5 %}yes{% else %}no{% endcase %}"
    assert rendered(case, x=value) == "yes"


@pytest.mark.parametrize("value", ["6", "five", "5 people", "", None, True, "5,0"])
def test_what_is_not_that_number_differs_from_it(value):
    assert rendered("{% if custom.x == 5 %}yes{% else %}no{% endif %}", x=value) == (
        "no"
    )
    assert rendered("{% if custom.x != 5 %}yes{% else %}no{% endif %}", x=value) == (
        "yes"
    )


def test_text_is_compared_with_text_as_it_stands():
    assert rendered("{% if custom.x == '05' %}y{% else %}n{% endif %}", x="5") == "n"
    assert (
        rendered("{% if custom.x == custom.y %}y{% else %}n{% endif %}", x="5", y="5.0")
        == "n"
    )


def test_the_first_when_that_fits_is_the_only_one():
    case = "{% case custom.x %}{% when 5 %}a{% when '5' %}b{% endcase %}"

    assert render(case, {}, custom={"x": "5"}) == "a"


@pytest.mark.parametrize(
    ("value", "separator", "items"),
    [
        ("a,b,", ",", "a+b"),
        ("a, b, ", ", ", "a+b"),
        ("a,b,,", ",", "a+b"),
        (",a", ",", "+a"),
        ("a,,b", ",", "a++b"),
        ("a", ",", "a"),
        ("a b ", " ", "a+b"),
    ],
)
def test_a_trailing_separator_makes_no_empty_last_item(value, separator, items):
    template = f"{{{{ custom.x | split: '{separator}' | join: '+' }}}}"

    assert rendered(template, x=value) == items


@pytest.mark.parametrize(
    "blank", [" ", "\t", "\n", "\u00a0", "\u200b", "\ufeff \u2009"]
)
def test_outer_blanks_of_a_value_are_not_sent(blank):
    value = f"{blank}Anna Lena{blank}"

    assert render("Hi {{firstName}}!", {"firstName": value}) == "Hi Anna Lena!"
    assert rendered("Hi {{custom.x}}!", x=value) == "Hi Anna Lena!"


@given(FIGURES, FIGURES)
def test_sums_and_products_are_exact(left, right):
    custom = {"x": str(left), "y": str(right)}

    for name, exact in (
        ("plus", left + right),
        ("minus", left - right),
        ("times", left * right),
    ):
        text = render(f"{{{{ custom.x | {name}: custom.y }}}}", {}, custom=custom)
        assert "e" not in text.lower()
        assert Decimal(text) == exact


@given(FIGURES, st.integers(0, 3))
def test_halves_are_rounded_away_from_zero(figure, digits):
    text = render(
        f"{{{{ custom.x | round: {digits} }}}}", {}, custom={"x": str(figure)}
    )

    assert Decimal(text) == figure.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
