"""Rows of exports: read, or refused by their line."""

import csv
import io

import pytest

from tests.support.imports import refusals, rows_of
from trueup.imports.prospect_rows import (
    ProspectRow,
    UnreadableExportError,
    read_export,
)


@pytest.mark.parametrize(
    ("encoding", "delimiter"),
    [
        ("utf-8", ","),
        ("utf-8-sig", ";"),
        ("latin-1", ";"),
        ("cp1252", "\t"),
        ("utf-16", "\t"),
    ],
)
def test_encodings_and_delimiters_are_found(encoding, delimiter):
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(
        [
            ["Name", "LinkedIn URL", "Company"],
            ["Zoë Müller", "linkedin.com/in/zoe", "Café, Söhne; & Co"],
        ]
    )
    (row,) = rows_of(out.getvalue().encode(encoding))
    assert (row.first_name, row.last_name, row.company) == (
        "Zoë",
        "Müller",
        "Café, Söhne; & Co",
    )


def test_one_damaged_character_does_not_turn_a_file_into_another_encoding():
    text = "Name,LinkedIn URL\nZoë,in/zoe\nJosé,in/jose\nChloé,in/chloe\n".encode()
    damaged = text.replace("José".encode(), b"Jos\xe9")
    good, bad, other = rows_of(damaged)
    assert (good.first_name, other.first_name) == ("Zoë", "Chloé")
    assert str(bad) == "line 3: it holds a character that is not UTF-8"


def test_a_quoted_value_may_hold_lines_delimiters_and_quotes():
    first, second = rows_of(
        'LinkedIn URL,Company\nin/ada,"Analytical,\n ""Engines""\r\nLtd"\nin/alan,B\n'
    )
    assert first.company == 'Analytical,\n "Engines"\r\nLtd'
    assert (second.line, second.company) == (5, "B")


def test_bad_rows_are_refused_by_line_and_the_others_stay():
    text = (
        "LinkedIn URL,Company\n"
        "in/ada,Analytical\n"
        ",Nobody\n"
        "https://www.linkedin.com/company/acme,Acme\n"
        "\n"
        "in/alan,Bletchley,too,many\n"
        "IN/ADA,again\n"
        f"in/long,{'x' * 10_001}\n"
        "in/grace,Navy\n"
    )
    assert refusals(text) == [
        "line 3: it has no profile address",
        'line 4: "https://www.linkedin.com/company/acme" is a company\'s page',
        "line 6: it has 4 values and the header 2 names",
        "line 7: it is the person of line 2",
        "line 8: a value has more than 10000 characters",
    ]
    people = [row for row in rows_of(text) if isinstance(row, ProspectRow)]
    assert [row.public_identifier for row in people] == ["ada", "grace"]


def test_a_quote_that_nobody_closes_costs_one_row():
    text = (
        'LinkedIn URL,Company\nin/ada,"Analytical\nin/alan,B\nin/grace,"C"\nin/joan,D\n'
    )
    assert refusals(text) == ["line 2: a quote is opened there and never closed"]
    assert len(rows_of(text)) == 4


def test_a_file_full_of_open_quotes_is_read_in_reasonable_time():
    lines = [f'in/ada-{number},"open' for number in range(3_000)]
    text = "\n".join(["LinkedIn URL,Company", *lines])
    assert len(refusals(text)) == 3_000


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty."),
        (b"\n \n", "The file is empty."),
        (b"Name,Company\nAda,Analytical\n", "No column holds profile addresses."),
        (b"\xff\xfe\x00", "The file begins like UTF-16 and is not."),
        (bytes(range(256)), "No column holds profile addresses."),
    ],
)
def test_a_file_without_any_person_is_a_sentence(content, sentence):
    with pytest.raises(UnreadableExportError, match=sentence):
        read_export(content)
