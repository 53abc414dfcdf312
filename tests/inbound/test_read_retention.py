"""What old reads found goes; that they were made stays, and nothing else changes."""

import datetime as dt

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.support.rows import (
    NOON,
    REFUSED,
    make_account,
    make_campaign,
    make_enrollments,
    make_workspace,
    send_one,
)

HALF_A_YEAR = dt.timedelta(days=180)
SECOND = dt.timedelta(seconds=1)


@pytest.fixture
def account(connection):
    """(workspace id, account id) of an account whose pending invites were read."""
    workspace_id = make_workspace(connection)
    account_id = make_account(connection, workspace_id)
    connection.execute(
        "select outreach.record_provider_read(%s, %s, 'sent_invitations', null, %s, %s,"
        " true, 1, null, %s)",
        [workspace_id, account_id, NOON, NOON, Jsonb([{"provider_id": "ACoAAada"}])],
    )
    return workspace_id, account_id


def empty(connection, account, as_of):
    return connection.execute(
        "select outreach.empty_old_reads(%s, %s)", [account[0], as_of]
    ).fetchone()[0]


def read(connection):
    return connection.execute(
        "select is_complete, item_count, items, items_emptied_at"
        " from outreach.provider_reads"
    ).fetchone()


def test_an_old_read_loses_its_items_and_stays(connection, account):
    assert empty(connection, account, NOON + HALF_A_YEAR) == 0
    assert read(connection) == (True, 1, [{"provider_id": "ACoAAada"}], None)
    later = NOON + HALF_A_YEAR + SECOND
    assert empty(connection, account, later) == 1
    assert read(connection) == (True, 1, [], later)
    assert empty(connection, account, later + SECOND) == 0


def test_what_an_unanswered_send_may_be_decided_by_is_kept(connection, account):
    workspace_id, account_id = account
    campaign_id, (step_id, _) = make_campaign(connection, workspace_id)
    make_enrollments(connection, workspace_id, account_id, campaign_id, step_id)
    lost = {"http_status": 504}
    assert send_one(connection, workspace_id, **REFUSED | lost) == ["unknown"]
    assert empty(connection, account, NOON + 2 * HALF_A_YEAR) == 0
    assert read(connection)[2] != []


@pytest.mark.parametrize(
    "change",
    [
        "is_complete = false, stopped_by = 'me'",
        "items = '[]'",
        "items = '[]', items_emptied_at = now(), item_count = 0",
        "items_emptied_at = now(), items = '[{}]'",
    ],
)
def test_nothing_else_of_a_read_can_be_changed(connection, account, change):
    with pytest.raises(psycopg.errors.CheckViolation, match="is append-only"):
        connection.execute(f"update outreach.provider_reads set {change}")


def test_an_emptied_read_is_not_filled_again(connection, account):
    empty(connection, account, NOON + 2 * HALF_A_YEAR)
    with pytest.raises(psycopg.errors.CheckViolation, match="is append-only"):
        connection.execute(
            "update outreach.provider_reads set items = '[{}]', items_emptied_at = null"
        )


@pytest.mark.parametrize("verb", ["delete from", "truncate"])
def test_a_read_cannot_be_taken_away(connection, account, verb):
    with pytest.raises(psycopg.errors.CheckViolation, match="append-only"):
        connection.execute(f"{verb} outreach.provider_reads")
