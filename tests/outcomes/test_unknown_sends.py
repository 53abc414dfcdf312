"""Calls that nobody answered, asked about over HTTP: found, absent, or left open."""

import datetime as dt

import psycopg
import pytest

from demo.journal_comparison import find_violations
from tests.support.invites_by_hand import fill_pending
from tests.support.rows import (
    make_account,
    make_campaign,
    make_enrollments,
    make_workspace,
    provider_account_id,
    record,
)
from tests.support.versions import BOTH_VERSIONS
from trueup.inbound.lists.unknown_sends import resolve_unknown_sends
from trueup.sender import drain
from trueup.unipile.addresses import UnusableProviderError

MINUTE = dt.timedelta(minutes=1)
# By version: the provider's words for a failure of its own, and for a lost login.
ERRORS = {1: "unexpected_error", 2: "provider/server_error"}
DOWN = {1: "CREDENTIALS", 2: "disconnected"}


@pytest.fixture
def sender(opened, sandbox, now):
    """One account with one invite that is due now."""
    return make_sender(opened, sandbox, now)


def make_sender(connection, sandbox, now):
    class Sender:
        pass

    Sender.workspace_id = make_workspace(connection, sandbox.dsn)
    Sender.account_id = make_account(connection, Sender.workspace_id)
    Sender.provider_account_id = provider_account_id(sandbox.dsn, Sender.account_id)
    campaign_id, (step_id, _) = make_campaign(connection, Sender.workspace_id)
    with connection.transaction():
        (Sender.enrollment_id,) = make_enrollments(
            connection,
            Sender.workspace_id,
            Sender.account_id,
            campaign_id,
            step_id,
            run_at=now,
        )
    Sender.person = connection.execute(
        "select provider_id from outreach.prospects where workspace_id = %s",
        [Sender.workspace_id],
    ).fetchone()[0]
    sandbox.register_accounts(
        [
            {
                "id": Sender.provider_account_id,
                "name": "Anisha",
                "provider_id": f"ACoAA{Sender.workspace_id}-{Sender.account_id}",
                "public_identifier": f"anisha-{Sender.account_id}",
            }
        ]
    )
    return Sender


def send_all(connection, sandbox, as_of=None):
    return drain(
        connection,
        worker="w1",
        provider_dsn=sandbox.dsn,
        api_key=sandbox.api_key,
        until_seconds=60,
        as_of=as_of,
    )


def ask(connection, sandbox, as_of):
    return resolve_unknown_sends(connection, sandbox.dsn, sandbox.api_key, as_of)


def job_status(connection, sender):
    return connection.execute(
        "select status from outreach.campaign_send_jobs where workspace_id = %s"
        " order by job_id limit 1",
        [sender.workspace_id],
    ).fetchone()[0]


def linkedin_status(connection, sender):
    return connection.execute(
        "select linkedin_status from outreach.campaign_prospects"
        " where workspace_id = %s",
        [sender.workspace_id],
    ).fetchone()[0]


def people_invited(sandbox):
    return [line["provider_id"] for line in sandbox.journal("invite_sent")]


def reads(connection):
    return connection.execute(
        "select list, is_complete, page_count, stopped_by from outreach.provider_reads"
        " order by read_id"
    ).fetchall()


def decisions(connection):
    return connection.execute(
        "select outcome, decided_by, actor, reason"
        " from outreach.send_attempt_outcomes where decided_by in ('read', 'person')"
    ).fetchall()


def lose(connection, sandbox, drop):
    sandbox.script_fault("send_invite", drop=drop)
    report = send_all(connection, sandbox)
    assert report.unknown == 1


@BOTH_VERSIONS
def test_an_invite_that_went_out_unanswered_is_found_and_completed(
    opened, sandbox, sender, now
):
    lose(opened, sandbox, "after")
    report = ask(opened, sandbox, now + 16 * MINUTE)

    assert report.outcomes == {"decided_sent": 1}
    assert job_status(opened, sender) == "completed"
    assert linkedin_status(opened, sender) == "pending_accept"
    assert [row[:3] for row in decisions(opened)] == [
        ("decided_sent", "read", "resolved_unknown_sends")
    ]
    assert people_invited(sandbox) == [sender.person]
    assert find_violations(opened, sandbox.journal_path) == []


@BOTH_VERSIONS
def test_an_invite_that_was_accepted_meanwhile_is_found_among_the_relations(
    opened, sandbox, sender, now
):
    lose(opened, sandbox, "after")
    sandbox.accept(sender.provider_account_id, sender.person)
    report = ask(opened, sandbox, now + 16 * MINUTE)

    assert report.outcomes == {"decided_sent": 1}
    assert "of relations" in report.decisions[0].detail
    assert job_status(opened, sender) == "completed"


