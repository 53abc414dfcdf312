"""The script: a dry run until it is confirmed, and sentences."""

import subprocess

import pytest

from tests.support.command_line import trueup
from tests.support.imports import PEOPLE
from trueup.paths import PROJECT_ROOT


def run(database, *arguments, **environment):
    return subprocess.run(
        trueup("prospect", "import", *arguments),
        cwd=PROJECT_ROOT,
        env=database.environment() | environment,
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_the_script_is_a_dry_run_until_commit_and_says_what_it_did(
    campaign_in_a_database, tmp_path
):
    path = tmp_path / "people.csv"
    path.write_text(PEOPLE + ",,,,\nx,y,nowhere.example/z,,\n", encoding="utf-8-sig")
    arguments = (path, "--campaign", "PIPL Connection")
    dry = run(campaign_in_a_database, *arguments)
    assert dry.returncode == 1
    assert "3 would be enrolled (3 new people)" in dry.stdout
    assert "Nothing was written: add --commit and set CONFIRM=yes." in dry.stdout
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
