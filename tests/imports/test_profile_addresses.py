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


@pytest.mark.parametrize(
    "written",
    [
        "o'neill-ada",
        "https://www.linkedin.com/in/o'neill-ada/",
        "https://www.linkedin.com/in/o%27neill-ada",
        "'https://www.linkedin.com/in/o'neill-ada' (Ada)",
        "<a href='https://www.linkedin.com/in/o'neill-ada'>Ada</a>",
    ],
)
def test_an_apostrophe_inside_a_name_belongs_to_it(written):
    assert read_profile(written) == Profile(None, "o'neill-ada")


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
        ("https://www.linkedin.com/in/ada'-ibsen", "names no person"),
        ("ada'-ibsen", "names no person"),
    ],
)
def test_what_is_no_persons_profile_says_what_it_is(written, why):
    with pytest.raises(UnreadableProfileError, match=why):
        read_profile(written)


@given(
    st.text(max_size=80)
    | st.text("ab01-'\u2019.,_\u0301\u00e9%~", min_size=2, max_size=12)
)
def test_whatever_stands_there_is_a_profile_or_a_sentence(written):
    try:
        profile = read_profile(written)
    except UnreadableProfileError:
        return
    name = profile.public_identifier or profile.provider_id
    assert read_profile(f"https://www.linkedin.com/in/{name}/") == profile


@pytest.mark.parametrize(
    "written",
    [
        "https://www.linkedin.com/in/ada-ibsen,",
        "https://www.linkedin.com/in/ada-ibsen).",
        "(https://www.linkedin.com/in/ada-ibsen)",
        "https://www.linkedin.com/in/ada-ibsen\u2026",
        "https://www.linkedin.com/in/ada-ibsen%E2%80%8B",
        "https://www.linkedin.com/in/ada-ibsen%2F",
        "https://www.linkedin.com/in/ada-ibsen%3Ftrk%3Dx",
        "https://www.linkedin.com/in/ada-ibsen&trk=x",
        "https://www.linkedin.com/comm/in/ada-ibsen?midToken=x",
        "https://www.linkedin.com/mwlite/in/ada-ibsen",
        "https://www.linkedin.com/mwlite/profile/in/ada-ibsen",
        "https://www.linkedin.com/m/in/ada-ibsen",
        "https:/www.linkedin.com/in/ada-ibsen",
        "https//www.linkedin.com/in/ada-ibsen",
        "http:linkedin.com/in/ada-ibsen",
        "https://https://www.linkedin.com/in/ada-ibsen",
        "www.linkedin.com\\in\\ada-ibsen",
        "https://www.linkedin.com/authwall?trk=x&sessionRedirect="
        "https%3A%2F%2Fwww.linkedin.com%2Fin%2Fada-ibsen",
        "[Ada](https://www.linkedin.com/in/ada-ibsen)",
        '<a href="https://www.linkedin.com/in/ada-ibsen">Ada</a>',
        '=HYPERLINK("https://www.linkedin.com/in/ada-ibsen","Ada")',
        "Ada: https://www.linkedin.com/in/ada-ibsen",
        "https://www.linkedin.com/in/ada-ibsen (Ada)",
        "https://www.linkedin.com/in/ada-ibsen\nlinkedin.com/in/Ada-Ibsen/",
        "@ada-ibsen",
    ],
)
def test_slips_and_wrappings_of_an_address_do_not_matter(written):
    assert read_profile(written) == Profile(None, "ada-ibsen")


@pytest.mark.parametrize(
    "written",
    [
        "urn:li:fsd_profile:ACoAABcDeFgHiJkLmNoPqRsTuV",
        "urn:li:fs_miniProfile:ACoAABcDeFgHiJkLmNoPqRsTuV",
        "urn%3Ali%3Afsd_profile%3AACoAABcDeFgHiJkLmNoPqRsTuV",
        "https://www.linkedin.com/in/urn:li:fsd_profile:ACoAABcDeFgHiJkLmNoPqRsTuV",
        "https://www.linkedin.com/profile/view?id=ACoAABcDeFgHiJkLmNoPqRsTuV",
        "ACoAABcDeFgHiJkLmNoPqRsTuV,",
    ],
)
def test_an_id_is_read_wherever_it_stands(written):
    assert read_profile(written) == Profile("ACoAABcDeFgHiJkLmNoPqRsTuV", None)


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("link", "no profile address"),
        ("View profile", "no profile address"),
        ("(blank)", "no profile address"),
        ("#N/A", "no profile address"),
        ("https://www.linkedin.com/in/undefined", "names no person"),
        ("https://www.linkedin.com/in/UNKNOWN", "names no person"),
        ("https://www.linkedin.com/in/me/", "names no person"),
        ("https://www.linkedin.com/in/unavailable/", "names no person"),
        ("https://www.linkedin.com/in/{{slug}}", "names no person"),
        ("https://www.linkedin.com/in/j%C3rgen", "names no person"),
        ("https://www.linkedin.com/in/ada ibsen", "names no person"),
        ("linkedin.com/in/ada linkedin.com/in/eva", "names several people"),
        ("linkedin.com/in/ada\nlinkedin.com/in/eva", "names several people"),
        ("urn:li:member:12345", "names nobody by an id"),
        ("https://www.linkedin.com/in/acoaa" + "abcde12345" * 3, "lost its capital"),
        ("ACOAA" + "ABCDE12345" * 3, "lost its capital letters"),
        ('=HYPERLINK("https://evil.example/?u=linkedin.com/in/ada")', "no LinkedIn"),
    ],
)
def test_placeholders_and_torn_names_are_nobody(written, why):
    with pytest.raises(UnreadableProfileError, match=why):
        read_profile(written)


@given(st.from_regex(r"[a-z0-9][a-z0-9-]{1,40}[a-z0-9]", fullmatch=True))
def test_the_usual_form_is_read_as_every_other(name):
    def read(written):
        try:
            return read_profile(written)
        except UnreadableProfileError:
            return None

    usual = read(f"https://www.linkedin.com/in/{name}")
    assert usual == read(f"https://www.linkedin.com/in/{name}?trk=1")
    assert usual == read(f"linkedin.com/in/{name.upper()}")
