"""Claim, begin and record, one rule at a time (design, "The sender")."""

import datetime as dt

import psycopg
import pytest

from tests.support.queued_jobs import counter, enrollment, jobs, set_limit
from tests.support.rows import (
    DSN,
    NOON,
    begin,
    claim,
    flip,
    make_campaign,
    send_one,
)

MINUTE = dt.timedelta(minutes=1)


HOUR = dt.timedelta(hours=1)


def test_a_round_takes_one_job_of_an_account_the_oldest_first(connection, queue):
    assert len(claim(connection, queue.workspace_id)) == 1
    assert jobs(connection, queue.workspace_id) == ["claimed", "queued", "queued"]
    assert claim(connection, queue.workspace_id, "w2") == []


def test_a_sent_invite_completes_its_job_and_waits_for_the_accept(connection, queue):
    assert send_one(connection, queue.workspace_id) == ["sent_proven"]
    connection.execute("set constraints all immediate")
    assert jobs(connection, queue.workspace_id)[0] == "completed"
    assert enrollment(connection, queue, "linkedin_status") == "pending_accept"
    assert enrollment(connection, queue, "linkedin_invited_at") == NOON
    assert enrollment(connection, queue, "next_action_at") is None
    assert counter(connection, queue) == 1


def test_a_claim_before_the_time_takes_nothing(connection, queue):
    assert claim(connection, queue.workspace_id, as_of=NOON - MINUTE) == []


def test_a_claim_under_another_provider_is_refused(connection, queue):
    with pytest.raises(psycopg.Error, match="was loaded for the provider at"):
        claim(connection, queue.workspace_id, dsn="https://api1.example.com:13111")


def test_a_claim_that_names_no_provider_is_refused(connection, queue):
    with pytest.raises(psycopg.Error, match="not at no address"):
        claim(connection, queue.workspace_id, dsn=None)


def test_a_begin_without_a_claim_is_refused(connection, queue):
    job_ids = claim(connection, queue.workspace_id)
    assert begin(connection, queue.workspace_id, job_ids, worker="w2") == [
        (job_ids[0], None, "lease_lost")
    ]


def test_a_begin_of_a_claim_that_the_database_forgot_is_refused(connection, queue):
    with connection.transaction(force_rollback=True):
        job_ids = claim(connection, queue.workspace_id)
    assert begin(connection, queue.workspace_id, job_ids) == [
        (job_ids[0], None, "lease_lost")
    ]


def test_a_begin_after_the_lease_is_refused(connection, queue):
    job_ids = claim(connection, queue.workspace_id)
    begun = begin(connection, queue.workspace_id, job_ids, as_of=NOON + 5 * MINUTE)
    assert begun == [(job_ids[0], None, "lease_lost")]


@pytest.mark.parametrize(
    ("statement", "refusal", "job_status"),
    [
        (
            "update outreach.linkedin_accounts set paused_at = now(),"
            " paused_by = 'me', paused_reason = 'holiday' where workspace_id = %s",
            "account_paused",
            "queued",
        ),
        (
            "update outreach.campaigns set status = 'paused' where workspace_id = %s",
            "campaign_not_running",
            "queued",
        ),
        (
            "delete from outreach.linkedin_account_sending_windows"
            " where workspace_id = %s",
            "outside_window",
            "queued",
        ),
        (
            "update outreach.linkedin_account_limits set limit_count = 0"
            " where workspace_id = %s",
            "day_limit",
            "queued",
        ),
        (
            "delete from outreach.linkedin_account_limits where workspace_id = %s",
            "no_limit_set",
            "queued",
        ),
        (
            "insert into outreach.linkedin_account_holds select workspace_id,"
            " account_id, 'send_invite', '2027-01-01', 'x'"
            " from outreach.linkedin_accounts where workspace_id = %s",
            "account_held",
            "queued",
        ),
        (
            "select outreach.set_do_not_contact(workspace_id, array[prospect_id],"
            " true, 'asked', 'me', now()) from outreach.prospects"
            " where workspace_id = %s",
            "do_not_contact",
            "cancelled",
        ),
    ],
)
def test_changes_between_claim_and_begin_are_respected(
    connection, queue, statement, refusal, job_status
):
    job_ids = claim(connection, queue.workspace_id)
    connection.execute(statement, [queue.workspace_id])
    begun = begin(connection, queue.workspace_id, job_ids)
    connection.execute("set constraints all immediate")
    assert begun == [(job_ids[0], None, refusal)]
    assert jobs(connection, queue.workspace_id)[0] == job_status
    assert counter(connection, queue) == 0


def test_an_account_that_disconnects_between_claim_and_begin_sends_nothing(
    connection, queue
):
    job_ids = claim(connection, queue.workspace_id)
    flip(connection, queue.workspace_id, queue.account_id, "disconnected")
    begun = begin(connection, queue.workspace_id, job_ids)
    assert begun == [(job_ids[0], None, "account_not_connected")]


