"""Profile addresses: one form for one person, and a sentence for everything else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trueup.imports.profile_addresses import (
    Profile,
    UnreadableProfileError,
    read_profile,
)


@pytest.mark.parametrize(
    "written",
    [
        "https://www.linkedin.com/in/jürgen-müller",
        "http://de.linkedin.com/in/J%C3%BCrgen-M%C3%BCller/",
        "linkedin.com/in/j%C3%BCrgen-m%C3%BCller///?locale=de_DE#about",
        "https://www.linkedin.com/in/j%25C3%25BCrgen-m%25C3%25BCller/en",
        "  <https://m.linkedin.com/in/ju\u0308rgen-mu\u0308ller/overlay/photo/> ",
        "//www.linkedin.com/in/jürgen-müller",
        "/in/jürgen-müller",
        "jürgen-müller",
        "HTTPS://WWW.LINKEDIN.COM/IN/JÜRGEN-MÜLLER",
    ],
)
def test_one_person_has_one_address_however_it_is_written(written):
    assert read_profile(written) == Profile(None, "jürgen-müller")


def test_linkedins_own_id_keeps_its_case_and_is_no_public_name():
    provider_id = "ACoAABcDeFgHiJkLmNoPqRsTuV"
    address = f"https://www.linkedin.com/in/{provider_id}"
    assert read_profile(address) == Profile(provider_id, None)


def test_a_sales_navigator_lead_is_known_by_its_own_id():
    lead = "https://www.linkedin.com/sales/lead/ACwAAAbcdEfghIjkl,NAME_SEARCH,x1?_ntb=y"
    assert read_profile(lead) == Profile(None, "ACwAAAbcdEfghIjkl")
    people = lead.replace("/lead/", "/people/")
    assert read_profile(people) == read_profile(lead)


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("", "it has no profile address"),
        ("None", "it has no profile address"),
        ("https://www.linkedin.com/company/acme", "is a company's page"),
        ("https://www.linkedin.com/search/results/people?x=1", "is a search"),
        ("https://www.linkedin.com/in/", "is no person's profile"),
        ("https://www.linkedin.com.evil.example/in/ada", "is no LinkedIn profile"),
        ("https://evil.example/?u=linkedin.com/in/ada", "is no LinkedIn profile"),
        ("https://lnkd.in/abcd", "is a short link"),
        ("ada@example.com", "is no LinkedIn profile"),
        ("https://uk.linkedin.com/pub/ada/1/2/3", "is an address of the old form"),
        ("https://[::1", "is no web address"),
        ("https://www.linkedin.com/in/a b", "names no person"),
    ],
)
def test_what_is_no_persons_profile_says_what_it_is(written, why):
    with pytest.raises(UnreadableProfileError, match=why):
        read_profile(written)


@given(st.text(max_size=80))
def test_whatever_stands_there_is_a_profile_or_a_sentence(written):
    try:
        profile = read_profile(written)
    except UnreadableProfileError:
        return
    name = profile.public_identifier or profile.provider_id
    assert read_profile(f"https://www.linkedin.com/in/{name}/") == profile
