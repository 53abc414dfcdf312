"""What the database says to an attempt that anybody inserts past the queue.

Limits hold, nothing is tried twice, and no attempt says of itself by what it is judged.
"""

import concurrent.futures
import datetime as dt

import psycopg
import pytest
from psycopg.errors import CheckViolation

from tests.support.rows import (
    NOON,
    claim,
    make_account,
    make_campaign,
    make_enrollments,
    make_workspace,
)

INSERT = (
    "insert into outreach.send_attempts (workspace_id, job_id, enrollment_id,"
    " campaign_id, step_id, prospect_id, account_id, action, worker, begun_at,"
    " counted_on, provider_account_id, request_sha256, limit_per_day, limit_per_week,"
    " limit_outstanding, minimum_gap, timezone, window_weekday, window_opens,"
    " window_closes)"
    " select jobs.workspace_id, jobs.job_id, jobs.enrollment_id, jobs.campaign_id,"
    " jobs.step_id, 1, coalesce(%(account_id)s, jobs.account_id), jobs.action,"
    " 'w', %(begun_at)s,"
    " coalesce(%(counted_on)s, spent.counted_on), 'acc', '0',"
    " coalesce(%(limit_per_day)s, spent.per_day), spent.per_week, spent.outstanding,"
    " spent.minimum_gap, coalesce(%(timezone)s, spent.timezone), spent.weekday,"
    " spent.opens, spent.closes"
    " from outreach.campaign_send_jobs as jobs"
    " cross join lateral outreach.spent_limits(jobs.workspace_id,"
    " array[jobs.account_id], array[jobs.action], %(begun_at)s) as spent"
    " where job_id = any(%(job_ids)s)"
)


def make_queue(connection, sends=3, limit_per_day=1, **limits):
    """A workspace with one account and jobs that are due; all claimed by hand.

    limits: week and outstanding, beside the day's.
    """
    workspace_id = make_workspace(connection)
    account_id = make_account(
        connection,
        workspace_id,
        limits=[
            ("send_invite", per, limit)
            for per, limit in {"day": limit_per_day, **limits}.items()
        ],
    )
    campaign_id, (step_id, _) = make_campaign(connection, workspace_id)
    make_enrollments(
        connection, workspace_id, account_id, campaign_id, step_id, count=sends
    )
    connection.execute(
        "update outreach.campaign_send_jobs set status = 'claimed', claimed_by = 'w',"
        " lease_expires_at = now() where workspace_id = %s",
        [workspace_id],
    )
    return [
        job_id
        for (job_id,) in connection.execute(
            "select job_id from outreach.campaign_send_jobs where workspace_id = %s"
            " order by job_id",
            [workspace_id],
        )
    ]


def insert_attempts(connection, job_ids, **values):
    """Inserts attempts in one statement; values: what they say, if not the truth."""
    return connection.execute(
        INSERT,
        {
            "job_ids": job_ids,
            "begun_at": NOON,
            "counted_on": None,
            "limit_per_day": None,
            "timezone": None,
            "account_id": None,
            **values,
        },
    )


def insert_attempt(connection, job_id, **values):
    insert_attempts(connection, [job_id], **values)


def test_an_attempt_over_the_limit_is_refused(connection):
    first, second, _ = make_queue(connection)
    insert_attempt(connection, first)
    with pytest.raises(CheckViolation, match="at its limit for send_invite: day"):
        insert_attempt(connection, second)


@pytest.mark.parametrize("per", ["day", "week", "outstanding"])
def test_attempts_of_one_statement_count_each_other(connection, per):
    limits = {"limit_per_day": 9} | {"limit_per_day" if per == "day" else per: 2}
    job_ids = make_queue(connection, **limits)
    with (
        pytest.raises(CheckViolation, match=f"at its limit for send_invite: {per}"),
        connection.transaction(),
    ):
        insert_attempts(connection, job_ids)
    assert insert_attempts(connection, job_ids[:2]).rowcount == 2


@pytest.mark.parametrize("is_apart", [True, False])
def test_a_gap_holds_within_a_statement_and_at_one_moment(connection, is_apart):
    first, second, _ = make_queue(connection, limit_per_day=9)
    connection.execute(
        "update outreach.linkedin_account_limits set minimum_gap = '10 minutes'"
    )
    if is_apart:
        insert_attempt(connection, first)
    with pytest.raises(CheckViolation, match="at its limit for send_invite: minimum"):
        insert_attempts(connection, [second] if is_apart else [first, second])


