"""Counters are set to what the rows say, and every heal is logged (LL#273)."""

import concurrent.futures
import datetime as dt

import pytest

from tests.support.ledger_rows import insert_attempt, loading
from tests.support.rows import (
    NOON,
    REFUSED,
    make_account,
    make_campaign,
    make_enrollments,
    make_workspace,
    send_one,
)
from trueup.heals.daily_counters import drifted_accounts

HOUR = dt.timedelta(hours=1)
SECOND = dt.timedelta(seconds=1)


@pytest.fixture
def account(connection):
    return make_sending_account(connection)


def make_sending_account(connection, sends=3):
    workspace_id = make_workspace(connection)
    account_id = make_account(connection, workspace_id)
    campaign_id, (step_id, _) = make_campaign(connection, workspace_id)
    make_enrollments(
        connection, workspace_id, account_id, campaign_id, step_id, count=sends
    )
    for _ in range(sends):
        send_one(connection, workspace_id)
    return workspace_id, account_id


def set_counter(connection, account, count):
    connection.execute(
        "insert into outreach.linkedin_daily_counters values"
        " (%s, %s, 'send_invite', %s, %s, %s)"
        " on conflict (workspace_id, account_id, action, counted_on)"
        " do update set count = excluded.count",
        [*account, NOON.date(), count, NOON],
    )


def counter(connection, account):
    return connection.execute(
        "select sum(count) from outreach.linkedin_daily_counters"
        " where workspace_id = %s and account_id = %s",
        account,
    ).fetchone()[0]


def heal(connection, account, as_of=NOON + HOUR, look_back=24 * HOUR):
    return connection.execute(
        "select before, after, actual, in_flight, kind"
        " from outreach.heal_daily_counters(%s, 'test', %s, %s)",
        [account[0], as_of, look_back],
    ).fetchall()


def test_an_inflated_counter_comes_down_to_the_rows(connection, account):
    set_counter(connection, account, 142)
    assert heal(connection, account) == [(142, 3, 3, 3, "inflation")]
    assert counter(connection, account) == 3


def test_a_right_counter_is_left_alone(connection, account):
    assert heal(connection, account) == []


def test_a_counter_below_the_rows_comes_up(connection, account):
    set_counter(connection, account, 1)
    assert heal(connection, account) == [(1, 3, 3, 3, "shortfall")]


def test_a_missing_counter_is_made(connection, account):
    connection.execute("delete from outreach.linkedin_daily_counters")
    assert heal(connection, account) == [(0, 3, 3, 3, "shortfall")]
    assert counter(connection, account) == 3


def test_an_invite_taken_back_is_no_drift(database):
    with database.connect() as connection:
        account = make_sending_account(connection)
        with loading(connection):
            insert_attempt(
                connection,
                account,
                NOON,
                action="withdraw_invite",
                limit_per_day=None,
                has_event=False,
            )
        assert drifted_accounts(connection, NOON + HOUR) == []


def test_a_heal_run_twice_heals_once(connection, account):
    set_counter(connection, account, 142)
    heal(connection, account)
    assert heal(connection, account) == []


def test_a_send_known_unsent_is_released(connection):
    account = make_sending_account(connection, sends=0)
    campaign_id, (step_id, _) = make_campaign(connection, account[0])
    make_enrollments(connection, *account, campaign_id, step_id)
    send_one(
        connection,
        account[0],
        **REFUSED | {"http_status": 422, "error_type": "blocked_recipient"},
    )
    assert counter(connection, account) == 1
    assert heal(connection, account) == [(1, 0, 0, 0, "release")]


def test_an_unknown_send_is_counted(connection):
    account = make_sending_account(connection, sends=0)
    campaign_id, (step_id, _) = make_campaign(connection, account[0])
    make_enrollments(connection, *account, campaign_id, step_id)
    send_one(connection, account[0], reached="unanswered")
    assert heal(connection, account) == []
    set_counter(connection, account, 9)
    assert heal(connection, account) == [(9, 1, 0, 1, "inflation")]


@pytest.mark.parametrize("hours", [0, 2, 24, 168])
def test_a_day_over_less_long_ago_is_healed_and_older_ones_are_history(
    connection, account, hours
):
    midnight = NOON + 12 * HOUR
    last_look = midnight + hours * HOUR - SECOND
    set_counter(connection, account, 142)
    assert len(heal(connection, account, last_look, hours * HOUR)) == 1
    set_counter(connection, account, 142)
    assert heal(connection, account, last_look + SECOND, hours * HOUR) == []


def test_word_of_a_send_that_comes_days_later_is_no_drift_once_healed(connection):
    account = make_sending_account(connection, sends=0)
    campaign_id, (step_id, _) = make_campaign(connection, account[0])
    make_enrollments(connection, *account, campaign_id, step_id)
    send_one(connection, account[0], reached="unanswered")
    connection.execute(
        "select outreach.resolve_unknown_send(workspace_id, attempt_id, false, 'test',"
        " 'test', as_of => %s) from outreach.send_attempts where workspace_id = %s",
        [NOON + 72 * HOUR, account[0]],
    )
    assert heal(connection, account, NOON + 73 * HOUR, 2 * HOUR) == []
    assert heal(connection, account, NOON + 73 * HOUR, 168 * HOUR) == [
        (1, 0, 0, 0, "release")
    ]


def has_queued_jobs(connection, account):
    return connection.execute(
        "select exists (select 1 from outreach.campaign_send_jobs"
        " where workspace_id = %s and account_id = %s and status = 'queued')",
        account,
    ).fetchone()[0]


def test_two_heals_and_a_sender_at_once_end_at_the_truth(database):
    with database.connect() as connection:
        account = make_sending_account(connection, sends=2)
        campaign_id, (step_id, _) = make_campaign(connection, account[0])
        make_enrollments(connection, *account, campaign_id, step_id, count=30)
        set_counter(connection, account, 142)

    def send_all():
        with database.connect(autocommit=True) as connection:
            while has_queued_jobs(connection, account):
                send_one(connection, account[0])

    def heal_often():
        with database.connect(autocommit=True) as connection:
            for _ in range(10):
                heal(connection, account)

    with concurrent.futures.ThreadPoolExecutor(3) as together:
        for running in [together.submit(work) for work in (send_all, heal_often)] + [
            together.submit(heal_often)
        ]:
            running.result()

    with database.connect() as connection:
        heal(connection, account)
        assert counter(connection, account) == 32