@BOTH_VERSIONS
def test_an_invite_absent_twice_is_queued_again_and_sent_once(
    opened, sandbox, sender, now
):
    lose(opened, sandbox, "before")
    first = ask(opened, sandbox, now + 16 * MINUTE)
    assert (first.asked, first.undecided, job_status(opened, sender)) == (
        1,
        1,
        "unknown",
    )

    second = ask(opened, sandbox, now + 32 * MINUTE)
    assert second.outcomes == {"decided_unsent": 1}
    assert job_status(opened, sender) == "queued"

    assert send_all(opened, sandbox, now + 33 * MINUTE).sent == 1
    assert job_status(opened, sender) == "completed"
    assert people_invited(sandbox) == [sender.person]
    assert find_violations(opened, sandbox.journal_path) == []


def look_ups(sandbox):
    return len(sandbox.requests("resolve_profile"))


@BOTH_VERSIONS
@pytest.mark.parametrize("end", ["decline", "withdraw"])
def test_an_invite_that_was_declined_or_withdrawn_by_hand_waits_for_a_person(
    opened, sandbox, sender, now, end
):
    lose(opened, sandbox, "after")
    getattr(sandbox, end)(sender.provider_account_id, sender.person)
    for minutes in (16, 32, 48):
        report = ask(opened, sandbox, now + minutes * MINUTE)

    assert decisions(opened) == []
    assert (job_status(opened, sender), report.asked) == ("unknown", 0)
    assert look_ups(sandbox) == 1
    send_all(opened, sandbox, now + 49 * MINUTE)
    assert people_invited(sandbox) == [sender.person]


@BOTH_VERSIONS
def test_a_profile_that_cannot_be_read_proves_nothing(opened, sandbox, sender, now):
    lose(opened, sandbox, "before")
    sandbox.script_fault(
        "resolve_profile", status=503, type="service_unavailable", times=1
    )
    for minutes in (16, 32):
        ask(opened, sandbox, now + minutes * MINUTE)
    assert job_status(opened, sender) == "unknown"
    assert ask(opened, sandbox, now + 48 * MINUTE).outcomes == {"decided_unsent": 1}


def test_a_connection_that_only_the_profile_shows_was_made_by_the_invite(
    opened, sandbox, sender, now
):
    lose(opened, sandbox, "before")
    for minutes in (16, 17):
        keep_empty_lists(opened, sender, now + minutes * MINUTE)
    keep_profile(opened, sender, now + 18 * MINUTE, is_connected=True)
    assert decide(opened, sender, now + 19 * MINUTE) == [
        ("decided_sent", "found in read 5 of the profile")
    ]


@pytest.mark.parametrize("explained_by", ["accept", "withdrawal"])
def test_an_absence_that_an_accept_or_a_withdrawal_explains_waits_for_a_person(
    opened, sandbox, sender, now, explained_by
):
    lose(opened, sandbox, "before")
    for minutes in (16, 17):
        keep_empty_lists(opened, sender, now + minutes * MINUTE)
    keep_profile(opened, sender, now + 18 * MINUTE, is_connected=False)
    explain = {
        "accept": "insert into outreach.accept_signals (workspace_id, account_id,"
        " person, signal, observed_at, evidence)"
        " select workspace_id, account_id, %s, 'webhook', %s, '{}'"
        " from outreach.linkedin_accounts",
        "withdrawal": "insert into outreach.send_attempts (workspace_id, job_id,"
        " enrollment_id, campaign_id, step_id, prospect_id, account_id, action,"
        " worker, recipient_provider_id, begun_at, counted_on, provider_account_id,"
        " request_sha256, minimum_gap, timezone, is_found)"
        " select workspace_id, job_id, enrollment_id, campaign_id, step_id,"
        " prospect_id, account_id, 'withdraw_invite', 'w2', %s, %s, counted_on,"
        " provider_account_id, '0', '0', 'UTC', true"
        " from outreach.send_attempts",
    }[explained_by]
    opened.execute("set session_replication_role = replica")
    opened.execute(explain, [sender.person, now + MINUTE])
    opened.execute("set session_replication_role = origin")
    assert decide(opened, sender, now + 19 * MINUTE) == []
    assert job_status(opened, sender) == "unknown"


def keep_empty_lists(connection, sender, at):
    connection.execute(
        "select outreach.record_provider_read(%s, %s, list, null, %s, %s, true, 1,"
        " null, '[]') from unnest(array['sent_invitations', 'relations']) as list",
        [sender.workspace_id, sender.account_id, at, at],
    )


