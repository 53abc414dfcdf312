"""Names of people: titles, degrees, symbols and both orders taken apart."""

import pytest

from tests.support.imports import rows_of
from trueup.imports.person_names import split_name


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Jon Dahl", ("Jon", "Dahl")),
        ("Dr. Jon Dahl", ("Jon", "Dahl")),
        ("Mr Jon Dahl", ("Jon", "Dahl")),
        ("Prof. Dr. Anke Vossberg", ("Anke", "Vossberg")),
        ("Dipl.-Ing. Uwe Kern", ("Uwe", "Kern")),
        ("M. Jean Dupont", ("Jean", "Dupont")),
        ("Ing. Jan Novák, Ph.D.", ("Jan", "Novák")),
        ("Jon Dahl, PhD", ("Jon", "Dahl")),
        ("Jon Dahl MBA", ("Jon", "Dahl")),
        ("Jon Dahl, CFA, SPHR", ("Jon", "Dahl")),
        ("Jon Dahl III", ("Jon", "Dahl")),
        ("Dr Dahl", ("", "Dahl")),
        ("Dahl, Jon", ("Jon", "Dahl")),
        ("DAHL, JON", ("JON", "DAHL")),
        ("van der Berg, Jan", ("Jan", "van der Berg")),
        ("García Márquez, Gabriel José", ("Gabriel José", "García Márquez")),
        ("★ Jon Dahl", ("Jon", "Dahl")),
        ("🚀 Jon Dahl ✔️ | CEO", ("Jon", "Dahl")),
        ("Jon Dahl - Growth", ("Jon", "Dahl")),
        ("Jon Dahl (he/him)", ("Jon", "Dahl")),
        ('Jonathan "Jon" Dahl', ("Jonathan", "Dahl")),
        ("𝕁𝕠𝕟 𝔻𝕒𝕙𝕝", ("Jon", "Dahl")),
        ("👩\u200d💻 Ada Ro ❤\ufe0f", ("Ada", "Ro")),
        ("ක්\u200dරිෂාන් Perera", ("ක්\u200dරිෂාන්", "Perera")),
        ("Ludwig van der Rohe", ("Ludwig", "van der Rohe")),
        ("Mohammed bin Salman", ("Mohammed", "bin Salman")),
        ("Sean O'Neil", ("Sean", "O'Neil")),
        ("Jean-Luc Picard", ("Jean-Luc", "Picard")),
        ("José García Márquez", ("José", "García Márquez")),
        ("Nguyễn Văn An", ("Nguyễn", "Văn An")),
        ("Dean Smith", ("Dean", "Smith")),
        ("Prince Rogers Nelson", ("Prince", "Rogers Nelson")),
        ("Sheikh Ali", ("Sheikh", "Ali")),
        ("Don Draper", ("Don", "Draper")),
        ("Li Ma", ("Li", "Ma")),
        ("LI MA", ("LI", "MA")),
        ("Van Morrison", ("Van", "Morrison")),
        ("山田 太郎", ("太郎", "山田")),
        ("Иван Петров", ("Иван", "Петров")),
        ("Jo", ("Jo", "")),
        ("★★★", ("", "")),
    ],
)
def test_a_full_name_is_taken_apart(written, name):
    assert split_name(written) == name


@pytest.mark.parametrize(
    ("first", "last", "name"),
    [
        ("Dr. Jon", "Dahl, PhD", ("Jon", "Dahl")),
        ("Jon 🚀", "Dahl MBA", ("Jon", "Dahl")),
        ("Mary Ann", "van der Rohe", ("Mary Ann", "van der Rohe")),
        ("Ma", "Do", ("Ma", "Do")),
        ("★", "Dahl", (None, "Dahl")),
        ("<b>Jon</b>", "<i class=''>Dahl</i>", ("Jon", "Dahl")),
        ("Jon <3", "Dahl", ("Jon 3", "Dahl")),
        ("Dahl, Jon", "", ("Jon", "Dahl")),
        ("LinkedIn", "Member", (None, None)),
    ],
)
def test_names_in_two_columns_lose_titles_and_symbols(first, last, name):
    (row,) = rows_of(f'First Name,Last Name,URL\n"{first}","{last}",in/one\n')
    assert (row.first_name, row.last_name) == name


@pytest.mark.parametrize(
    ("header", "values", "name"),
    [
        ("Vorname;Name", "Ulla;von der Leyen", ("Ulla", "von der Leyen")),
        ("Prénom;Nom", "Amélie;Rousset", ("Amélie", "Rousset")),
        ("Nome;Cognome", "Ada;Rossi", ("Ada", "Rossi")),
        ("Nombre;Apellidos", "José;García Márquez", ("José", "García Márquez")),
        ("Имя;Фамилия", "Иван;Петров", ("Иван", "Петров")),
        ("Nom", "Amélie Rousset", ("Amélie", "Rousset")),
        ("First Name;Name", "Ada;Ada Lovelace", ("Ada", "Lovelace")),
    ],
)
def test_a_column_called_name_is_told_by_its_neighbours(header, values, name):
    (row,) = rows_of(f"{header};LinkedIn\n{values};in/one\n")
    assert (row.first_name, row.last_name) == name
