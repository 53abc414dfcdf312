"""The one spelling of a public identifier, from lists, events and exports."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trueup.imports.profile_addresses import UnreadableProfileError, read_profile
from trueup.unipile.public_identifiers import comparable

LEAD = "ACwAAABCdEFgHiJkLmNoPqRsTuVwXyZ"


@pytest.mark.parametrize(
    ("written", "identifier"),
    [
        (None, None),
        (7, None),
        ("", None),
        (" / ", None),
        ("Ada-Byron", "ada-byron"),
        ("/in/ada-byron/", "ada-byron"),
        (LEAD, LEAD),
        ("%41da", "ada"),
    ],
)
def test_an_identifier_has_one_form(written, identifier):
    assert comparable(written) == identifier


@given(st.text(max_size=60))
def test_the_form_is_final(written):
    once = comparable(written)
    assert once is None or "%" in once or comparable(once) == once


@given(st.from_regex(r"[A-Za-zà-öØ-Þ0-9-]{3,40}", fullmatch=True))
def test_an_event_finds_whom_an_import_wrote(name):
    try:
        imported = read_profile(f"https://www.linkedin.com/in/{name}")
    except UnreadableProfileError:
        return
    if imported.public_identifier is not None:
        assert comparable(name.upper()) == imported.public_identifier
        assert comparable(name) == imported.public_identifier