def keep_profile(connection, sender, at, is_connected):
    connection.execute(
        "select outreach.record_provider_read(%s, %s, 'profile', %s, %s, %s, true, 1,"
        " null, jsonb_build_array(jsonb_build_object("
        " 'is_connected', %s::boolean, 'invitation_status', null)))",
        [sender.workspace_id, sender.account_id, sender.person, at, at, is_connected],
    )


def decide(connection, sender, at):
    return connection.execute(
        "select outcome, detail from outreach.decide_unknown_sends(%s, %s, %s)",
        [sender.workspace_id, sender.account_id, at],
    ).fetchall()


@pytest.fixture
def two_senders(opened, sandbox, now):
    """Two accounts of two workspaces, each with an invite that is due now."""
    return [make_sender(opened, sandbox, now) for _ in range(2)]


def break_writes(connection, table, row_filter):
    """A row of this table that the filter matches cannot be written any more."""
    connection.execute(
        f"create function pg_temp.refuse() returns trigger language plpgsql as $$"
        f" begin raise exception 'a broken row' using errcode = '22000'; end $$;"
        f" create trigger refuse before insert on {table} for each row"
        f" when ({row_filter}) execute function pg_temp.refuse()"
    )


def test_a_decision_that_fails_stops_no_other(opened, sandbox, two_senders, now):
    broken, healthy = two_senders
    sandbox.script_fault("send_invite", drop="after", times=2)
    assert send_all(opened, sandbox).unknown == 2
    break_writes(
        opened,
        "outreach.send_attempt_outcomes",
        f"new.decided_by = 'read' and new.workspace_id = {broken.workspace_id}",
    )
    report = ask(opened, sandbox, now + 16 * MINUTE)

    assert report.outcomes == {"decided_sent": 1}
    assert job_status(opened, broken) == "unknown"
    assert job_status(opened, healthy) == "completed"
    assert len(report.problems) == 1
    assert alerts(opened) == [("answer_not_settled", report.problems[0])]
    assert "a broken row. It stays unknown" in report.problems[0]

    opened.execute("drop trigger refuse on outreach.send_attempt_outcomes")
    assert ask(opened, sandbox, now + 32 * MINUTE).outcomes == {"decided_sent": 1}
    opened.execute("select outreach.resolve_job_alerts()")
    assert alerts(opened) == []


def test_a_read_that_cannot_be_judged_stops_no_other_account(
    opened, sandbox, two_senders, now
):
    broken, healthy = two_senders
    sandbox.script_fault("send_invite", drop="after", times=2)
    assert send_all(opened, sandbox).unknown == 2
    opened.execute(
        "select outreach.record_provider_read(%s, %s, 'relations', null, %s, %s, true,"
        ' 1, null, \'[{"happened_at": "someday"}]\')',
        [
            broken.workspace_id,
            broken.account_id,
            now + 15 * MINUTE,
            now + 15 * MINUTE,
        ],
    )
    report = ask(opened, sandbox, now + 16 * MINUTE)

    assert report.outcomes == {"decided_sent": 1}
    assert job_status(opened, healthy) == "completed"
    assert [code for code, _ in alerts(opened)] == ["account_cannot_be_judged"]


def alerts(connection):
    return connection.execute(
        "select code, message from outreach.linkedin_admin_alerts"
        " where resolved_at is null"
    ).fetchall()


def test_nothing_is_asked_before_15_minutes_have_passed(opened, sandbox, sender, now):
    lose(opened, sandbox, "before")
    report = ask(opened, sandbox, now + 14 * MINUTE)

    assert (report.asked, reads(opened)) == (0, [])
    assert sandbox.requests("sent_invitations") == []


@BOTH_VERSIONS
def test_a_walk_that_breaks_on_page_3_proves_nothing(
    opened, sandbox, sender, now, version
):
    lose(opened, sandbox, "before")
    fill_pending(sandbox, sender.provider_account_id, 250)
    sandbox.script_fault(
        "sent_invitations", page=3, times=None, status=500, type="unexpected_error"
    )
    for minutes in (16, 32, 48):
        report = ask(opened, sandbox, now + minutes * MINUTE)
        assert (report.outcomes, report.incomplete_reads) == ({}, 1)
    assert job_status(opened, sender) == "unknown"
    assert reads(opened)[:2] == [
        ("sent_invitations", False, 2, f"page 3: 500 {ERRORS[version]}"),
        ("relations", True, 1, None),
    ]

    sandbox.clear_faults()
    for minutes in (64, 80):
        report = ask(opened, sandbox, now + minutes * MINUTE)
    assert report.outcomes == {"decided_unsent": 1}


