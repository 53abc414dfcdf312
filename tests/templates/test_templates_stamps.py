"""The stamp: exactly this text and this field list, in a form that SQL recomputes."""

import hashlib

import pytest

from tests.support.template_corpus import FIELDS
from trueup.templates import VALIDATOR_VERSION, field_list_hash, stamp


def test_a_stamp_is_the_hash_of_the_documented_lines():
    canonical = (
        f"trueup-template-validator:{VALIDATOR_VERSION}\n"
        "company,firstName\n"
        "a,b\n"
        "Hi {{ firstName }}\r\nü"
    )

    result = stamp("Hi {{ firstName }}\r\nü", ["firstName", "company"], ["b", "a"])

    assert result == hashlib.sha256(canonical.encode()).hexdigest()


def test_a_field_list_hash_is_the_hash_of_the_lines_before_the_template():
    canonical = f"trueup-template-validator:{VALIDATOR_VERSION}\ncompany\n"

    assert field_list_hash(["company"], []) == (
        hashlib.sha256(canonical.encode()).hexdigest()
    )


def test_order_prefix_and_repetition_of_names_do_not_matter():
    assert stamp("x", FIELDS, ["b", "a", "a"]) == stamp(
        "x", list(reversed(FIELDS)), ["custom.a", "b"]
    )


@pytest.mark.parametrize(
    ("template", "custom"), [("x ", ["a"]), ("x", ["a", "b"]), ("x", []), ("X", ["a"])]
)
def test_another_text_or_field_list_has_another_stamp(template, custom):
    assert stamp(template, FIELDS, custom) != stamp("x", FIELDS, ["a"])


@pytest.mark.parametrize("name", ["a,b", "a\nb"])
def test_a_name_that_could_be_two_is_refused(name):
    with pytest.raises(ValueError, match="comma or a line end"):
        stamp("x", FIELDS, [name])
