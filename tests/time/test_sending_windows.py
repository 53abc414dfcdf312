"""Sending windows as rows: sound, never overlapping, replaced at once."""

import threading

import pytest
from psycopg.errors import (
    CheckViolation,
    InvalidParameterValue,
    InvalidTransactionState,
    NoDataFound,
)
from psycopg.types.json import Jsonb

from tests.support.rows import make_account, make_workspace


@pytest.fixture
def account(connection):
    workspace_id = make_workspace(connection)
    return workspace_id, make_account(connection, workspace_id, windows=())


def replace(connection, account, windows):
    return connection.execute(
        "select outreach.set_sending_windows("
        " workspace_id => %s, account_id => %s, windows => %s)",
        [*account, Jsonb(windows)],
    ).fetchone()[0]


def window(weekday, opens, closes):
    return {"weekday": weekday, "opens": opens, "closes": closes}


def add(connection, account, weekday, opens, closes):
    connection.execute(
        "insert into outreach.linkedin_account_sending_windows"
        " values (%s, %s, %s, %s, %s)",
        [*account, weekday, opens, closes],
    )


def stored(connection, account):
    return connection.execute(
        "select weekday, opens::text, closes::text"
        " from outreach.linkedin_account_sending_windows"
        " where workspace_id = %s and account_id = %s order by weekday, opens",
        account,
    ).fetchall()


def check_now(connection):
    connection.execute("set constraints all immediate")


def test_a_list_replaces_all_windows_at_once(connection, account):
    add(connection, account, 7, "10:00", "11:00")
    windows = [window(1, "09:00", "12:00"), window(1, "12:00", "24:00")]
    assert replace(connection, account, [*windows, window(2, "8:30", "9:15:30")]) == 3
    check_now(connection)
    assert stored(connection, account) == [
        (1, "09:00:00", "12:00:00"),
        (1, "12:00:00", "24:00:00"),
        (2, "08:30:00", "09:15:30"),
    ]


def test_the_same_list_may_be_set_again(connection, account):
    windows = [window(3, "09:00", "17:00")]
    assert replace(connection, account, windows) == 1
    assert replace(connection, account, windows) == 1
    check_now(connection)
    assert stored(connection, account) == [(3, "09:00:00", "17:00:00")]


def test_an_operator_may_replace_windows(connection, account):
    connection.execute("set local role operator")
    assert replace(connection, account, [window(3, "09:00", "17:00")]) == 1
    check_now(connection)


def test_another_accounts_windows_stay(connection, account):
    other = (account[0], make_account(connection, account[0], "Dipti", windows=()))
    add(connection, other, 7, "10:00", "11:00")
    replace(connection, account, [window(7, "10:30", "17:00")])
    check_now(connection)
    assert stored(connection, other) == [(7, "10:00:00", "11:00:00")]


@pytest.mark.parametrize(
    ("windows", "sentence"),
    [
        ([7], "window 1 of the list is not an object: 7"),
        ([{}], "window 1 of the list has an unreadable weekday: none is given"),
        (
            [window(1, "09:00", "10:00"), window(0, "09:00", "10:00")],
            "window 2 of the list has an unreadable weekday: 0",
        ),
        (
            [window("Monday", "09:00", "10:00")],
            'window 1 of the list has an unreadable weekday: "Monday"',
        ),
        (
            [window(None, "09:00", "10:00")],
            "window 1 of the list has an unreadable weekday: null",
        ),
        (
            [window(8, "09:00", "10:00")],
            "window 1 of the list has an unreadable weekday: 8",
        ),
        (
            [window(1, "nine", "10:00")],
            'window 1 of the list, on weekday 1, opens at an unreadable time: "nine"',
        ),
        (
            [window(1, "09:00", "24:01")],
            'window 1 of the list, on weekday 1, closes at an unreadable time: "24:01"',
        ),
        (
            [{"weekday": 1, "opens": "09:00"}],
            "window 1 of the list, on weekday 1, closes at an unreadable time:"
            " none is given",
        ),
    ],
)
def test_a_window_that_cannot_be_read_is_named_by_its_place(
    connection, account, windows, sentence
):
    with pytest.raises(InvalidParameterValue) as failure:
        replace(connection, account, windows)
    assert failure.value.diag.message_primary == sentence
    assert failure.value.diag.message_hint


@pytest.mark.parametrize("windows", [[], {}, None, "09:00-17:00"])
def test_an_account_is_never_left_without_a_window(connection, account, windows):
    with pytest.raises(
        InvalidParameterValue, match="needs at least one sending window"
    ):
        replace(connection, account, windows)


