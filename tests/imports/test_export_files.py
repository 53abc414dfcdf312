"""Files of exports: workbooks, archives, and text in any encoding."""

import io
import struct
import tracemalloc
import zipfile

import pytest

from tests.support.imports import hidden_of, people_of, refusals, rows_of
from tests.support.workbooks import archive, workbook
from trueup.imports.prospect_rows import UnreadableExportError, read_export

HEADER = ["First Name", "LinkedIn URL", "Do Not Contact", "Size"]
ADA = ["Ada", "https://www.linkedin.com/in/ada", True, 12]
EVA = ["Eva", "https://www.linkedin.com/in/eva", False, 1.5]
CONNECTIONS = (
    "Notes:\n\nFirst Name,Last Name,URL,Connected On\n"
    "Ada,Ro,https://www.linkedin.com/in/ada,08 Feb 2026\n"
)


def test_a_workbook_is_read_by_its_rows():
    rows = [["People of May"], [], HEADER, ADA, [], EVA]
    ada, eva = rows_of(workbook(rows))
    assert (ada.line, ada.first_name, ada.public_identifier) == (4, "Ada", "ada")
    assert (ada.is_do_not_contact, ada.custom) == (True, {"size": "12"})
    assert (eva.line, eva.is_do_not_contact, eva.custom) == (6, False, {"size": "1.5"})


def test_the_visible_sheet_that_holds_people_is_read():
    notes, people = [["Read me"], ["All of May"]], [HEADER, ADA]
    old = [HEADER, EVA]
    (ada,) = rows_of(workbook(old, notes, people, hidden=[1]))
    assert ada.public_identifier == "ada"


@pytest.mark.parametrize(
    "name", ["Connections.csv", "Basic_LinkedInDataExport_02-08-2026/Connections.csv"]
)
def test_linkedins_archive_is_read_by_its_connections(name):
    content = archive({"Profile.csv": "First Name\nMe\n", name: CONNECTIONS})
    (ada,) = rows_of(content)
    assert (ada.line, ada.public_identifier, ada.is_connected) == (4, "ada", True)


def test_an_archive_of_one_table_is_that_table():
    (ada,) = rows_of(archive({"people.csv": CONNECTIONS, "__MACOSX/._people.csv": "x"}))
    assert ada.public_identifier == "ada"


def declared_to_be(content, size):
    """The same archive, whose directory says that its files are that large."""
    directory = content.index(b"PK\x01\x02")
    return (
        content[: directory + 24] + struct.pack("<I", size) + content[directory + 28 :]
    )


def with_a_torn_file(content):
    """The same archive, with another first byte of its first file's content."""
    start = content.index(b"a.csv") + len(b"a.csv")
    return content[:start] + b"\xff" + content[start + 1 :]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"PK\x03\x04 and nothing", "cannot be opened as one"),
        (archive({"a.csv": "x", "b.csv": "y"}), "It holds: a.csv, b.csv."),
        (archive({}), "It holds: nothing."),
        (archive({"word/document.xml": "<x/>"}), "a document, no table"),
        (archive({"mimetype": "x", "content.xml": "y"}), "another form than .xlsx"),
        (declared_to_be(archive({"a.csv": "x"}), 2_000_000_000), "larger than 1 GB"),
        (with_a_torn_file(archive({"a.csv": "x" * 90})), "is damaged"),
        (workbook([]), "The workbook is empty"),
        (workbook([["Name", "Company"], ["Ada", "Acme"]]), "No column holds profile"),
        (archive({"xl/workbook.xml": "<x/>"}), "The Excel workbook cannot be read"),
        (b"%PDF-1.7", "The file is a PDF document. Save it as CSV"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "an Excel workbook of the old form"),
        (b'[{"name": "Ada"}]', "The file is a JSON document"),
        (b"<!DOCTYPE html><html>", "The file is a web page"),
        (b"BEGIN:VCARD\nFN:Ada", "a file of vCards"),
    ],
)
def test_a_file_that_is_no_table_says_what_it_is(content, sentence):
    with pytest.raises(UnreadableExportError, match=sentence):
        read_export(content)


@pytest.mark.parametrize(
    "far",
    [
        '<row><c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c></row>',
        f"<x:row r='1048576'>{'<x:c/>' * 16_384}</x:row>",
    ],
)
def test_a_sheet_with_a_cell_far_away_is_refused_before_it_is_loaded(far):
    content = archive(
        {"xl/workbook.xml": "<x/>", "xl/worksheets/sheet1.xml": f"<a>{far}</a>"}
    )
    with pytest.raises(UnreadableExportError, match="spans 1048576 rows and 16384"):
        read_export(content)


