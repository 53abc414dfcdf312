"""daily_account_counters and account_counter_drift, over rows in a real database."""

import datetime as dt
import random
import re

import pytest

from tests.support.dbt_runner import DbtFailureError, run_dbt
from tests.support.ledger_rows import (
    delete_events,
    insert_attempt,
    insert_sent_event,
    loading,
    set_counter,
)
from tests.support.rows import (
    NOON,
    make_account,
    make_campaign,
    make_enrollments,
    make_workspace,
    send_one,
)

TODAY = NOON.date()
YESTERDAY = TODAY - dt.timedelta(days=1)
COUNTERS = "daily_account_counters"
HOUR = dt.timedelta(hours=1)


def counters(connection):
    """(day, action, actual, in flight, counter, attempts begun) in order."""
    rows = connection.execute(
        "select counted_on, action, actual, in_flight, counter, attempts_begun"
        " from analytics.daily_account_counters"
        " order by counted_on, workspace_id, account_id, action"
    ).fetchall()
    connection.commit()
    return rows


def drifts(connection):
    rows = connection.execute(
        "select cached, recomputed, drift, kind, limit_per_day, drifting_since"
        " from analytics.account_counter_drift order by workspace_id, account_id"
    ).fetchall()
    connection.commit()
    return rows


def send_invites(connection, account, count, counted_on=TODAY):
    with loading(connection):
        for _ in range(count):
            insert_attempt(connection, account, NOON - HOUR, counted_on)


def test_a_counter_of_142_is_recomputed_as_12(modelled, opened, anisha):
    send_invites(opened, anisha, 12)
    with loading(opened):
        set_counter(opened, anisha, TODAY, 142, NOON)
    run_dbt(modelled, "run", COUNTERS, as_of=NOON)
    assert (TODAY, "send_invite", 12, 12, 12, 12) in counters(opened)
    assert drifts(opened) == [(142, 12, 130, "inflation", 80, NOON)]


def test_an_inflated_value_in_the_mart_does_not_survive(modelled, opened, anisha):
    send_invites(opened, anisha, 12)
    run_dbt(modelled, "run", COUNTERS, as_of=NOON)
    opened.execute("update analytics.daily_account_counters set counter = 142")
    opened.commit()
    run_dbt(modelled, "run", COUNTERS, as_of=NOON)
    assert counters(opened) == [(TODAY, "send_invite", 12, 12, 12, 12)]


def test_a_drift_is_counted_from_rows_and_not_from_the_mart(modelled, opened, anisha):
    send_invites(opened, anisha, 12)
    with loading(opened):
        set_counter(opened, anisha, TODAY, 12, NOON)
    run_dbt(modelled, "run", COUNTERS, as_of=NOON)
    opened.execute("update analytics.daily_account_counters set counter = 142")
    opened.commit()
    assert drifts(opened) == [(12, 12, 0, "none", 80, None)]


def test_an_attempt_is_in_flight_until_it_is_known_unsent(modelled, opened, anisha):
    with loading(opened):
        for means in (
            ("sent",),
            ("unknown",),
            (),
            ("unsent",),
            ("unknown", "unsent"),
            ("unsent", "sent"),
        ):
            insert_attempt(opened, anisha, NOON, means=means)
    run_dbt(modelled, "run", COUNTERS, as_of=NOON)
    assert (TODAY, "send_invite", 2, 4, 4, 6) in counters(opened)


def test_events_without_attempts_count_as_well(modelled, opened, anisha):
    with loading(opened):
        for _ in range(3):
            insert_sent_event(opened, anisha, NOON, TODAY)
        insert_attempt(opened, anisha, NOON, means=(), has_event=False)
    run_dbt(modelled, "run", COUNTERS, as_of=NOON)
    assert (TODAY, "send_invite", 3, 1, 3, 1) in counters(opened)


def test_a_rebuilt_day_drops_rows_whose_events_are_gone(modelled, opened, anisha):
    days = {"from_date": YESTERDAY, "to_date": YESTERDAY}
    with loading(opened):
        insert_attempt(opened, anisha, NOON, YESTERDAY, action="send_message")
        insert_attempt(opened, anisha, NOON, YESTERDAY)
    run_dbt(modelled, "run", COUNTERS, as_of=NOON, **days)
    assert counters(opened) == [
        (YESTERDAY, "send_invite", 1, 1, 1, 1),
        (YESTERDAY, "send_message", 1, 1, 1, 1),
    ]
    with loading(opened):
        delete_events(opened, anisha)
    run_dbt(modelled, "run", COUNTERS, as_of=NOON, **days)
    assert counters(opened) == [(YESTERDAY, "send_invite", 0, 0, 0, 0)]


