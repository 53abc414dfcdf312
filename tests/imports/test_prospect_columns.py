"""Columns of exports: recognised by their names and by their values."""

import pytest

from tests.support.imports import people_of, refusals, rows_of
from trueup.imports.prospect_columns import recognised
from trueup.imports.prospect_rows import UnreadableExportError


@pytest.mark.parametrize(
    ("header", "values"),
    [
        (
            "First Name,Last Name,URL,Email Address,Company,Position",
            "Ada,Lovelace,https://www.linkedin.com/in/ada,a@x.org,Analytical,Countess",
        ),
        (
            "First name,Last name,Email,Current Job,Company Name,Prospect LinkedIn URL",
            "Ada,Lovelace,a@x.org,Countess,Analytical,https://www.linkedin.com/in/ada",
        ),
        (
            "firstName,lastName,linkedInProfileUrl,title,companyName,email",
            "Ada,Lovelace,linkedin.com/in/ada,Countess,Analytical,a@x.org",
        ),
        (
            "Record ID,First Name,Last Name,Email,Job Title,Associated Company,"
            "LinkedIn Bio",
            "17,Ada,Lovelace,a@x.org,Countess,Analytical,https://linkedin.com/in/ada",
        ),
        (
            "full_name;job_title;company;e-mail;profile url",
            "Ada Lovelace;Countess;Analytical;a@x.org;linkedin.com/in/ada",
        ),
    ],
    ids=["LinkedIn", "Sales Navigator", "lead export", "HubSpot", "by hand"],
)
def test_the_columns_of_exports_are_recognised(header, values):
    (row,) = rows_of(f"{header}\n{values}\n")
    assert (
        row.first_name,
        row.last_name,
        row.company,
        row.job_title,
        row.email,
        row.public_identifier,
    ) == ("Ada", "Lovelace", "Analytical", "Countess", "a@x.org", "ada")


def test_lines_above_the_header_of_linkedins_own_export_are_passed_over():
    (row,) = rows_of(
        'Notes:\n"When exporting your connection data, you may notice, that some"\n\n'
        "First Name,Last Name,URL,Email Address,Company,Position,Connected On\n"
        "Ada,Lovelace,https://www.linkedin.com/in/ada,,,,01 May 2026\n"
    )
    assert (row.line, row.is_connected) == (5, True)


def test_other_columns_become_custom_fields_and_declared_spellings_win():
    (row,) = rows_of(
        "Public Identifier,Subject Line,custom:Ice Breaker,2nd Phone,"
        "Largest City (2026)\n"
        "ada,Engines,Hi!,+44,London\n",
        ["subjectLine"],
    )
    assert row.custom == {
        "subjectLine": "Engines",
        "ice_breaker": "Hi!",
        "c_2nd_phone": "+44",
        "largest_city_2026": "London",
    }


def test_a_public_address_is_taken_before_a_sales_navigator_one():
    (row,) = rows_of(
        "Sales Navigator URL,LinkedIn URL\n"
        "https://www.linkedin.com/sales/lead/ACwAAAbcdEfghIjkl,linkedin.com/in/ada\n"
    )
    assert row.public_identifier == "ada"


ADA, EVA = "https://www.linkedin.com/in/ada", "https://www.linkedin.com/in/eva"
SENDER = "https://www.linkedin.com/in/sender"


@pytest.mark.parametrize(
    "header",
    [
        "Etunimi;Linkki",
        "Имя;Ссылка на профиль",
        "名;リンク",
        "First Name;Where to find them",
        "First Name;LinkedIn",
        "First Name;hs_linkedin_profile_link",
        "First Name;Contact's LinkedIn page",
        "First Name;ID",
    ],
)
def test_the_column_of_addresses_is_told_by_its_values(header):
    ada, eva = rows_of(f"{header}\nAda;{ADA}\nEva;{EVA}\n")
    assert (ada.public_identifier, eva.public_identifier) == ("ada", "eva")


def test_a_file_of_two_columns_of_unknown_addresses_is_refused_with_both():
    text = f"From,To\n{SENDER},{ADA}\n{EVA},{SENDER}\n"
    with pytest.raises(UnreadableExportError, match='"From" and "To" hold'):
        rows_of(text)
    people = people_of(text, profile_column="to")
    assert [row.public_identifier for row in people] == ["ada", "sender"]