def test_a_far_cell_that_two_pieces_of_the_sheet_share_is_found():
    # The second piece of a million bytes begins inside the row's number.
    far = '<row><c r="XFD1048576"/></row>'
    before = "<a>" + "<v/>" * ((1_000_000 - 3 - far.index("576")) // 4)
    content = archive(
        {"xl/workbook.xml": "<x/>", "xl/worksheets/sheet1.xml": f"{before}{far}</a>"}
    )
    with pytest.raises(UnreadableExportError, match="spans 1048576 rows and 16384"):
        read_export(content)


def test_a_workbook_is_checked_in_little_memory():
    content = io.BytesIO(workbook([HEADER, ADA]))
    with zipfile.ZipFile(content, "a", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/media/picture.png", bytes(20_000_000))
        cell = b"<v>" + b"x" * 400_000 + b"</v>"
        packed.writestr("xl/worksheets/unused.xml", cell * 25)
    tracemalloc.start()
    try:
        read_export(content.getvalue())
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 8_000_000


def test_a_text_in_an_archive_is_bounded_as_the_file_is():
    content = archive({"Connections.csv": "x" * 2_001, "Profile.csv": "y" * 9_000})
    with pytest.raises(UnreadableExportError, match=r"Connections.csv is larger than"):
        read_export(content, largest_file=2_000)
    with pytest.raises(UnreadableExportError, match=r"larger than 0\.01 MB when"):
        read_export(content, largest_archive=10_000)


def test_a_cell_of_endless_text_is_refused():
    sheet = "<a><t>" + "x" * 9_000_000
    content = archive({"xl/workbook.xml": "<x/>", "xl/worksheets/sheet1.xml": sheet})
    with pytest.raises(UnreadableExportError, match="has more than 8 MB"):
        read_export(content)


def test_rows_that_excel_wrapped_in_quotes_are_unwrapped():
    header = "First Name,LinkedIn URL,Company\n"
    row = '"Ada,in/ada,""Engines, Ltd"""'
    for text in (
        f"{header}{row}\n",
        f"{header}{row},,\n",
        f'"{header.strip()}"\n{row}\n',
    ):
        (ada,) = rows_of(text)
        assert (ada.public_identifier, ada.company) == ("ada", "Engines, Ltd")


def test_a_leads_address_is_no_wrapped_row():
    lead = "https://www.linkedin.com/sales/lead/ACwAAAbcdEfghIjkl,NAME_SEARCH,x1"
    (row,) = rows_of(f'LinkedIn URL,First Name,Last Name\n"{lead}",,\n')
    assert row.public_identifier == "ACwAAAbcdEfghIjkl"
    assert row.first_name is None


@pytest.mark.parametrize("end", ["\n", "\r\n", ",\n", ";\n", "\r"])
def test_a_list_of_bare_addresses_needs_no_header(end):
    addresses = [f"https://www.linkedin.com/in/person-{number}" for number in range(3)]
    people = rows_of(end.join([*addresses, ""]))
    assert [row.line for row in people] == [1, 2, 3]
    assert [row.public_identifier for row in people] == [
        "person-0",
        "person-1",
        "person-2",
    ]


def test_a_list_of_bare_ids_needs_no_header():
    ids = ["ACoAABcDeFgHiJkLmNoPqRs", "ACoAABcDeFgHiJkLmNoPqRt"]
    assert [row.provider_id for row in rows_of("\n".join(ids))] == ids


def test_addresses_beside_other_cells_need_a_header():
    with pytest.raises(UnreadableExportError, match="The file has no header"):
        read_export(b"Ada,https://www.linkedin.com/in/ada\n")


def test_connections_whom_linkedin_does_not_name_are_no_faults():
    text = (
        "First Name,Last Name,URL,Connected On\n"
        "Ada,Ro,in/ada,08 Feb 2026\n,,,07 Jun 2026\n,,,06 Jun 2026\n"
        "LinkedIn Member,,,05 Jun 2026\nLinkedIn,Member,,\n"
        "LinkedIn-Mitglied,,https://www.linkedin.com/search/results/people/headless,\n"
    )
    assert hidden_of(text) == [3, 4, 5, 6, 7]
    assert refusals(text) == []


def test_the_header_may_stand_again_and_another_one_may_not():
    text = "First Name,URL\nAda,in/ada\nFirst Name,URL\nEva,in/eva\n"
    assert [row.first_name for row in people_of(text)] == ["Ada", "Eva"]
    other = f"{text}URL,First Name,Email\nin/joan,Joan\n"
    assert refusals(other) == [
        "line 5: it has 3 values and the header 2 names",
        'line 6: "Joan" is no address of a profile; a column of public names is called '
        "Public Identifier",
    ]
    moved = f"{text}URL,First Name\nin/joan,Joan\nin/mia,Mia\n"
    assert [refusal[:30] for refusal in refusals(moved)] == [
        "line 5: it is a second header ",
        "line 6: line 5 is a second hea",
        "line 7: line 5 is a second hea",
    ]


def test_a_long_cell_of_a_column_that_nobody_uses_costs_no_person():
    text = f"LinkedIn URL,About\nin/ada,{'x' * 10_001}\n"
    (ada,) = people_of(text)
    assert ada.custom == {}
    assert people_of(text, ["about"]) == []
