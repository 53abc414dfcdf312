"""Templates that people of other tools wrote in public, and what is right for each.

`template_cases.json`: the text, whether it is refused, and what the errors must suggest
or say. Only the shapes come from the source; names are invented.
"""

import json
import pathlib

import pytest

from trueup.templates import render, validate

CASES = json.loads(
    (pathlib.Path(__file__).parent / "template_cases.json").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_a_public_template_is_judged_rightly(case):
    errors = validate(case["text"])
    suggested = " ".join(e.suggestion.text for e in errors if e.suggestion)
    said = " ".join([suggested, *(error.message for error in errors)])

    if "refused_or_rendered_without" in case:
        assert errors == []
        text = render(case["text"], {"firstName": "Ada", "company": "Acmo"})
        assert case["refused_or_rendered_without"] not in text
    else:
        assert bool(errors) == case["refused"]
    assert case.get("suggests", "") in suggested
    assert case.get("says", "") in said