def test_a_rebuilt_day_has_the_same_rows_every_time(modelled, opened, anisha):
    days = {"from_date": YESTERDAY, "to_date": TODAY}
    send_invites(opened, anisha, 3, YESTERDAY)
    send_invites(opened, anisha, 5, TODAY)
    seen = []
    for _ in range(3):
        run_dbt(modelled, "run", COUNTERS, as_of=NOON, **days)
        seen.append(
            opened.execute(
                "select * from analytics.daily_account_counters order by counted_on"
            ).fetchall()
        )
        opened.commit()
    assert len(seen[0]) == 2
    assert seen == [seen[0]] * 3


def test_a_rebuild_touches_no_other_day(modelled, opened, anisha):
    send_invites(opened, anisha, 3, YESTERDAY)
    send_invites(opened, anisha, 5, TODAY)
    days = {"from_date": YESTERDAY, "to_date": TODAY}
    run_dbt(modelled, "run", COUNTERS, as_of=NOON, **days)
    with loading(opened):
        delete_events(opened, anisha)
    days["from_date"] = TODAY
    run_dbt(modelled, "run", COUNTERS, as_of=NOON, **days)
    assert [(row[0], row[4]) for row in counters(opened)] == [
        (YESTERDAY, 3),
        (TODAY, 0),
    ]


def test_a_full_refresh_keeps_the_history(modelled, opened, anisha):
    long_ago = TODAY - dt.timedelta(days=90)
    send_invites(opened, anisha, 3, long_ago)
    days = {"from_date": long_ago, "to_date": long_ago}
    run_dbt(modelled, "run", COUNTERS, as_of=NOON, **days)
    run_dbt(modelled, "run", COUNTERS, as_of=NOON, is_full_refresh=True)
    assert counters(opened)[0] == (long_ago, "send_invite", 3, 3, 3, 3)


def test_an_account_in_a_forgotten_time_zone_stops_no_other(modelled, opened, anisha):
    lost = make_account(opened, anisha[0], name="Lost")
    with loading(opened):
        opened.execute(
            "update outreach.linkedin_accounts set timezone = 'Mars/Olympus'"
            " where account_id = %s",
            [lost],
        )
    send_invites(opened, anisha, 3)
    run_dbt(modelled, "run", COUNTERS, as_of=NOON)
    assert counters(opened)[0] == (TODAY, "send_invite", 3, 3, 3, 3)
    assert opened.execute(
        "select count(*) from analytics.daily_account_counters where account_id = %s",
        [lost],
    ).fetchone() == (2,)


def test_a_table_made_without_room_in_its_pages_is_given_some(modelled, opened, anisha):
    run_dbt(modelled, "run", COUNTERS, as_of=NOON)
    opened.execute("alter table analytics.daily_account_counters reset (fillfactor)")
    opened.commit()
    run_dbt(modelled, "run", COUNTERS, as_of=NOON)
    assert opened.execute(
        "select reloptions from pg_class"
        " where oid = 'analytics.daily_account_counters'::regclass"
    ).fetchone() == (["fillfactor=45"],)


def test_a_column_that_the_model_gained_is_added(modelled, opened, anisha):
    run_dbt(modelled, "run", COUNTERS, as_of=NOON)
    opened.execute("alter table analytics.daily_account_counters drop column actual")
    opened.commit()
    send_invites(opened, anisha, 3)
    run_dbt(modelled, "run", COUNTERS, as_of=NOON)
    assert counters(opened) == [(TODAY, "send_invite", 3, 3, 3, 3)]


@pytest.mark.parametrize(
    ("timezone", "local_day"),
    [
        ("Pacific/Kiritimati", dt.date(2026, 5, 5)),
        ("UTC", dt.date(2026, 5, 4)),
        ("Etc/GMT+12", dt.date(2026, 5, 3)),
    ],
)
def test_a_send_counts_on_the_accounts_own_day(modelled, opened, timezone, local_day):
    eleven = NOON - HOUR
    workspace_id = make_workspace(opened)
    account_id = make_account(opened, workspace_id, timezone=timezone)
    campaign_id, (step_id, _) = make_campaign(opened, workspace_id)
    make_enrollments(
        opened, workspace_id, account_id, campaign_id, step_id, run_at=eleven
    )
    opened.commit()
    assert send_one(opened, workspace_id, as_of=eleven) == ["sent_proven"]
    opened.commit()
    models = ("+daily_account_counters", "+account_counter_drift")
    run_dbt(modelled, "run", *models, as_of=eleven)
    assert [row[0] for row in counters(opened) if row[4] == 1] == [local_day]
    # A day that has not begun where the account lives has no row yet.
    todays = [dt.date(2026, 5, 3), dt.date(2026, 5, 4), dt.date(2026, 5, 5)]
    assert [row[0] for row in counters(opened)] == [
        day for day in todays if day <= local_day
    ]
    assert drifts(opened) == [(1, 1, 0, "none", 80, None)]


