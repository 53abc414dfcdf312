"""Encodings of exports: strict Unicode, or a guess that is said."""

import pytest

from tests.support.imports import people_of, rows_of
from trueup.imports.prospect_rows import UnreadableExportError, read_export
from trueup.imports.text_encodings import decode

# In these code pages exports come, by the names of people who write so.
WRITTEN = [
    ("cp1252", "José,Núñez"),
    ("cp1252", "Jürgen,Müllner"),
    ("cp1252", "François,Lefèvre"),
    ("cp1252", "Søren,Åkesson"),
    ("cp1252", "Sean,O’Neil"),
    ("cp1250", "Łukasz,Żółkiewski"),
    ("cp1250", "Dvořák,Černý"),
    ("cp1250", "Gergő,Őrsi"),
    ("iso8859_2", "Łukasz,Śliwa"),
    ("mac_roman", "Jürgen,Müllner"),
    ("mac_roman", "José,Núñez"),
    ("cp850", "Jürgen,Müllner"),
    ("cp850", "François,Lefèvre"),
    ("cp852", "Łukasz,Żółkiewski"),
    ("cp1251", "Иван,Петров"),
    ("koi8_r", "Иван,Петров"),
    ("cp1253", "Νίκος,Παπαδόπουλος"),
    ("cp1254", "Çağatay,Başer"),
    ("cp1256", "محمد,علي"),
    ("cp1257", "Jānis,Bērziņš"),
    ("cp932", "山田,太郎"),
    ("gbk", "王芳,李娜"),
    ("cp949", "김철수,이영희"),
]
HEADER = "First Name,Last Name,LinkedIn URL\n"


@pytest.mark.parametrize(("encoding", "name"), WRITTEN)
def test_another_code_page_is_guessed_and_said(encoding, name):
    content = f"{HEADER}{name},https://www.linkedin.com/in/one\n".encode(encoding)
    export = read_export(content)
    (person,) = rows_of(content)
    assert f"{person.first_name},{person.last_name}" == name
    (note,) = export.notes
    assert f"read as {export.encoding}" in note
    assert "line 2 says" in note
    assert "--encoding" in note


@pytest.mark.parametrize(("encoding", "name"), WRITTEN)
def test_an_encoding_that_is_named_is_no_guess(encoding, name):
    content = f"{HEADER}{name},https://www.linkedin.com/in/one\n".encode(encoding)
    (person,) = people_of(content, encoding=encoding)
    assert f"{person.first_name},{person.last_name}" == name
    assert read_export(content, encoding=encoding).notes == ()


def test_a_guess_shows_another_reading():
    note = decode("Jürgen".encode("mac_roman")).guess
    assert 'says "Jürgen"' in note
    assert "JŸrgen" in note or "it is" in note


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_unicode_is_no_guess(encoding):
    content = f"{HEADER}Łukasz,Żółkiewski,in/lz\n".encode(encoding)
    assert read_export(content).notes == ()
    assert rows_of(content)[0].first_name == "Łukasz"


def test_utf_16_without_its_mark_is_read():
    content = f"{HEADER}Łukasz,Żółkiewski,in/lz\n".encode("utf-16-le")
    assert rows_of(content)[0].first_name == "Łukasz"


def test_a_replacement_character_that_the_file_itself_holds_is_a_character():
    text = "First Name,URL,Headline\nJürgen,in/jr-1,Growth \ufffd Sales\n"
    assert rows_of(text)[0].first_name == "Jürgen"


@pytest.mark.parametrize(
    ("encoding", "sentence"),
    [
        ("utf-9", 'There is no encoding "utf-9". Well-known ones are utf-8'),
        ("rot13", "There is no encoding"),
        ("utf-8", "Line 2 of the file is not utf-8"),
        ("ascii", "Line 2 of the file is not ascii"),
    ],
)
def test_an_encoding_that_does_not_fit_is_a_sentence(encoding, sentence):
    content = f"{HEADER}José,Núñez,in/jn\n".encode("cp1252")
    with pytest.raises(UnreadableExportError, match=sentence):
        read_export(content, encoding=encoding)


def test_a_file_that_was_encoded_twice_is_read_once_and_it_is_said():
    content = f"{HEADER}Jürgen,Müllner,in/jm\n".encode().decode("cp1252").encode()
    assert rows_of(content)[0].first_name == "Jürgen"
    (note,) = read_export(content).notes
    assert 'says "Jürgen" and not "JÃ¼rgen"' in note
    (told,) = people_of(content, encoding="utf-8")
    assert told.first_name == "JÃ¼rgen"


@pytest.mark.parametrize("name", ["MÃE", "Ãngela", "IRMÃ“S", "Åsa „Ä“"])
def test_capitals_that_look_so_are_left_alone(name):
    content = f"{HEADER}{name},Ro – Żak,in/jm\n".encode()
    assert read_export(content).notes == ()
