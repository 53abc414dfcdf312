"""Answers: ledgered like every send, and under the account's limit of messages."""

import psycopg
import pytest

from tests.support.rows import NOON, begin, claim
from tests.support.sender_campaigns import HOUR, MESSAGE, MINUTE
from tests.support.sender_processes import expire_leases, start_sender
from tests.support.versions import BOTH_VERSIONS
from trueup.inbound.lists.unknown_sends import resolve_unknown_sends


def test_a_person_in_no_campaign_is_answered_once(conversations):
    workspace = conversations.workspace
    ada = conversations.write("ada", "Who are you?")
    answer = conversations.answer(ada)
    assert answer[3:] == (None, None)

    report = workspace.drain(as_of=None)
    assert report.sent == 1
    assert conversations.written() == [(ada, "Gladly")]
    assert conversations.status(answer) == ("completed", None)
    assert workspace.drain(as_of=None).sent == 0
    assert workspace.counter("send_message") == 1
    assert workspace.one(
        "select action, answer_id, enrollment_id, prospect_id, recipient_provider_id"
        " from outreach.send_attempts"
    ) == ("send_message", answer[0], None, None, ada)
    assert workspace.routes()[-1] == "send_message"
    assert workspace.violations() == []


@pytest.fixture
def ada(conversations):
    return conversations.write("ada", "Who are you?")


def limit(workspace, per, count, gap="0"):
    workspace.connection.execute(
        "insert into outreach.linkedin_account_limits"
        " values (%s, %s, 'send_message', %s, %s, %s)"
        " on conflict (workspace_id, account_id, action, per) do update set"
        " limit_count = excluded.limit_count, minimum_gap = excluded.minimum_gap",
        [workspace.workspace_id, workspace.account_id, per, count, gap],
    )


def verdict(conversations, answer, as_of=None):
    return conversations.workspace.one(
        "select blocker from outreach.answer_verdicts(%s, array[%s], %s)",
        conversations.workspace.workspace_id,
        answer[1],
        as_of or conversations.workspace.one("select clock_timestamp()"),
    )


def refusal(conversations, person, text="Gladly", **options):
    """The error of a refused answer: its class, and what it says."""
    with pytest.raises(psycopg.Error) as refused:
        conversations.answer(person, text, **options)
    return refused.value.sqlstate, refused.value.diag.message_primary


def test_answers_and_messages_of_campaigns_spend_one_limit(conversations, ada):
    workspace = conversations.workspace
    limit(workspace, "day", 2)
    enrollment_id = workspace.enroll(workspace.campaign(MESSAGE))
    workspace.sandbox.connect_stranger(
        workspace.account, workspace.person(enrollment_id)
    )
    answers = [
        conversations.answer(ada, text, as_of=NOON) for text in ("One", "Two", "Three")
    ]
    # A person waits for an answer, so answers go before the steps of campaigns.
    assert workspace.drain().sent == 2
    assert [conversations.status(answer)[0] for answer in answers] == [
        "completed",
        "completed",
        "queued",
    ]
    assert verdict(conversations, answers[2], NOON) == "day_limit"
    assert (
        workspace.one(
            "select blocker from outreach.send_verdicts(%s, array[%s], %s)",
            workspace.workspace_id,
            enrollment_id,
            NOON,
        )
        == "day_limit"
    )

    limit(workspace, "day", 4)
    assert workspace.drain().sent == 2
    assert workspace.jobs(enrollment_id) == [("send_message", "completed")]
    late = conversations.answer(ada, "Four", as_of=NOON)
    assert late[3:] == ("day_limit", NOON + 12 * HOUR)
    assert workspace.counter("send_message") == 4
    assert workspace.violations() == []


def test_an_answer_waits_for_the_gap_between_messages(conversations, ada):
    workspace = conversations.workspace
    conversations.answer(ada, "One")
    workspace.drain(as_of=None)
    limit(workspace, "day", 9, "1 hour")
    second = conversations.answer(ada, "Two")
    assert second[3] == "minimum_gap"
    assert second[4] is not None
    assert workspace.drain(as_of=None).claimed == 0


def test_neither_a_window_nor_a_paused_campaign_holds_an_answer(conversations, ada):
    workspace = conversations.workspace
    workspace.connection.execute(
        "delete from outreach.linkedin_account_sending_windows where account_id = %s",
        [workspace.account_id],
    )
    workspace.connection.execute("update outreach.campaigns set status = 'paused'")
    conversations.answer(ada)
    assert workspace.drain(as_of=None).sent == 1
    assert workspace.violations() == []


