"""What old reads found is emptied; that they were made stays, with the hash."""

import datetime as dt

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.support.rows import (
    NOON,
    REFUSED,
    begin,
    claim,
    make_account,
    make_campaign,
    make_enrollments,
    make_workspace,
    send_one,
)

BOUND = dt.timedelta(days=30)
SECOND = dt.timedelta(seconds=1)
HASH = "items_sha256 = encode(sha256(convert_to(items::text, 'UTF8')), 'hex')"


FOUND = [{"provider_id": "ACoAAada"}]


@pytest.fixture
def account(connection):
    """(workspace id, account id) of an account whose pending invites were read."""
    workspace_id = make_workspace(connection)
    account_id = make_account(connection, workspace_id)
    keep_read(connection, (workspace_id, account_id), NOON, FOUND)
    return workspace_id, account_id


def keep_read(connection, account, at, items, *, is_complete=True, subject=None):
    connection.execute(
        "select outreach.record_provider_read(%s, %s, 'sent_invitations', %s, %s, %s,"
        " %s, 1, %s, %s)",
        [
            *account,
            subject,
            at,
            at,
            is_complete,
            None if is_complete else "a test",
            Jsonb(items),
        ],
    )


def empty(connection, account, as_of):
    return connection.execute(
        "select row_count from outreach.empty_raw_columns(%s, %s)"
        " where what = 'provider_reads.items'",
        [account[0], as_of],
    ).fetchone()[0]


def read(connection):
    return connection.execute(
        "select is_complete, item_count, items, items_emptied_at"
        " from outreach.provider_reads order by read_id limit 1"
    ).fetchone()


def test_an_old_read_loses_its_items_and_stays(connection, account):
    keep_read(connection, account, NOON + SECOND, [])
    assert empty(connection, account, NOON + BOUND) == 0
    assert read(connection) == (True, 1, FOUND, None)
    later = NOON + BOUND + SECOND
    assert empty(connection, account, later) == 1
    assert read(connection) == (True, 1, None, later)
    assert empty(connection, account, later) == 0


def test_an_emptied_read_keeps_the_hash_of_its_items(connection, account):
    keep_read(connection, account, NOON + SECOND, [])
    (before,) = connection.execute(
        "select encode(sha256(convert_to(items::text, 'UTF8')), 'hex')"
        " from outreach.provider_reads order by read_id limit 1"
    ).fetchone()
    empty(connection, account, NOON + BOUND + SECOND)
    assert connection.execute(
        "select items_sha256 from outreach.provider_reads order by read_id limit 1"
    ).fetchone() == (before,)


@pytest.mark.parametrize(
    ("is_complete", "subject", "emptied"),
    [(True, None, 1), (False, None, 0), (True, "another list", 0)],
)
def test_the_newest_complete_read_of_a_list_is_kept(
    connection, account, is_complete, subject, emptied
):
    later = NOON + SECOND
    keep_read(connection, account, later, [], is_complete=is_complete, subject=subject)
    empty(connection, account, NOON + 2 * BOUND)
    assert (read(connection)[2] is None) == (emptied == 1)


def test_what_an_unanswered_send_may_be_decided_by_is_kept(connection, account):
    workspace_id, account_id = account
    campaign_id, (step_id, _) = make_campaign(connection, workspace_id)
    make_enrollments(connection, workspace_id, account_id, campaign_id, step_id)
    lost = {"http_status": 504}
    assert send_one(connection, workspace_id, **REFUSED | lost) == ["unknown"]
    keep_read(connection, account, NOON + SECOND, [])
    assert empty(connection, account, NOON + 2 * BOUND) == 0
    assert read(connection)[2] != []


def test_what_a_send_under_way_may_be_decided_by_is_kept(connection, account):
    workspace_id, account_id = account
    campaign_id, (step_id, _) = make_campaign(connection, workspace_id)
    make_enrollments(connection, workspace_id, account_id, campaign_id, step_id)
    begin(connection, workspace_id, claim(connection, workspace_id))
    keep_read(connection, account, NOON + SECOND, [])
    assert empty(connection, account, NOON + 2 * BOUND) == 0


