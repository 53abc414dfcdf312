"""Rows of the ledger, of events and of counters as they lie, however they came there.

Belongs here: inserts that the triggers would refuse, such as an incident's rows. Does
not: rows made by the rules (see rows.py).
"""

import itertools

from psycopg import sql

from demo.incidents.past_rules import loading

__all__ = [
    "delete_events",
    "insert_attempt",
    "insert_sent_event",
    "loading",
    "set_counter",
]
_numbers = itertools.count(1)
EVENT_TYPES = {"send_invite": "invite_sent", "send_message": "message_sent"}
OUTCOMES = {"sent": "sent_proven", "unsent": "retry_safe", "unknown": "unknown"}


def insert_attempt(
    connection,
    account,
    begun_at,
    counted_on=None,
    means=("sent",),
    action="send_invite",
    has_event=True,
    recorded_at=None,
    **judged_by,
):
    """One attempt with its outcomes, and its event if it was sent; returns its id.

    account: (workspace_id, account_id). judged_by: limits, timezone, window columns.
    """
    recorded_at = recorded_at or begun_at
    columns = {
        "workspace_id": account[0],
        "account_id": account[1],
        "job_id": next(_numbers),
        "enrollment_id": next(_numbers),
        "campaign_id": 1,
        "step_id": 1,
        "prospect_id": 1,
        "action": action,
        "worker": "w1",
        "begun_at": begun_at,
        "counted_on": counted_on or begun_at.date(),
        "provider_account_id": "acc1",
        "request_sha256": "0",
        "limit_per_day": 80,
        "limit_per_week": None,
        "minimum_gap": "0",
        "timezone": "UTC",
        "window_weekday": begun_at.isoweekday(),
        "window_opens": "00:00",
        "window_closes": "24:00",
        **judged_by,
    }
    statement = sql.SQL(
        "insert into outreach.send_attempts ({}) values ({}) returning attempt_id"
    ).format(
        sql.SQL(", ").join(map(sql.Identifier, columns)),
        sql.SQL(", ").join(map(sql.Placeholder, columns)),
    )
    attempt_id = connection.execute(statement, columns).fetchone()[0]
    for meaning in means:
        connection.execute(
            "insert into outreach.send_attempt_outcomes (workspace_id, attempt_id,"
            " outcome, means, decided_by, recorded_at)"
            " values (%s, %s, %s, %s, 'answer', %s)",
            [account[0], attempt_id, OUTCOMES[meaning], meaning, recorded_at],
        )
    if "sent" in means and has_event:
        insert_sent_event(
            connection, account, begun_at, columns["counted_on"], action, attempt_id
        )
    return attempt_id


def insert_sent_event(
    connection, account, occurred_at, counted_on, action="send_invite", attempt_id=None
):
    """One sent event; without an attempt_id it names an attempt that never was."""
    connection.execute(
        "insert into outreach.campaign_events (workspace_id, account_id,"
        " enrollment_id, campaign_id, prospect_id, event_type, occurred_at,"
        " attempt_id, action, counted_on, actor)"
        " values (%(workspace_id)s, %(account_id)s, 1, 1, 1, %(event_type)s,"
        " %(occurred_at)s, %(attempt_id)s, %(action)s, %(counted_on)s, 'test')",
        {
            "workspace_id": account[0],
            "account_id": account[1],
            "event_type": EVENT_TYPES[action],
            "occurred_at": occurred_at,
            "attempt_id": attempt_id or -next(_numbers),
            "action": action,
            "counted_on": counted_on,
        },
    )


def set_counter(connection, account, counted_on, count, updated_at):
    connection.execute(
        "insert into outreach.linkedin_daily_counters (workspace_id, account_id,"
        " action, counted_on, count, updated_at)"
        " values (%s, %s, 'send_invite', %s, %s, %s)"
        " on conflict (workspace_id, account_id, action, counted_on) do update"
        " set count = excluded.count, updated_at = excluded.updated_at",
        [*account, counted_on, count, updated_at],
    )


def delete_events(connection, account):
    """As a person with a superuser's hands might."""
    for table in ("campaign_events", "send_attempt_outcomes", "send_attempts"):
        statement = sql.SQL("delete from outreach.{} where workspace_id = %s")
        connection.execute(statement.format(sql.Identifier(table)), [account[0]])
