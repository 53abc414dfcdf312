"""Catching up on demand: what the lists tell and nobody told becomes events."""

import pytest

from tests.support.command_line import ran_as_a_process, ran_here

PEOPLE = 31


@pytest.fixture
def talha(sandbox, talha):
    """31 people connected with him, and nobody told us."""
    for number in range(PEOPLE):
        sandbox.connect_stranger(talha.provider_id, f"ACoAAperson{number:04}")
    return talha


def replay(database, sandbox, *arguments, how=ran_here, **settings):
    environment = database.environment() | {
        "UNIPILE_DSN": sandbox.dsn,
        "UNIPILE_API_KEY": sandbox.api_key,
    }
    environment.pop("CONFIRM", None)
    return how(environment | settings, "webhook", "replay", *arguments)


def events(connection):
    return connection.execute(
        "select event_type, received_via, count(*) from outreach.linkedin_events"
        " group by 1, 2"
    ).fetchall()


def test_a_dry_run_walks_and_keeps_nothing(database, opened, sandbox, talha):
    ran = replay(database, sandbox, "--account", talha.account_id, "--since=2020-04-28")

    assert ran.returncode == 0, ran.stderr
    assert (
        "31 new_relation since 2020-04-28 00:00 UTC would become events" in ran.stdout
    )
    assert "Nothing was written" in ran.stdout
    assert events(opened) == []
    reads = opened.execute("select count(*) from outreach.provider_reads").fetchone()
    assert reads == (0,)


def test_what_nobody_told_becomes_events_once(database, opened, sandbox, talha):
    arguments = ["--account", talha.account_id, "--since=2020-04-28", "--commit"]

    first = replay(database, sandbox, *arguments, how=ran_as_a_process, CONFIRM="yes")
    second = replay(database, sandbox, *arguments, CONFIRM="yes")

    assert "31 new_relation since" in first.stdout
    assert ": 0 since" in second.stdout
    assert events(opened) == [("new_relation", "replay", PEOPLE)]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--account=1", "--since=last week"], "which is no date or time"),
        (["--account=1", "--since=2999-01-01"], "yet to come"),
        (["--account=99", "--since=2020-04-28"], "There is no account 99"),
        (["--account=1", "--since=2020-04-28", "--commit"], "needs CONFIRM=yes"),
    ],
)
def test_the_scripts_refusals_are_sentences(
    database, opened, sandbox, talha, arguments, sentence
):
    ran = replay(database, sandbox, *arguments)

    assert ran.returncode != 0
    assert sentence in ran.stderr
    assert "Traceback" not in ran.stderr
    assert events(opened) == []


def test_an_account_that_is_down_is_not_read(database, opened, sandbox, talha):
    sandbox.set_account_status(talha.provider_id, "CREDENTIALS")

    ran = replay(database, sandbox, "--account", talha.account_id, "--since=2020-04-28")

    assert ran.returncode == 1
    assert "was not read: the account is CREDENTIALS" in ran.stderr
    assert "trueup account connect" in ran.stderr