@pytest.mark.parametrize(
    "change",
    [
        "is_complete = false, stopped_by = 'me'",
        "items = '[]'",
        "items = null",
        f"items = null, {HASH}, items_emptied_at = now(), item_count = 0",
        "items = null, items_sha256 = '0', items_emptied_at = now()",
        f"items = '[{{}}]', {HASH}, items_emptied_at = now()",
    ],
)
def test_nothing_else_of_a_read_can_be_changed(connection, account, change):
    with pytest.raises(psycopg.errors.CheckViolation, match="are append-only"):
        connection.execute(f"update outreach.provider_reads set {change}")


def test_an_emptied_read_is_not_filled_again(connection, account):
    keep_read(connection, account, NOON + SECOND, [])
    assert empty(connection, account, NOON + 2 * BOUND) == 1
    with pytest.raises(psycopg.errors.CheckViolation, match="are append-only"):
        connection.execute(
            "update outreach.provider_reads set items = '[{}]', items_sha256 = null,"
            " items_emptied_at = null where items is null"
        )


@pytest.mark.parametrize("verb", ["delete from", "truncate"])
def test_a_read_cannot_be_taken_away(connection, account, verb):
    with pytest.raises(psycopg.errors.CheckViolation, match="append-only"):
        connection.execute(f"{verb} outreach.provider_reads")


MANY = [{"provider_id": f"ACoAAperson{number}"} for number in range(40)]


def stored(connection):
    """(items stored, length of the list, all items) of each read."""
    return connection.execute(
        "select jsonb_array_length(reads.items), reads.item_count, whole.items"
        " from outreach.provider_reads as reads"
        " inner join outreach.whole_provider_reads as whole"
        " using (workspace_id, read_id) order by read_id"
    ).fetchall()


def same_items(left, right):
    return sorted(map(str, left)) == sorted(map(str, right))


def test_a_read_stores_what_changed_and_shows_its_whole_list(connection, account):
    lists = [MANY, [*MANY[2:], {"provider_id": "ACoAAnew"}], MANY[1:], MANY]
    for hours, items in enumerate(lists, 1):
        keep_read(connection, account, NOON + hours * 3_600 * SECOND, items)
    rows = stored(connection)[1:]
    assert [row[:2] for row in rows] == [(40, 40), (1, 39), (0, 39), (0, 40)]
    for (_, _, whole), items in zip(rows, lists, strict=True):
        assert same_items(whole, items)


@pytest.mark.parametrize(
    ("later", "items", "changes"),
    [
        (7 * 24, MANY, {}),  # a week later
        (1, MANY[:30], {}),  # much has changed
        (1, MANY + MANY[:1], {}),  # an item twice
        (1, MANY[1:], {"is_complete": False}),  # a walk that broke off
        (1, MANY, {"subject": "another list"}),
    ],
)
def test_a_list_that_builds_on_no_other_is_stored_whole(
    connection, account, later, items, changes
):
    keep_read(connection, account, NOON + SECOND, MANY)
    keep_read(
        connection, account, NOON + later * 3_600 * SECOND + SECOND, items, **changes
    )
    count, _, whole = stored(connection)[-1]
    assert (count, whole) == (len(items), items)


def test_a_read_is_kept_while_another_one_builds_on_it(connection, account):
    keep_read(connection, account, NOON + SECOND, MANY)
    keep_read(connection, account, NOON + 2 * SECOND, MANY[1:])
    later = NOON + BOUND + 3 * SECOND
    assert empty(connection, account, later) == 1  # of the fixture
    assert same_items(stored(connection)[-1][2], MANY[1:])

    keep_read(connection, account, later, MANY)
    assert empty(connection, account, later) == 1  # what builds on it
    assert empty(connection, account, later) == 1  # and then itself
    assert [row[2] for row in stored(connection)] == [None, None, None, MANY]


def test_a_connection_that_no_later_read_repeats_is_seen_by_each(connection, account):
    """Absence is proven by whole lists, whatever each read stores."""
    keep_read(connection, account, NOON + SECOND, MANY)
    keep_read(connection, account, NOON + 2 * SECOND, MANY[1:])
    assert connection.execute(
        "select count(*) from outreach.whole_provider_reads as reads"
        " cross join lateral jsonb_to_recordset(reads.items)"
        " as items (provider_id text)"
        " where items.provider_id = any(%s) group by reads.read_id"
        " order by reads.read_id",
        [["ACoAAperson0", "ACoAAperson39"]],
    ).fetchall() == [(2,), (1,)]
