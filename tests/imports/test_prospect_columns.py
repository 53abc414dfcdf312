"""Columns of exports: recognised by their names and by their values."""

import pytest

from tests.support.imports import rows_of


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
