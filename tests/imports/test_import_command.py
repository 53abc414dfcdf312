"""The commands of imports: dry runs until they are confirmed, and sentences."""

import pytest

from tests.support.command_line import ran_as_a_process, ran_here
from tests.support.imports import PEOPLE


def run(database, *arguments, command="import", how=ran_here, **environment):
    variables = database.environment() | environment
    return how(variables, "prospect", command, *arguments)


def test_the_script_is_a_dry_run_until_commit_and_says_what_it_did(
    campaign_in_a_database, tmp_path
):
    path = tmp_path / "people.csv"
    text = PEOPLE.replace("Grace,", "<b>Grace</b>,")
    path.write_text(text + ",,,,\nx,y,nowhere.example/z,,\n", encoding="utf-8-sig")
    arguments = (path, "--campaign", "PIPL Connection")
    dry = run(campaign_in_a_database, *arguments, how=ran_as_a_process)
    assert dry.returncode == 1
    assert "3 would be enrolled (3 new people)" in dry.stdout
    assert "Nothing was written: add --commit and set CONFIRM=yes." in dry.stdout
    assert "line 4, “<b>Grace</b> Hopper” as “Grace Hopper”." in dry.stderr
    confirmed = {"CONFIRM": "yes"}
    written = run(campaign_in_a_database, *arguments, "--commit", **confirmed)
    assert "4 rows, 3 enrolled (3 new people)\n1 refused" in written.stdout
    assert (
        'refused: line 6: "nowhere.example/z" is no LinkedIn profile' in written.stderr
    )
    again = run(campaign_in_a_database, *arguments, "--commit", **confirmed)
    assert "0 enrolled (0 new people)\n3 not enrolled: enrolled in" in again.stdout
    with campaign_in_a_database.connect() as connection:
        assert connection.execute(
            "select count(*) from outreach.campaign_send_jobs"
        ).fetchone() == (3,)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("none.csv", "--campaign", "PIPL Connection"), "none.csv cannot be read"),
        (("{file}", "--campaign", "PIPL Conection"), 'Did you mean "PIPL Connection"?'),
        (
            ("{file}", "--campaign", "1", "--workspace", "Akme"),
            'There is no workspace "Akme". Did you mean "Acme"?',
        ),
    ],
)
def test_bad_arguments_are_a_sentence_and_2(
    campaign_in_a_database, tmp_path, arguments, sentence
):
    path = tmp_path / "people.csv"
    path.write_text(PEOPLE)
    done = run(campaign_in_a_database, *(part.format(file=path) for part in arguments))
    assert done.returncode == 2
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr


def test_what_a_guess_made_of_a_file_is_said(campaign_in_a_database, tmp_path):
    path = tmp_path / "people.csv"
    path.write_bytes(
        "First Name,LinkedIn URL,Connected On\nJürgen,in/jm,\n,,1 May 2026\n".encode(
            "mac_roman"
        )
    )
    arguments = (path, "--campaign", "1")
    guessed = run(campaign_in_a_database, *arguments)
    assert 'mac_roman, in which line 2 says "Jürgen"' in " ".join(
        guessed.stderr.split()
    )
    assert "1 passed over: LinkedIn does not name them" in guessed.stdout
    told = run(campaign_in_a_database, *arguments, "--encoding", "mac_roman")
    assert "--encoding" not in told.stderr


def test_a_company_is_marked_listed_and_taken_off_the_list(
    campaign_in_a_database, tmp_path
):
    database, confirmed = campaign_in_a_database, {"CONFIRM": "yes"}
    path = tmp_path / "people.csv"
    path.write_text("LinkedIn URL,Company\nin/ada,Acme Inc.\n")
    run(database, path, "--campaign", "1", "--commit", **confirmed)
    acme = ("--company", "ACME", "--reason", "asked by mail")
    dry = run(database, *acme, command="do-not-contact")
    assert "1 person (ada) would be marked do-not-contact, 1 job" in dry.stdout
    assert run(database, command="do-not-contact").stdout == (
        "No company and no domain is marked do-not-contact.\n"
    )
    done = run(database, *acme, "--commit", command="do-not-contact", **confirmed)
    assert done.stdout == "1 person (ada) marked do-not-contact, 1 job cancelled.\n"
    assert "company,ACME,asked by mail" in (
        run(database, "--csv", command="do-not-contact").stdout
    )
    imported = run(database, path, "--campaign", "1")
    assert "1 not enrolled: not to be contacted" in imported.stdout
    again = ("--company", "acme", "--commit")
    assert "is off the do-not-contact list" in (
        run(database, *again, command="contact-again", **confirmed).stdout
    )
    twice = run(database, *again, command="contact-again", **confirmed)
    assert (twice.returncode, "is not on the list" in twice.stderr) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--reason", "x"), "Give one of a person, --company and --domain."),
        (("Ada", "--company", "Acme", "--reason", "x"), "Give one of a person,"),
        (("Ada",), "Say why with --reason"),
        (("--domain", "acme", "--reason", "x"), '"acme" is no email domain.'),
    ],
)
def test_a_mark_of_nothing_is_a_sentence(campaign_in_a_database, arguments, sentence):
    done = run(campaign_in_a_database, *arguments, command="do-not-contact")
    assert done.returncode == 2
    assert sentence in " ".join(done.stderr.split())