def test_what_a_broken_walk_did_find_is_proof(opened, sandbox, sender, now):
    fill_pending(sandbox, sender.provider_account_id, 250)
    lose(opened, sandbox, "after")
    sandbox.script_fault("sent_invitations", page=2, drop="mid_body", times=None)
    report = ask(opened, sandbox, now + 16 * MINUTE)

    assert report.outcomes == {"decided_sent": 1}
    assert reads(opened)[0][1] is False


def test_a_read_of_before_the_15_minutes_is_no_proof_of_absence(
    opened, sandbox, sender, now
):
    lose(opened, sandbox, "before")
    opened.execute(
        "select outreach.record_provider_read(%s, %s, list, null, %s, %s, true, 1,"
        " null, '[]') from unnest(array['sent_invitations', 'relations']) as list",
        [sender.workspace_id, sender.account_id, now + MINUTE, now + MINUTE],
    )
    ask(opened, sandbox, now + 16 * MINUTE)
    assert job_status(opened, sender) == "unknown"


def test_an_older_invitation_is_not_the_attempts_doing(opened, sandbox, sender, now):
    """Somebody invited the person by hand, a week before the call that was lost."""
    lose(opened, sandbox, "before")
    opened.execute(
        "select outreach.record_provider_read(%s, %s, 'sent_invitations', null, %s, %s,"
        " true, 1, null, jsonb_build_array(jsonb_build_object("
        " 'provider_id', %s::text, 'happened_at', %s::timestamptz)))",
        [
            sender.workspace_id,
            sender.account_id,
            now + 16 * MINUTE,
            now + 16 * MINUTE,
            sender.person,
            now - dt.timedelta(days=7),
        ],
    )
    report = ask(opened, sandbox, now + 17 * MINUTE)

    assert report.outcomes == {"already_pending": 1}
    assert job_status(opened, sender) == "cancelled"
    assert linkedin_status(opened, sender) == "pending_accept"


@BOTH_VERSIONS
def test_an_account_that_is_down_at_the_provider_proves_nothing(
    opened, sandbox, sender, now, version
):
    lose(opened, sandbox, "before")
    sandbox.set_account_status(sender.provider_account_id, "CREDENTIALS")
    for minutes in (16, 32):
        report = ask(opened, sandbox, now + minutes * MINUTE)
    assert report.not_asked == {
        (sender.workspace_id, sender.account_id): (
            f"the account is {DOWN[version]} at the provider, so its lists may be old"
        )
    }
    assert (reads(opened), job_status(opened, sender)) == ([], "unknown")


def test_a_refused_key_decides_nothing(opened, sandbox, sender, now):
    lose(opened, sandbox, "before")
    with pytest.raises(UnusableProviderError, match="refuses the API key"):
        resolve_unknown_sends(opened, sandbox.dsn, "another-key", now + 16 * MINUTE)
    assert job_status(opened, sender) == "unknown"


def test_workspaces_of_another_provider_are_not_asked_about(
    opened, sandbox, sender, now
):
    lose(opened, sandbox, "before")
    opened.execute(
        "update outreach.workspaces set provider_dsn = 'https://api1.example.com:13111'"
    )
    assert ask(opened, sandbox, now + 16 * MINUTE).asked == 0


def test_a_late_answer_before_the_reads_leaves_nothing_to_decide(
    opened, sandbox, sender, now
):
    lose(opened, sandbox, "after")
    attempt_id = opened.execute(
        "select attempt_id from outreach.send_attempts"
    ).fetchone()[0]
    record(opened, sender.workspace_id, attempt_id, as_of=None, provider_reference="i1")
    assert ask(opened, sandbox, now + 16 * MINUTE).asked == 0
    assert decisions(opened) == []


def test_a_read_that_is_kept_holds_ids_and_times_only(opened, sandbox, sender, now):
    lose(opened, sandbox, "after")
    ask(opened, sandbox, now + 16 * MINUTE)
    items = opened.execute(
        "select items from outreach.provider_reads where list = 'sent_invitations'"
    ).fetchone()[0]
    assert [item.keys() for item in items] == [
        {"reference", "provider_id", "public_identifier", "happened_at"}
    ]


def test_resolving_refuses_to_hold_the_locks_of_all_accounts(database, sandbox):
    with (
        database.connect() as connection,
        pytest.raises(ValueError, match="autocommit"),
    ):
        resolve_unknown_sends(connection, sandbox.dsn, sandbox.api_key)


def test_decisions_in_another_isolation_level_are_refused(database):
    with database.connect() as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        with pytest.raises(psycopg.Error, match="READ COMMITTED only"):
            connection.execute("select outreach.decide_unknown_sends(1, 1)")
