"""The gate of every command that repairs: dry run first, two words, less wrong."""

from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from tests.support.command_line import invoke
from tests.support.ledger_rows import set_counter
from tests.support.rows import (
    NOON,
    make_account,
    make_campaign,
    make_enrollments,
    make_workspace,
)
from trueup.heals.gate import Heal, Subject, run_heal

GATED = [
    ("heal", "stuck-accounts"),
    ("prospect", "do-not-contact"),
    ("heal", "counters"),
    ("heal", "next-actions"),
    ("prospect", "import"),
    ("heal", "parked"),
    ("webhook", "replay"),
    ("send", "decide"),
    ("heal", "leaked-accepts"),
]
TOO_HIGH = Heal(
    "bring_down",
    "select count(*) from outreach.linkedin_daily_counters"
    " where workspace_id = %(workspace_id)s and account_id = %(account_id)s"
    " and count > 100",
)


@pytest.fixture
def accounts(opened):
    """Anisha's and Pinki's counters say 142 and 87 today, and nothing was sent."""
    with opened.transaction():
        workspace_id = make_workspace(opened)
        both = [
            (workspace_id, make_account(opened, workspace_id, name=name))
            for name in ("Anisha", "Pinki")
        ]
        today = opened.execute(
            "select (clock_timestamp() at time zone 'UTC')::date"
        ).fetchone()[0]
        for account, count in zip(both, (142, 87), strict=True):
            set_counter(opened, account, today, count, NOON)
    return both


def counts(connection):
    rows = connection.execute(
        "select count from outreach.linkedin_daily_counters order by account_id"
    )
    return [count for (count,) in rows]


def reports(connection):
    return connection.execute(
        "select heal, subject, actor, before_count, after_count, outcome"
        " from outreach.heal_reports order by report_id"
    ).fetchall()


def script(database, monkeypatch, *arguments, confirm=None, name=("heal", "counters")):
    monkeypatch.setenv("PGDATABASE", database.name)
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.delenv("CONFIRM", raising=False)
    if confirm is not None:
        monkeypatch.setenv("CONFIRM", confirm)
    return invoke(*name, *arguments)


def until_somebody_waits_for_a_lock(connection):
    while connection.execute(
        "select count(*) from pg_stat_activity where datname = current_database()"
        " and wait_event_type = 'Lock'"
    ).fetchone() == (0,):
        pass


def subject(account, name="Anisha"):
    keys = {"workspace_id": account[0], "account_id": account[1]}
    return Subject(account[0], name, keys, account)


def run(connection, subjects, repair, heal=TOO_HIGH, commit=True):
    return list(
        run_heal(connection, heal, subjects, repair, actor="ines", commit=commit)
    )


@pytest.mark.parametrize("confirm", [None, "", "no", "YES"])
@pytest.mark.parametrize("name", GATED)
def test_commit_without_its_confirmation_is_a_sentence_and_2(
    database, monkeypatch, name, confirm
):
    said = script(database, monkeypatch, "--commit", confirm=confirm, name=name)
    assert said.exit_code == 2
    assert "--commit writes, and needs CONFIRM=yes in the environment" in said.output


def test_a_dry_run_shows_what_would_change_and_changes_nothing(
    database, opened, accounts, monkeypatch
):
    shown = script(database, monkeypatch)
    assert shown.exit_code == 0
    assert "142 → 0" in shown.output
    assert "would be healed" in shown.output
    assert "Nothing was written: add --commit and set CONFIRM=yes." in shown.output
    assert (counts(opened), reports(opened)) == ([142, 87], [])
    heals = opened.execute("select count(*) from outreach.linkedin_counter_heals")
    assert heals.fetchone() == (0,)


def test_a_commit_heals_each_account_and_keeps_its_proof(
    database, opened, accounts, monkeypatch
):
    arguments = ("--commit", "--actor", "ines")
    done = script(database, monkeypatch, *arguments, confirm="yes")
    assert done.exit_code == 0
    assert counts(opened) == [0, 0]
    assert [row[2:] for row in reports(opened)] == [("ines", 1, 0, "kept")] * 2
    (proof,) = opened.execute(
        "select proof from outreach.heal_reports order by report_id limit 1"
    ).fetchone()
    assert opened.execute(proof).fetchone() == (0,)
    again = script(database, monkeypatch, *arguments, confirm="yes")
    assert "Every counter is right." in again.output
    assert len(reports(opened)) == 2


def test_one_account_alone_is_healed(database, opened, accounts, monkeypatch):
    chosen = ("--account", str(accounts[1][1]), "--commit")
    script(database, monkeypatch, *chosen, confirm="yes")
    assert counts(opened) == [142, 0]