def test_a_column_that_holds_one_address_throughout_is_not_it():
    text = f"Inviter,Invitee\n{SENDER},{ADA}\n{SENDER},{EVA}\n"
    assert [row.public_identifier for row in people_of(text)] == ["ada", "eva"]
    named = f"LinkedIn URL,Invitee\n{SENDER},{ADA}\n{SENDER},{EVA}\n"
    assert [row.public_identifier for row in people_of(named)] == ["ada", "eva"]
    alone = f"Owner\n{SENDER}\n{SENDER}\n"
    with pytest.raises(UnreadableExportError, match="No column holds profile"):
        rows_of(alone)
    known = f"LinkedIn URL,Name\n{SENDER},Ada\n{SENDER},Eva\n{SENDER},Mia\n"
    with pytest.raises(UnreadableExportError, match="holds one address throughout"):
        rows_of(known)


def test_a_company_page_below_the_usual_name_is_passed_over():
    company = "https://www.linkedin.com/company/acme"
    text = f"LinkedIn,Their page\n{company},{ADA}\n{company},{EVA}\n"
    assert [row.public_identifier for row in people_of(text)] == ["ada", "eva"]


def test_the_columns_that_were_seen_are_named_where_none_holds_addresses():
    with pytest.raises(UnreadableExportError, match="Its columns are: Name, Website"):
        rows_of("Name,Website\nAda,https://ada.example\n")


def test_a_profile_column_that_is_not_there_is_a_sentence():
    with pytest.raises(UnreadableExportError, match='Did you mean "LinkedIn URL"'):
        people_of("LinkedIn URL,Company\nin/ada,Acme\n", profile_column="Linkedin Ur")


def test_ids_and_urns_are_read_in_any_of_the_columns():
    own, lead = "ACoAAbcdEfghIjklMnop", "ACwAAbcdEfghIjklMnop"
    (row,) = rows_of(
        "LinkedIn URL,Entity URN,vmid,Profile URL\n"
        f'"urn:li:fs_salesProfile:({lead},NAME_SEARCH,x)",urn:li:fsd_profile:{own},'
        f"{lead},{ADA}\n"
    )
    assert (row.provider_id, row.public_identifier) == (own, "ada")


def test_a_bare_word_is_a_person_below_a_header_of_public_names_alone():
    assert [row.public_identifier for row in people_of("Vanity Name\nada-1\n")] == [
        "ada-1"
    ]
    assert refusals("LinkedIn URL\nin/ada\nFounder\n") == [
        'line 3: "Founder" is no address of a profile; a column of public names is '
        "called Public Identifier"
    ]


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("Prospect Position", "job_title"),
        ("Lead Company", "company"),
        ("contactEmail", "email"),
        ("linkedinJobTitle", "job_title"),
        ("Person Location", "location"),
        ("Poste", "job_title"),
        ("Firma", "company"),
        ("Cargo", "job_title"),
        ("Azienda", "company"),
        ("Functie", "job_title"),
        ("Должность", "job_title"),
    ],
)
def test_fields_are_known_by_other_tools_names_and_other_languages(header, field):
    (row,) = rows_of(f"{header},LinkedIn URL\nValue,{ADA}\n")
    assert getattr(row, field) == "Value"


@pytest.mark.parametrize(
    "header", ["Company LinkedIn URL", "Unsubscribe Link", "Notes"]
)
def test_columns_that_only_resemble_a_field_are_custom(header):
    (row,) = rows_of(f"{header},LinkedIn URL\nValue,{ADA}\n")
    assert list(row.custom.values()) == ["Value"]
    assert not row.is_do_not_contact


def test_a_header_is_divided_by_the_delimiter_that_divides_it():
    lead = "https://www.linkedin.com/sales/lead/ACwAAAbcdEfghIjkl,NAME_SEARCH,x"
    (row,) = rows_of(f"LinkedIn Profile;Sales Nav\n;{lead}\n")
    assert row.public_identifier == "ACwAAAbcdEfghIjkl"


class CountedName(str):
    """A name that counts how often it is compared."""

    compared = 0
    __hash__ = str.__hash__

    def __eq__(self, other):
        CountedName.compared += 1
        return super().__eq__(other)


def test_each_of_many_columns_is_compared_with_few_others(monkeypatch):
    monkeypatch.setattr(CountedName, "compared", 0)
    names = [f"field_{number}" for number in range(2_000)]
    columns = recognised(names, [CountedName(name) for name in names])
    assert columns.custom == dict(enumerate(names))
    assert CountedName.compared < 5 * len(names)
