"""LL#276: 14 accounts stuck in connecting, because a bare update was refused."""

import os

import psycopg
import pytest

from tests.support.command_line import ran_as_a_process, ran_here
from tests.support.connected_accounts import (
    TARGET,
    Connected,
    flips_of,
    listed,
    status_of,
)
from tests.support.sandboxes import api_of

STUCK = ["Dipti", "Panagiotis", *(f"Stuck {number}" for number in range(3, 15))]


@pytest.fixture
def stuck(opened, sandbox):
    """The 14; beside them one that is connected, and one whose login is under way."""
    first = Connected(opened, sandbox, STUCK[0], "connecting")
    others = [
        Connected(opened, sandbox, name, "connecting", first.workspace_id)
        for name in STUCK[1:]
    ]
    Connected(opened, sandbox, "Anisha", workspace_id=first.workspace_id)
    waiting = Connected(opened, sandbox, "Hafiz", "connecting", first.workspace_id)
    sandbox.set_account_status(waiting.provider_id, "CONNECTING")
    return [first, *others]


def backfill(database, sandbox, *arguments, how=ran_here, **settings):
    environment = database.environment() | {
        "UNIPILE_DSN": sandbox.dsn,
        "UNIPILE_API_KEY": sandbox.api_key,
        "TRUEUP_WEBHOOK_URL": TARGET.url,
        "TRUEUP_WEBHOOK_SECRET": TARGET.secret,
    }
    environment.pop("CONFIRM", None)
    named = ("heal", "stuck-accounts", "--actor", "ines")
    return how(environment | settings, *named, *arguments)


def counts(connection):
    return dict(
        connection.execute(
            "select status, count(*) from outreach.linkedin_accounts group by 1"
        ).fetchall()
    )


def test_the_bare_update_of_a_reconnect_fails_and_says_what_to_call(opened, stuck):
    with pytest.raises(psycopg.errors.CheckViolation) as refusal:
        # status-writer: on purpose, it is the incident's own update
        opened.execute(
            "update outreach.linkedin_accounts set status = 'connected'"
            " where account_id = %s",
            [stuck[0].account_id],
        )
    assert refusal.value.sqlstate == "23514"
    assert "flip_linkedin_account_status()" in refusal.value.diag.message_hint


def test_a_dry_run_lists_the_14_and_changes_nothing(database, opened, sandbox, stuck):
    ran = backfill(database, sandbox, how=ran_as_a_process)

    assert ran.returncode == 0, ran.stderr
    assert "14 of 15 stuck accounts would be flipped to connected." in ran.stdout
    assert f"Dipti (account {stuck[0].account_id}): the provider says OK" in ran.stdout
    assert counts(opened) == {"connecting": 15, "connected": 1}
    assert (
        opened.execute("select count(*) from outreach.provider_reads").fetchone()[0]
        == 0
    )


def test_the_backfill_flips_14_with_14_audit_rows(database, opened, sandbox, stuck):
    ran = backfill(database, sandbox, "--commit", CONFIRM="yes")

    assert ran.returncode == 0, ran.stderr
    assert "14 of 15 stuck accounts flipped to connected." in ran.stdout
    assert {status_of(opened, account) for account in stuck} == {"connected"}
    assert counts(opened) == {"connecting": 1, "connected": 15}
    reason = "backfill of stuck connecting (LL#276): the provider says OK"
    assert [row for account in stuck for row in flips_of(opened, account)] == (
        [("connecting", "connected", "ines", reason)] * 14
    )


def test_the_backfilled_accounts_are_told_of_again(database, opened, sandbox, stuck):
    backfill(database, sandbox, "--commit", CONFIRM="yes")

    with api_of(sandbox) as api:
        assert ["new_relation"] in listed(api).values()


def test_run_again_it_finds_nothing_more_to_flip(database, opened, sandbox, stuck):
    backfill(database, sandbox, "--commit", CONFIRM="yes")

    ran = backfill(database, sandbox, "--commit", CONFIRM="yes")

    assert "0 of 1 stuck accounts flipped to connected." in ran.stdout


@pytest.mark.parametrize(
    ("arguments", "settings", "sentence"),
    [
        (["--commit"], {}, "needs CONFIRM=yes"),
        ([], {"UNIPILE_DSN": ""}, "UNIPILE_DSN is not set"),
        ([], {"UNIPILE_API_KEY": "wrong"}, "Set UNIPILE_API_KEY"),
        (["--workspace", "7777"], {}, "There is no workspace 7777."),
    ],
)
def test_what_cannot_start_is_a_sentence(
    database, opened, sandbox, stuck, arguments, settings, sentence
):
    ran = backfill(database, sandbox, *arguments, **settings)

    assert ran.returncode == 2
    assert sentence in ran.stderr
    assert "Traceback" not in ran.stderr
    assert counts(opened) == {"connecting": 15, "connected": 1}
    assert "CONFIRM" not in os.environ
