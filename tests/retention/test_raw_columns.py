"""Raw answers, webhooks and proofs are emptied beyond their bounds; all else stays."""

import datetime as dt
import hashlib

import psycopg
import pytest

from tests.support.rows import (
    NOON,
    REFUSED,
    make_account,
    make_campaign,
    make_enrollments,
    make_workspace,
    send_one,
)
from trueup.postgres.retention import empty_raw_columns

DAY = dt.timedelta(days=1)
OLD = NOON + 400 * DAY
BODY = b'{"event": "new_relation"}'
ANSWER = '{"object": "UserInvitationSent"}'


@pytest.fixture
def workspace_id(opened):
    """A workspace with one person whose invite is due."""
    workspace_id = make_workspace(opened)
    account_id = make_account(opened, workspace_id)
    campaign_id, (step_id, _) = make_campaign(opened, workspace_id)
    make_enrollments(opened, workspace_id, account_id, campaign_id, step_id)
    return workspace_id


def deliver(opened, body=BODY, at=NOON):
    opened.execute(
        "select outreach.record_webhook_deliveries(array[%s], array[null], %s)",
        [body, at],
    )


def rows_of(emptied):
    return {what: each.rows for what, each in emptied.items() if each.rows}


def test_an_answer_is_emptied_beyond_its_bound_and_keeps_its_hash(opened, workspace_id):
    send_one(opened, workspace_id, raw_response=ANSWER)
    before = opened.execute("select * from outreach.send_attempt_outcomes").fetchone()
    assert rows_of(empty_raw_columns(opened, NOON + 90 * DAY)) == {}
    later = NOON + 91 * DAY
    emptied = empty_raw_columns(opened, later)
    assert rows_of(emptied) == {"send_attempt_outcomes.raw_response": 1}
    assert emptied["send_attempt_outcomes.raw_response"].bytes > 0
    after = opened.execute("select * from outreach.send_attempt_outcomes").fetchone()
    changed = [new for old, new in zip(before, after, strict=True) if old != new]
    assert changed == [None, hashlib.sha256(ANSWER.encode()).hexdigest(), later]


def test_an_answer_that_nobody_settled_is_kept(opened, workspace_id):
    lost = {"http_status": 504, "raw_response": ANSWER}
    assert send_one(opened, workspace_id, **REFUSED | lost) == ["unknown"]
    assert rows_of(empty_raw_columns(opened, OLD)) == {}


def test_a_webhook_that_was_read_is_emptied_and_an_unread_one_is_kept(opened):
    deliver(opened)
    deliver(opened, b"unread")
    opened.execute(
        "delete from outreach.linkedin_webhook_inbox as inbox"
        " using outreach.linkedin_webhook_deliveries as deliveries"
        " where deliveries.delivery_id = inbox.delivery_id and deliveries.body = %s",
        [BODY],
    )
    assert rows_of(empty_raw_columns(opened, NOON + 90 * DAY)) == {}
    assert rows_of(empty_raw_columns(opened, OLD)) == {
        "linkedin_webhook_deliveries.body": 1
    }
    assert opened.execute(
        "select body_sha256, body from outreach.linkedin_webhook_deliveries"
        " order by delivery_id"
    ).fetchall() == [
        (hashlib.sha256(BODY).hexdigest(), None),
        (hashlib.sha256(b"unread").hexdigest(), b"unread"),
    ]


def test_a_webhook_that_was_set_aside_is_kept(opened):
    deliver(opened)
    opened.execute(
        "update outreach.linkedin_webhook_inbox"
        " set quarantine_reason = 'unknown account', quarantined_at = %s",
        [NOON],
    )
    assert rows_of(empty_raw_columns(opened, OLD)) == {}


def test_an_emptied_webhook_is_not_kept_again_in_its_minute(opened):
    deliver(opened)
    opened.execute("delete from outreach.linkedin_webhook_inbox")
    empty_raw_columns(opened, OLD)
    deliver(opened)
    assert opened.execute(
        "select count(*) from outreach.linkedin_webhook_inbox"
    ).fetchone() == (0,)


def test_reads_of_the_providers_own_lists_are_emptied_but_for_the_newest(opened):
    for hours, is_complete in ((0, True), (1, True), (2, False)):
        at = NOON + hours * DAY / 24
        opened.execute(
            "select outreach.record_provider_wide_read('http://p', 'webhooks', 'u', %s,"
            ' %s, %s, 1, 1, %s, \'[{"webhook_id": "w1"}]\')',
            [at, at, is_complete, None if is_complete else "a test"],
        )
    assert rows_of(empty_raw_columns(opened, NOON + 90 * DAY)) == {}
    assert rows_of(empty_raw_columns(opened, OLD)) == {"provider_wide_reads.items": 2}
    assert opened.execute(
        "select items is null, items_sha256 is not null, item_count"
        " from outreach.provider_wide_reads order by read_id"
    ).fetchall() == [(True, True, 1), (False, False, 1), (True, True, 1)]


def test_many_old_rows_are_emptied_in_small_transactions(opened):
    for number in range(5):
        deliver(opened, str(number).encode())
    opened.execute("delete from outreach.linkedin_webhook_inbox")
    emptied = empty_raw_columns(opened, OLD, most_rows=2)
    assert rows_of(emptied) == {"linkedin_webhook_deliveries.body": 5}


def test_a_bound_is_a_row(opened):
    deliver(opened)
    opened.execute("delete from outreach.linkedin_webhook_inbox")
    opened.execute(
        "update outreach.retention_bounds set days = 7"
        " where what = 'linkedin_webhook_deliveries.body'"
    )
    assert rows_of(empty_raw_columns(opened, NOON + 8 * DAY)) == {
        "linkedin_webhook_deliveries.body": 1
    }


def test_a_missing_bound_is_an_error(opened):
    opened.execute("delete from outreach.retention_bounds")
    with pytest.raises(psycopg.errors.NoDataFound, match="has no row for"):
        empty_raw_columns(opened, OLD)


@pytest.mark.parametrize("role", ["sender", "operator", "analyst"])
@pytest.mark.parametrize(
    "call", ["empty_raw_columns(%s, %s)", "empty_webhook_bodies(%s, %s)"]
)
def test_only_the_owner_empties_anything(database, opened, workspace_id, role, call):
    send_one(opened, workspace_id, raw_response=ANSWER)
    values = [workspace_id, OLD] if "raw" in call else [OLD, 10]
    with (
        database.connect(role=role) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute(f"select * from outreach.{call}", values)


@pytest.mark.parametrize(
    "statement",
    [
        "update outreach.send_attempt_outcomes set outcome = 'retry_safe'",
        "update outreach.send_attempt_outcomes set raw_response = null",
        "update outreach.linkedin_webhook_deliveries set body = 'other'",
        "update outreach.linkedin_webhook_deliveries"
        " set body = null, body_emptied_at = now(), body_sha256 = '0'",
        "delete from outreach.linkedin_webhook_deliveries",
        "truncate outreach.send_attempt_outcomes",
    ],
)
def test_nothing_else_is_rewritten(opened, workspace_id, statement):
    send_one(opened, workspace_id, raw_response=ANSWER)
    deliver(opened)
    with pytest.raises(psycopg.errors.CheckViolation, match="append-only"):
        opened.execute(statement)