def test_attempts_of_one_statement_begin_at_one_moment(connection):
    first, second, _ = make_queue(connection, limit_per_day=9)
    moments = "%(begun_at)s + (jobs.job_id - %(first)s) * interval '1 second'"
    with pytest.raises(CheckViolation, match="is too late"):
        connection.execute(
            INSERT.replace("'w', %(begun_at)s,", f"'w', {moments},"),
            {
                "first": first,
                "job_ids": [first, second],
                "begun_at": NOON,
                "counted_on": None,
                "limit_per_day": None,
                "timezone": None,
                "account_id": None,
            },
        )


@pytest.mark.parametrize(
    "chosen",
    [{"counted_on": "2020-01-01"}, {"limit_per_day": 999}, {"timezone": "Asia/Tokyo"}],
    ids=str,
)
def test_a_chosen_day_limit_or_zone_is_refused(connection, chosen):
    first, second, _ = make_queue(connection)
    with (
        pytest.raises(CheckViolation, match="stores other limits than it has"),
        connection.transaction(),
    ):
        insert_attempt(connection, first, **chosen)
    insert_attempt(connection, first)
    assert connection.execute(
        "select counted_on, limit_per_day, timezone, window_weekday"
        " from outreach.send_attempts where job_id = %s",
        [first],
    ).fetchone() == (NOON.date(), 1, "UTC", 1)
    with pytest.raises(CheckViolation, match=r"at its limit|stores other limits"):
        insert_attempt(connection, second, **chosen)


def test_a_send_is_not_tried_twice(connection):
    first, *_ = make_queue(connection, limit_per_day=9)
    insert_attempt(connection, first)
    with pytest.raises(CheckViolation, match="was tried before"):
        insert_attempt(connection, first)


def test_an_attempt_in_another_accounts_name_is_refused(connection):
    first, *_ = make_queue(connection)
    (workspace_id,) = connection.execute(
        "select workspace_id from outreach.campaign_send_jobs where job_id = %s",
        [first],
    ).fetchone()
    other = make_account(connection, workspace_id)
    with pytest.raises(CheckViolation, match="no claimed job"):
        insert_attempt(connection, first, account_id=other)


def test_an_attempt_without_a_claim_is_refused(connection):
    first, *_ = make_queue(connection)
    connection.execute(
        "update outreach.campaign_send_jobs set status = 'queued', claimed_by = null,"
        " lease_expires_at = null where job_id = %s",
        [first],
    )
    with pytest.raises(CheckViolation, match="no claimed job"):
        insert_attempt(connection, first)


def test_an_attempt_dated_before_the_newest_is_refused(connection):
    first, second, _ = make_queue(connection, limit_per_day=9)
    insert_attempt(connection, first)
    with pytest.raises(CheckViolation, match="is too late"):
        insert_attempt(connection, second, begun_at=NOON - dt.timedelta(days=3))


def test_a_worker_cannot_date_its_own_attempt(connection):
    first, *_ = make_queue(connection)
    connection.execute("set local role sender")
    with pytest.raises(CheckViolation, match="cannot be dated"):
        insert_attempt(connection, first)


@pytest.mark.parametrize("is_same_job", [True, False])
def test_two_at_once_cannot_both_pass(database, is_same_job):
    with database.connect() as connection:
        first, second, _ = make_queue(connection)
    jobs = [first, first if is_same_job else second]

    def insert(job_id):
        with database.connect() as connection:
            try:
                insert_attempt(connection, job_id)
            except psycopg.Error as refusal:
                return type(refusal).__name__
        return "taken"

    with concurrent.futures.ThreadPoolExecutor(2) as senders:
        assert sorted(senders.map(insert, jobs)) == ["CheckViolation", "taken"]


def test_a_job_does_not_change_hands(connection):
    first, *_ = make_queue(connection)
    with pytest.raises(CheckViolation, match="belongs to enrollment"):
        connection.execute(
            "update outreach.campaign_send_jobs set step_id = step_id + 1"
            " where job_id = %s",
            [first],
        )


def test_an_operator_cannot_open_a_second_day_by_a_time_zone(connection):
    make_queue(connection)
    connection.execute("set local role operator")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(
            "update outreach.linkedin_accounts set timezone = 'Pacific/Kiritimati'"
        )


def test_the_claim_passes_over_an_account_that_is_not_linked(connection):
    workspace_id = make_workspace(connection)
    account_id = make_account(connection, workspace_id)
    campaign_id, (step_id, _) = make_campaign(connection, workspace_id)
    make_enrollments(connection, workspace_id, account_id, campaign_id, step_id)
    connection.execute(
        "delete from outreach.provider_accounts where workspace_id = %s", [workspace_id]
    )
    assert claim(connection, workspace_id) == []