def test_a_heal_that_makes_it_worse_is_rolled_back_and_reported(opened, accounts):
    def make_it_worse(account):
        set_counter(opened, account, NOON.date(), 500, NOON)

    (outcome,) = run(opened, [subject(accounts[0])], make_it_worse)
    assert (outcome.verdict, outcome.before, outcome.after) == ("rolled_back", 1, 2)
    assert counts(opened) == [142, 87]
    assert reports(opened) == [("bring_down", "Anisha", "ines", 1, 2, "rolled_back")]


def test_a_heal_that_changes_nothing_is_rolled_back_and_reported(opened, accounts):
    (outcome,) = run(opened, [subject(accounts[0])], lambda _: None)
    assert outcome.verdict == "rolled_back"
    assert [row[3:] for row in reports(opened)] == [(1, 1, "rolled_back")]


def test_a_dry_run_reports_nothing_either_way(opened, accounts):
    both = [subject(account) for account in accounts]
    run(opened, both, lambda _: None, commit=False)
    assert reports(opened) == []


def test_a_subject_without_faults_gets_no_report(opened, accounts):
    (outcome,) = run(opened, [subject(accounts[1])], lambda _: None)
    assert (outcome.verdict, reports(opened)) == ("unneeded", [])


def test_of_two_scripts_at_once_only_the_one_that_healed_reports_it(
    database, opened, accounts, monkeypatch
):
    arguments = ("--commit", "--account", str(accounts[0][1]))
    with database.connect() as first, ThreadPoolExecutor(1) as threads:
        first.execute(
            "select outreach.heal_drifted_account(%s, %s, (clock_timestamp()"
            " at time zone 'UTC')::date, 'ines')",
            accounts[0],
        )
        second = threads.submit(
            script, database, monkeypatch, *arguments, confirm="yes"
        )
        until_somebody_waits_for_a_lock(opened)
        first.commit()

    assert "nothing was wrong any more" in second.result().output
    assert (counts(opened), reports(opened)) == ([0, 87], [])


def test_one_account_that_fails_keeps_no_other_from_its_heal(opened, accounts):
    def heal_but_not_anisha(account):
        if account == accounts[0]:
            opened.execute("select 1 / 0")
        opened.execute(
            "update outreach.linkedin_daily_counters set count = 0"
            " where account_id = %s",
            [account[1]],
        )

    set_counter(opened, accounts[1], NOON.date(), 101, NOON)
    failed, kept = run(
        opened,
        [subject(accounts[0]), subject(accounts[1], "Pinki")],
        heal_but_not_anisha,
    )
    assert (failed.verdict, failed.error) == ("failed", "division by zero.")
    assert kept.verdict == "kept"
    assert [row[1] for row in reports(opened)] == ["Pinki"]
    assert counts(opened) == [142, 0, 0]


def test_a_heal_that_breaks_a_deferred_rule_fails_in_a_dry_run_too(opened, accounts):
    with opened.transaction():
        campaign_id, (step_id, _) = make_campaign(opened, accounts[0][0])
        make_enrollments(opened, *accounts[0], campaign_id, step_id)

    def move_one_side(account):
        opened.execute(
            "update outreach.campaign_prospects set next_action_at = now()"
            " where account_id = %s",
            [account[1]],
        )

    (outcome,) = run(opened, [subject(accounts[0])], move_one_side, commit=False)
    assert outcome.verdict == "failed"
    assert "reschedule_enrollment()" in outcome.error


def test_a_gate_without_autocommit_is_refused(database, accounts):
    with database.connect() as connection, pytest.raises(ValueError, match="autoc"):
        run(connection, [], lambda _: None)


def test_the_database_takes_no_report_of_a_kept_heal_that_changed_nothing(
    opened, accounts
):
    with pytest.raises(psycopg.errors.CheckViolation, match="leaves_less_wrong"):
        opened.execute(
            "insert into outreach.heal_reports (workspace_id, heal, subject, actor,"
            " before_count, after_count, outcome, proof, reported_at)"
            " values (%s, 'a', 'b', 'c', 1, 1, 'kept', 'select 1', now())",
            [accounts[0][0]],
        )


def test_a_report_is_never_changed(opened, accounts):
    run(opened, [subject(accounts[0])], lambda _: None)
    for change in ("delete from", "truncate"):
        with pytest.raises(psycopg.errors.CheckViolation, match="append-only"):
            opened.execute(f"{change} outreach.heal_reports")