def test_an_account_that_cannot_send_refuses_an_answer(conversations, ada):
    workspace = conversations.workspace
    workspace.connection.execute(
        "insert into outreach.linkedin_account_holds values"
        " (%s, %s, 'send_message', now() + interval '1 hour', 'too_many_requests')",
        [workspace.workspace_id, workspace.account_id],
    )
    state, sentence = refusal(conversations, ada)
    assert state == "55000"
    assert "asked it to send no message until" in sentence
    workspace.connection.execute("delete from outreach.linkedin_account_holds")

    workspace.connection.execute(
        "select outreach.set_account_pause(%s, %s, true, 'mira', 'holiday', now())",
        [workspace.workspace_id, workspace.account_id],
    )
    assert "paused (holiday)" in refusal(conversations, ada)[1]
    workspace.connection.execute(
        "select outreach.set_account_pause(%s, %s, false, 'mira', 'back', now())",
        [workspace.workspace_id, workspace.account_id],
    )
    workspace.connection.execute(
        "select outreach.flip_linkedin_account_status("
        "%s, %s, 'disconnected', 'gone', 'test')",
        [workspace.workspace_id, workspace.account_id],
    )
    assert "cannot answer: it is disconnected" in refusal(conversations, ada)[1]
    assert workspace.all("select * from outreach.reply_answers") == []


def test_a_do_not_contact_person_is_answered_only_when_confirmed(conversations, ada):
    workspace = conversations.workspace
    before = conversations.answer(ada, "Asked before the mark")
    workspace.connection.execute(
        "insert into outreach.prospects (workspace_id, provider_id) values (%s, %s)",
        [workspace.workspace_id, ada],
    )
    workspace.connection.execute(
        "select outreach.set_do_not_contact(workspace_id, array[prospect_id], true,"
        " 'asked', 'mira', now()) from outreach.prospects where provider_id = %s",
        [ada],
    )
    assert refusal(conversations, ada) == (
        "23001",
        "the person is marked do-not-contact",
    )
    confirmed = conversations.answer(ada, "Sorry, we stop.", confirm=True)

    assert workspace.drain(as_of=None).sent == 1
    assert conversations.status(before) == ("cancelled", "do_not_contact")
    assert conversations.status(confirmed)[0] == "completed"
    assert conversations.written() == [(ada, "Sorry, we stop.")]


def test_a_form_that_is_sent_twice_is_one_answer(conversations, ada):
    conversations.answer(ada)
    assert refusal(conversations, ada)[1] == "the same answer was asked for already"


def test_a_person_without_a_chat_cannot_be_answered(conversations):
    assert "has no chat with this person" in refusal(conversations, "ACoAAnobody")[1]


@BOTH_VERSIONS
def test_an_answer_whose_call_got_no_answer_is_looked_up_and_never_repeated(
    conversations, ada
):
    workspace = conversations.workspace
    workspace.sandbox.script_fault("send_message", drop="after")
    answer = conversations.answer(ada)
    workspace.drain(as_of=None)
    assert conversations.status(answer) == ("unknown", None)
    assert workspace.drain(as_of=None).claimed == 0

    now = workspace.one("select clock_timestamp()")
    report = resolve_unknown_sends(
        workspace.connection,
        workspace.sandbox.dsn,
        workspace.sandbox.api_key,
        now + 20 * MINUTE,
    )
    assert report.outcomes == {"decided_sent": 1}
    assert conversations.status(answer) == ("completed", None)
    assert conversations.written() == [(ada, "Gladly")]
    assert workspace.violations() == []


def test_an_answer_that_the_provider_refuses_has_failed(conversations, ada):
    workspace = conversations.workspace
    workspace.sandbox.script_fault("send_message", status=422, type="blocked_recipient")
    answer = conversations.answer(ada)
    workspace.drain(as_of=None)
    assert conversations.status(answer) == ("failed", "blocked_recipient")
    assert workspace.violations() == []