def test_windows_of_nobody_are_refused(connection, account):
    with pytest.raises(NoDataFound, match="has no LinkedIn account -1"):
        replace(connection, (account[0], -1), [window(1, "09:00", "10:00")])


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        (
            ("09:00", "12:00"),
            ("11:59", "13:00"),
            "09:00:00 to 12:00:00 and 11:59:00 to 13:00:00",
        ),
        (
            ("09:00", "24:00"),
            ("10:00", "11:00"),
            "09:00:00 to 24:00:00 and 10:00:00 to 11:00:00",
        ),
        (
            ("09:00", "12:00"),
            ("09:00", "12:00"),
            "09:00:00 to 12:00:00 and 09:00:00 to 12:00:00",
        ),
    ],
)
def test_a_list_that_overlaps_is_refused(connection, account, first, second, said):
    with pytest.raises(CheckViolation) as failure:
        replace(connection, account, [window(4, *first), window(4, *second)])
    assert failure.value.diag.message_primary == (
        f"LinkedIn account {account[1]} of workspace {account[0]} would have two"
        f" windows at once on weekday 4: {said}"
    )


def test_rows_that_overlap_are_refused_at_commit(connection, account):
    add(connection, account, 4, "09:00", "12:00")
    add(connection, account, 4, "11:00", "13:00")
    with pytest.raises(CheckViolation) as failure:
        check_now(connection)
    assert failure.value.diag.message_primary == (
        f"LinkedIn account {account[1]} (Anisha) of workspace {account[0]} has two"
        " windows at once on weekday 4: 09:00:00 to 12:00:00 and 11:00:00 to 13:00:00"
    )


def test_an_update_that_makes_windows_overlap_is_refused(connection, account):
    add(connection, account, 4, "09:00", "12:00")
    add(connection, account, 4, "13:00", "14:00")
    check_now(connection)
    with pytest.raises(CheckViolation, match="two windows at once on weekday 4"):
        connection.execute(
            "update outreach.linkedin_account_sending_windows set closes = '13:01'"
            " where workspace_id = %s and account_id = %s and opens = '09:00'",
            account,
        )


def test_windows_may_overlap_until_the_commit(connection, account):
    add(connection, account, 4, "09:00", "12:00")
    add(connection, account, 4, "11:00", "13:00")
    connection.execute(
        "update outreach.linkedin_account_sending_windows set closes = '11:00'"
        " where workspace_id = %s and account_id = %s and opens = '09:00'",
        account,
    )
    check_now(connection)
    assert len(stored(connection, account)) == 2


def test_windows_of_two_weekdays_do_not_overlap(connection, account):
    add(connection, account, 4, "09:00", "12:00")
    add(connection, account, 5, "09:00", "12:00")
    check_now(connection)
    assert len(stored(connection, account)) == 2


@pytest.mark.parametrize("closes", ["09:00", "17:00"])
def test_a_window_that_closes_before_it_opens_is_refused(connection, account, closes):
    with pytest.raises(CheckViolation) as failure:
        replace(connection, account, [window(1, "17:00", closes)])
    assert failure.value.diag.message_primary == (
        f"a sending window of LinkedIn account {account[1]} of workspace {account[0]}"
        f" on weekday 1 opens at 17:00:00 and closes at {closes}:00, not after it"
    )
    assert "passes midnight is two" in failure.value.diag.message_hint


@pytest.mark.parametrize("weekday", [0, 8])
def test_a_weekday_outside_the_week_is_refused(connection, account, weekday):
    with pytest.raises(CheckViolation, match=f"is on weekday {weekday}") as failure:
        add(connection, account, weekday, "09:00", "10:00")
    assert "from 1, Monday, to 7, Sunday" in failure.value.diag.message_hint


def test_a_snapshot_too_old_to_see_others_windows_is_refused(database):
    with database.connect() as opened:
        workspace_id = make_workspace(opened)
        account = (workspace_id, make_account(opened, workspace_id, windows=()))
        opened.commit()
        opened.execute("set transaction isolation level repeatable read")
        add(opened, account, 4, "09:00", "12:00")
        with pytest.raises(InvalidTransactionState, match="READ COMMITTED only"):
            opened.commit()


def is_waiting(watcher, connection):
    return watcher.execute(
        "select exists (select 1 from pg_locks where pid = %s and not granted)",
        [connection.info.backend_pid],
    ).fetchone()[0]


def test_of_two_windows_added_at_once_only_one_passes(database):
    with database.connect() as first, database.connect() as second:
        workspace_id = make_workspace(first)
        account = (workspace_id, make_account(first, workspace_id, windows=()))
        first.commit()
        add(first, account, 4, "09:00", "12:00")
        add(second, account, 4, "11:00", "13:00")
        # The first has made its check and not ended; the second has to wait for it.
        check_now(first)
        failures = []

        def commit_second():
            try:
                second.commit()
            except CheckViolation as failure:
                failures.append(failure)

        thread = threading.Thread(target=commit_second)
        thread.start()
        with database.connect(autocommit=True) as watcher:
            while thread.is_alive() and not is_waiting(watcher, second):
                pass
        first.commit()
        thread.join()
        assert len(failures) == 1
        assert stored(first, account) == [(4, "09:00:00", "12:00:00")]
        first.rollback()