def test_a_changed_template_is_rendered_again(connection, queue):
    job_ids = claim(connection, queue.workspace_id)
    begun = begin(connection, queue.workspace_id, job_ids, stamps=["an old stamp"])
    assert begun == [(job_ids[0], None, "template_changed")]
    assert jobs(connection, queue.workspace_id)[0] == "queued"


def test_has_due_jobs_is_true_only_when_something_can_go(connection, queue):
    def has_due_jobs(as_of):
        return connection.execute(
            "select outreach.has_due_jobs(%s)", [as_of]
        ).fetchone()[0]

    assert has_due_jobs(NOON) is True
    assert has_due_jobs(NOON - MINUTE) is False
    set_limit(connection, queue, "day", 0)
    assert has_due_jobs(NOON) is False


def test_what_is_due_is_due_to_the_senders_of_its_workspace(connection, queue):
    this, others = f"{{[{queue.workspace_id},]}}", f"{{(,{queue.workspace_id})}}"

    def answers(question):
        return [
            connection.execute(
                question, {"dsn": DSN, "at": NOON, "share": share}
            ).fetchone()[0]
            for share in (this, others)
        ]

    assert answers("select outreach.has_due_jobs(%(at)s, %(dsn)s, %(share)s)") == [
        True,
        False,
    ]
    assert answers(
        "select outreach.have_jobs_come_due("
        "%(dsn)s, %(at)s - interval '1 minute', %(at)s, %(share)s)"
    ) == [True, False]


def test_a_job_has_come_due_once_its_time_is_reached_whatever_holds_it(
    connection, queue
):
    def have_come_due(since, as_of, dsn=DSN):
        return connection.execute(
            "select outreach.have_jobs_come_due(%s, %s, %s)", [dsn, since, as_of]
        ).fetchone()[0]

    set_limit(connection, queue, "day", 0)
    assert have_come_due(NOON - MINUTE, NOON) is True
    assert have_come_due(NOON - MINUTE, NOON - MINUTE) is False
    assert have_come_due(NOON, NOON + MINUTE) is False

    version_2 = f"{DSN}/v2"
    assert have_come_due(NOON - MINUTE, NOON, version_2) is False
    connection.execute(
        "update outreach.workspaces set v2_provider_dsn = %s where workspace_id = %s",
        [version_2, queue.workspace_id],
    )
    assert have_come_due(NOON - MINUTE, NOON, version_2) is True


def test_an_account_invites_a_person_for_one_campaign_only(connection, queue):
    send_one(connection, queue.workspace_id)
    campaign_id, (step_id, _) = make_campaign(connection, queue.workspace_id)
    (enrollment_id,) = connection.execute(
        "insert into outreach.campaign_prospects (workspace_id, campaign_id,"
        " prospect_id, account_id, current_step_id)"
        " select workspace_id, %s, prospect_id, account_id, %s"
        " from outreach.campaign_prospects"
        " where workspace_id = %s and enrollment_id = %s returning enrollment_id",
        [campaign_id, step_id, queue.workspace_id, queue.enrollment_ids[0]],
    ).fetchone()
    connection.execute(
        "select outreach.queue_send_job(%s, %s, %s)",
        [queue.workspace_id, enrollment_id, NOON - HOUR],
    )
    job_ids = claim(connection, queue.workspace_id)
    begun = begin(connection, queue.workspace_id, job_ids)
    connection.execute("set constraints all immediate")
    assert [refusal for _, _, refusal in begun] == ["invited_by_another_campaign"]
    assert connection.execute(
        "select linkedin_status, failed_classification"
        " from outreach.campaign_prospects where enrollment_id = %s",
        [enrollment_id],
    ).fetchone() == ("failed", "invited_by_another_campaign")


def test_an_ended_lease_at_another_provider_is_not_due_here(connection, queue):
    claim(connection, queue.workspace_id)
    later = NOON + 5 * MINUTE
    due = "select outreach.has_due_jobs(%s, %s)"
    elsewhere = connection.execute(due, [later, "http://elsewhere:1"]).fetchone()
    assert elsewhere == (False,)


@pytest.mark.parametrize(
    ("action", "is_free"), [("resolve_profile", True), ("send_invite", False)]
)
def test_a_look_up_that_is_done_leaves_its_step_free_to_send(
    connection, queue, action, is_free
):
    connection.execute("set constraints all immediate")
    connection.execute("set local session_replication_role = replica")
    connection.execute(
        "update outreach.campaign_send_jobs set action = %s, status = 'completed',"
        " run_at = null, completed_at = now() where enrollment_id = %s",
        [action, queue.enrollment_ids[0]],
    )
    assert connection.execute(
        "select outreach.is_step_free_to_send(%s, %s, %s)",
        [queue.workspace_id, queue.enrollment_ids[0], queue.step_id],
    ).fetchone() == (is_free,)
