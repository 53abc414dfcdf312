"""Exports in any dress: the same people, however their file was written."""

import csv
import io

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.imports import people_of, rows_of
from tests.support.workbooks import workbook
from trueup.imports.prospect_rows import ProspectRow, UnreadableExportError, read_export

# By field the names of its column that tools and languages have for it.
HEADERS = {
    "first_name": ["First Name", "firstName", "Vorname", "Prénom", "Given Name"],
    "last_name": ["Last Name", "last_name", "Nachname", "Nom de famille", "Surname"],
    "profile": ["LinkedIn URL", "Person Linkedin Url", "Profile", "Their page", "Q1"],
    "company": ["Company", "companyName", "Firma", "Prospect Company", "Empresa"],
    "job_title": ["Job Title", "Position", "Poste", "Prospect Position", "Cargo"],
    "is_do_not_contact": ["Do Not Contact", "DNC", "Opted Out", "Nicht kontaktieren"],
}
# Names that a file may hold in each code page, as one language writes them.
NAMES = {
    "cp1252": ["Jürgen", "Müller", "Größe", "Ökonom", "Anna"],
    "cp1250": ["Łukasz", "Żółkiewski", "Wąsik", "Śliwa", "Anna"],
    "cp1251": ["Иван", "Петров", "Мария", "Соколова", "Анна"],
    "cp1254": ["Çağatay", "Başer", "Ayşe", "Işık", "Anna"],
    "mac_roman": ["Jürgen", "Müller", "Größe", "Öztür", "Anna"],
    "cp850": ["Jürgen", "Müller", "Größe", "Ökonom", "Anna"],
}
ADDRESSES = (
    "https://www.linkedin.com/in/{}",
    "http://de.linkedin.com/in/{}/",
    "linkedin.com/in/{}?trk=1",
    "https://www.linkedin.com/comm/in/{}",
    "<https://www.linkedin.com/in/{}>",
    "https://www.linkedin.com/in/{}.",
)
UNICODE = ("utf-8", "utf-8-sig", "utf-16")


@st.composite
def people(draw, names=tuple(NAMES["cp1250"])):
    """Rows by field, each of another person."""
    count = draw(st.integers(2, 6))
    name = st.sampled_from(names)
    return [
        {
            "first_name": draw(name),
            "last_name": draw(name),
            "profile": f"person-{number}",
            "company": draw(
                st.sampled_from(["", "Acme; Sons", 'The "A", Ltd', "A\nB"])
            ),
            "job_title": draw(st.sampled_from(["CEO", "Head, Sales", "-"])),
            "is_do_not_contact": draw(st.booleans()),
        }
        for number in range(count)
    ]


@st.composite
def dress(draw):
    """How a file is written: its columns in some order, named somehow, and quoted."""
    fields = draw(st.permutations(list(HEADERS)))
    return {
        "headers": {field: draw(st.sampled_from(HEADERS[field])) for field in fields},
        "delimiter": draw(st.sampled_from(",;\t|")),
        "quoting": draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])),
        "line_end": draw(st.sampled_from(["\n", "\r\n"])),
        "address": draw(st.sampled_from(ADDRESSES)),
        "yes": draw(st.sampled_from(["TRUE", "wahr", "oui", "x", "1"])),
        "no": draw(st.sampled_from(["FALSE", "falsch", "no", "0", ""])),
        "preamble": draw(st.sampled_from([[], ["Notes:"], ["Notes:", ""]])),
    }


def cells_of(rows, way):
    yield list(way["headers"].values())
    for row in rows:
        written = row | {
            "profile": way["address"].format(row["profile"]),
            "is_do_not_contact": way["yes" if row["is_do_not_contact"] else "no"],
        }
        yield [written[field] for field in way["headers"]]


def text_of(rows, way):
    out = io.StringIO()
    for line in way["preamble"]:
        out.write(f"{line}{way['line_end']}")
    csv.writer(
        out,
        delimiter=way["delimiter"],
        quoting=way["quoting"],
        lineterminator=way["line_end"],
    ).writerows(cells_of(rows, way))
    return out.getvalue()


def expected(rows):
    return [
        (
            row["first_name"],
            row["last_name"],
            row["profile"],
            row["company"] or None,
            None if row["job_title"] == "-" else row["job_title"],
            row["is_do_not_contact"],
        )
        for row in rows
    ]


def found(rows):
    return [
        (
            row.first_name,
            row.last_name,
            row.public_identifier,
            row.company,
            row.job_title,
            row.is_do_not_contact,
        )
        for row in rows
        if isinstance(row, ProspectRow)
    ]


@given(people(), dress(), st.sampled_from(UNICODE))
@settings(max_examples=150)
def test_an_export_in_unicode_gives_the_same_people(rows, way, encoding):
    content = text_of(rows, way).encode(encoding)
    assert found(rows_of(content)) == expected(rows)
    assert read_export(content).notes == ()


@given(st.data(), dress(), st.sampled_from(sorted(NAMES)))
@settings(max_examples=150)
def test_an_export_in_another_code_page_is_the_same_or_its_guess_is_said(
    data, way, encoding
):
    rows = data.draw(people(tuple(NAMES[encoding])))
    way = way | {"headers": {field: names[0] for field, names in HEADERS.items()}}
    content = text_of(rows, way).encode(encoding)
    assert found(people_of(content, encoding=encoding)) == expected(rows)
    export = read_export(content)
    if not content.isascii():
        assert export.notes
    else:
        assert found(rows_of(content)) == expected(rows)


@given(people(), dress())
@settings(max_examples=60)
def test_an_export_as_a_workbook_gives_the_same_people(rows, way):
    sheet = [[line] for line in way["preamble"]] + list(cells_of(rows, way))
    assert found(rows_of(workbook(sheet))) == expected(rows)


@given(st.binary(max_size=300), st.sampled_from(UNICODE))
def test_whatever_a_file_holds_is_rows_or_a_sentence(content, encoding):
    head = "First Name,LinkedIn URL\n".encode(encoding)
    for written in (content, head + content):
        lines, sentence = [1], "It was read."
        try:
            lines = [row.line for row in rows_of(written)]
        except UnreadableExportError as error:
            sentence = str(error)
        assert sentence.endswith((".", "?"))
        assert all(line >= 1 for line in lines)
