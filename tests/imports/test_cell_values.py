"""Cells: blanks in many words, and yes and no in many languages."""

import pytest

from tests.support.imports import rows_of
from trueup.imports.cell_values import cleaned, is_connected


def listed(text):
    return [word.strip() for word in text.replace("\n", "|").split("|") if word.strip()]


# What Excel writes for TRUE and FALSE, and what people write.
YES = listed(
    """
    TRUE|WAHR|VRAI|VERDADERO|VERO|WAAR|VERDADEIRO|SANT|SANN|PRAWDA|PRAVDA|TOSI|IGAZ
    DOĞRU|ИСТИНА|ΑΛΗΘΕΣ|yes|y|ja|oui|sí|si|sim|da|да|evet|tak|x|X|1|✓|DNC|stop
    opted out|2026-01-05|since May, by mail
    """
)
NO = listed(
    """
    FALSE|FALSCH|FAUX|FALSO|ONWAAR|FALSKT|USANN|FAŁSZ|NEPRAVDA|EPÄTOSI|HAMIS|YANLIŞ
    ЛОЖЬ|ΨΕΥΔΕΣ|no|n|nein|non|não|nee|nej|нет|0|#N/A|null|-
    """
)


def mark_of(value):
    (row,) = rows_of(f'URL,Do Not Contact\nin/one,"{value}"\n')
    return row.is_do_not_contact


@pytest.mark.parametrize(
    "value", [*YES, "opted out", "2026-01-05", "since May, by mail"]
)
def test_a_mark_is_a_yes_in_every_language(value):
    assert mark_of(value)
    assert mark_of(value.lower())


@pytest.mark.parametrize("value", [*NO, "", " "])
def test_only_a_known_no_is_no_mark(value):
    assert not mark_of(value)
    assert not mark_of(value.lower())


@pytest.mark.parametrize(
    "header",
    [
        "Do Not Contact",
        "DNC",
        "Unsubscribed from all email",
        "Email Opt Out",
        "HasOptedOutOfEmail",
        "Nicht kontaktieren",
        "Ne pas contacter",
        "No contactar",
        "Contact DNC",
    ],
)
def test_columns_of_marks_are_known_in_the_words_of_other_tools(header):
    (row,) = rows_of(f"URL,{header}\nin/one,true\n")
    assert row.is_do_not_contact


@pytest.mark.parametrize(
    "blank",
    listed(
        "#N/A|#NV|N/A|n/a|nan|NaN|NULL|null|None|-|—|?|#REF!|(blank)|undefined|."
        "|LinkedIn Member|\u200b|&nbsp;"
    ),
)
def test_a_word_that_means_nothing_is_a_blank(blank):
    (row,) = rows_of(
        f"First Name,Last Name,URL,Company,Title,Note\n"
        f"Ada,{blank},in/one,{blank},{blank},{blank}\n"
    )
    assert (row.first_name, row.last_name, row.company) == ("Ada", None, None)
    assert (row.job_title, row.custom) == (None, {})


@pytest.mark.parametrize("name", ["Nan", "Na", "Nil", "Unknown Worlds", "Null & Co"])
def test_a_name_that_looks_like_a_blank_is_a_name(name):
    assert cleaned(name) == name


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("Smith &amp; Sons", "Smith & Sons"),
        ("Smith &amp;amp; Sons", "Smith & Sons"),
        ("O&#39;Neil", "O'Neil"),
        ("AT&T; Bell", "AT&T; Bell"),
        ("a?x=1&copy=2", "a?x=1&copy=2"),
    ],
)
def test_entities_are_the_characters_that_they_mean(written, value):
    assert cleaned(written) == value


@pytest.mark.parametrize(
    "value",
    listed(
        "08 Feb 2026|12-ene-11|2026-02-08|1/29/26, 2:37 PM|yes|TRUE|1|1770000000"
        "|Connected|8. Feb. 2026|20260208"
    ),
)
def test_a_date_or_a_yes_is_a_connection(value):
    assert is_connected(value)


@pytest.mark.parametrize(
    "value",
    listed(
        "No|not connected|false|0|pending|2nd|3rd+|none|Invited|never"
        "|pending since 2026-01-01"
    ),
)
def test_a_no_or_a_further_degree_is_no_connection(value):
    assert not is_connected(value)


@pytest.mark.parametrize(
    "degree", listed("1st|1st degree|1.|1.0|First|DISTANCE_1|1er|1st-degree connection")
)
def test_a_first_degree_is_a_connection(degree):
    (row,) = rows_of(f"URL,Connection Degree\nin/one,{degree}\n")
    assert row.is_connected


@pytest.mark.parametrize("degree", listed("2nd|3rd+|DISTANCE_2|Out of network|10|2°"))
def test_a_further_degree_is_none(degree):
    (row,) = rows_of(f"URL,Connection Degree\nin/one,{degree}\n")
    assert not row.is_connected