def test_an_answer_waits_for_a_limit_that_the_provider_sets(conversations, ada):
    workspace = conversations.workspace
    workspace.sandbox.script_fault("send_message", status=429, type="too_many_requests")
    answer = conversations.answer(ada)
    workspace.drain(as_of=None)
    assert conversations.status(answer) == ("queued", None)
    assert verdict(conversations, answer) == "account_held"
    later = workspace.one("select clock_timestamp() + interval '2 hours'")
    assert workspace.drain(as_of=later).sent == 1


def test_a_killed_sender_leaves_an_answer_unknown(conversations, ada, database):
    workspace = conversations.workspace
    answer = conversations.answer(ada)
    sender = start_sender(
        database, workspace.sandbox, "--once", TRUEUP_FAIL_POINT="after_begin"
    )
    assert sender.wait(60) != 0
    expire_leases(workspace)
    assert conversations.status(answer) == ("unknown", None)
    assert workspace.drain(as_of=None).claimed == 0
    assert conversations.written() == []

    # A person looks at LinkedIn and decides.
    attempt_id = workspace.one("select attempt_id from outreach.send_attempts")
    assert workspace.one(
        "select job_status, enrollment_id from outreach.resolve_unknown_send("
        "%s, %s, false, 'mira', 'it is not in the chat')",
        workspace.workspace_id,
        attempt_id,
    ) == ("queued", None)
    assert workspace.drain(as_of=None).sent == 1
    assert conversations.written() == [(ada, "Gladly")]
    assert workspace.violations() == []


def test_the_ledger_refuses_a_second_attempt_of_an_answer(conversations, ada):
    workspace = conversations.workspace
    answer = conversations.answer(ada)
    workspace.drain(as_of=None)
    workspace.connection.execute(
        "update outreach.campaign_send_jobs set status = 'claimed', run_at = now(),"
        " completed_at = null, claimed_by = 'w1', lease_expires_at = now() + '1 hour'"
        " where job_id = %s",
        [answer[1]],
    )
    with pytest.raises(psycopg.errors.CheckViolation, match="was tried before"):
        workspace.connection.execute(
            "insert into outreach.send_attempts (workspace_id, job_id, account_id,"
            " answer_id, action, worker, begun_at, provider_account_id,"
            " request_sha256, counted_on, timezone, limit_per_day, limit_per_week,"
            " minimum_gap)"
            " select jobs.workspace_id, job_id, jobs.account_id, answer_id,"
            " 'send_message', 'w1', now(), 'acc', '', spent.counted_on, spent.timezone,"
            " spent.per_day, spent.per_week, spent.minimum_gap"
            " from outreach.campaign_send_jobs as jobs"
            " cross join lateral outreach.spent_limits(jobs.workspace_id,"
            " array[jobs.account_id], array['answer_reply'], now()) as spent"
            " where job_id = %s",
            [answer[1]],
        )


def test_a_mark_waits_for_the_answer_that_is_begun(conversations, ada, database):
    """Ada is in a list of people, but in no campaign of the answering account."""
    workspace = conversations.workspace
    prospect_id = workspace.one(
        "insert into outreach.prospects (workspace_id, provider_id)"
        " values (%s, %s) returning prospect_id",
        workspace.workspace_id,
        ada,
    )
    conversations.answer(ada)
    with database.connect(autocommit=True) as other:
        job_ids = claim(
            other, workspace.workspace_id, as_of=None, dsn=workspace.sandbox.dsn
        )
        with other.transaction():
            ((_, attempt_id, _),) = begin(
                other, workspace.workspace_id, job_ids, as_of=None
            )
            assert attempt_id is not None
            workspace.connection.execute("set lock_timeout = '100ms'")
            for mark in (
                "select outreach.mark_do_not_contact(%s, %s, 'asked', 'me')",
                "select outreach.mark_many_do_not_contact(%s, array[%s], 'a', 'me')",
            ):
                with pytest.raises(psycopg.errors.LockNotAvailable):
                    workspace.connection.execute(
                        mark, [workspace.workspace_id, prospect_id]
                    )


@pytest.mark.parametrize("actor", [None, ""])
def test_a_mark_of_read_replies_says_who_read_them(conversations, ada, actor):
    workspace = conversations.workspace
    with pytest.raises(psycopg.errors.CheckViolation, match="the name of who read"):
        workspace.connection.execute(
            "select outreach.mark_replies_read(%s, %s, %s, %s)",
            [workspace.workspace_id, workspace.account_id, ada, actor],
        )