def test_the_models_and_the_heal_agree_on_every_drift(modelled, opened):
    chance = random.Random(273)
    workspace_id = make_workspace(opened)
    accounts = [
        (workspace_id, make_account(opened, workspace_id, name=str(number)))
        for number in range(12)
    ]
    opened.commit()
    with loading(opened):
        for _ in range(150):
            means = chance.sample(["sent", "unsent", "unknown"], chance.randrange(4))
            insert_attempt(opened, chance.choice(accounts), NOON, means=means)
        for account in accounts:
            set_counter(opened, account, TODAY, chance.randrange(25), NOON)
    seen = opened.execute(
        "select account_id, cached, recomputed, kind"
        " from analytics.account_counter_drift where kind <> 'none' order by 1"
    ).fetchall()
    opened.commit()
    healed = opened.execute(
        "select account_id, before, after, kind"
        " from outreach.heal_daily_counters(%s, 'test', %s) order by 1",
        [workspace_id, NOON],
    ).fetchall()
    assert {kind for *_, kind in seen} == {"inflation", "release", "shortfall"}
    assert seen == healed


def test_the_mart_of_days_and_the_truth_count_the_same(modelled, opened):
    chance = random.Random(280)
    workspace_id = make_workspace(opened)
    accounts = [
        (workspace_id, make_account(opened, workspace_id, name=str(number)))
        for number in range(6)
    ]
    opened.commit()
    with loading(opened):
        for _ in range(300):
            means = chance.sample(["sent", "unsent", "unknown"], chance.randrange(4))
            insert_attempt(
                opened,
                chance.choice(accounts),
                NOON - 24 * HOUR * chance.randrange(3),
                means=means,
                action=chance.choice(["send_invite", "send_message"]),
                has_event=chance.random() < 0.9,
                recorded_at=NOON,
            )
    days = {"from_date": TODAY - dt.timedelta(days=2), "to_date": TODAY}
    run_dbt(modelled, "run", COUNTERS, as_of=NOON, **days)
    columns = "account_id, action, counted_on, actual, in_flight, attempts_begun"
    in_mart = opened.execute(
        f"select {columns}, counter from analytics.daily_account_counters"
        " where attempts_begun > 0 order by 1, 2, 3"
    ).fetchall()
    in_truth = opened.execute(
        f"select {columns}, truth from outreach.daily_counter_truths() order by 1, 2, 3"
    ).fetchall()
    assert len(in_mart) == 6 * 3 * 2
    assert in_mart == in_truth


def test_a_drift_says_what_kind_it_is_and_since_when(modelled, opened):
    nine, ten = NOON - 3 * HOUR, NOON - 2 * HOUR
    workspace_id = make_workspace(opened)
    accounts = [
        (workspace_id, make_account(opened, workspace_id, name=str(number)))
        for number in range(4)
    ]
    with loading(opened):
        opened.execute(
            "delete from outreach.linkedin_account_limits where account_id <> %s",
            [accounts[0][1]],
        )
        for account, cached in zip(accounts, (142, 13, 11, 12), strict=True):
            for _ in range(12):
                insert_attempt(opened, account, nine, means=("unknown",))
            if cached != 11:
                insert_attempt(
                    opened, account, nine, means=("unsent",), recorded_at=ten
                )
            set_counter(opened, account, TODAY, cached, nine)
    run_dbt(modelled, "run", "+account_counter_drift", as_of=NOON)
    assert drifts(opened) == [
        (142, 12, 130, "inflation", 80, ten),
        (13, 12, 1, "release", None, ten),
        (11, 12, -1, "shortfall", None, nine),
        (12, 12, 0, "none", None, None),
    ]


def test_a_counter_of_another_local_day_is_not_todays(modelled, opened):
    eleven = NOON - HOUR
    workspace_id = make_workspace(opened)
    account = (
        workspace_id,
        make_account(opened, workspace_id, timezone="Pacific/Kiritimati"),
    )
    tomorrow = TODAY + dt.timedelta(days=1)
    with loading(opened):
        opened.execute("delete from outreach.linkedin_account_limits")
        set_counter(opened, account, TODAY, 80, eleven)
        set_counter(opened, account, tomorrow, 3, eleven)
    run_dbt(modelled, "run", "+account_counter_drift", as_of=eleven)
    assert opened.execute(
        "select counted_on, cached, recomputed from analytics.account_counter_drift"
    ).fetchall() == [(tomorrow, 3, 0)]


@pytest.mark.parametrize(
    ("days", "sentence"),
    [
        ({"from_date": "2026-05-01"}, "stands alone. Give both from_date and to_date"),
        (
            {"from_date": "May 1", "to_date": "2026-05-01"},
            "The var from_date is 'May 1', which is not a date.",
        ),
        (
            {"from_date": "2026-05-02", "to_date": "2026-05-01"},
            "from_date 2026-05-02 is after to_date 2026-05-01. Exchange them.",
        ),
    ],
)
def test_dates_that_make_no_sense_are_refused_with_a_sentence(modelled, days, sentence):
    with pytest.raises(DbtFailureError, match=re.escape(sentence)):
        run_dbt(modelled, "run", COUNTERS, as_of=NOON, **days)
