"""After the database's clock was ahead, the steps in docs/operations.md lead back."""

import datetime as dt
import re

import pytest

from tests.support.queued_jobs import set_limit
from tests.support.rows import NOON, begin, claim, send_one
from trueup.paths import PROJECT_ROOT

DAYS_AHEAD = 30
AHEAD = NOON + dt.timedelta(days=DAYS_AHEAD)


def documented_sql():
    text = (PROJECT_ROOT / "docs" / "operations.md").read_text()
    section = text.split("## After the clock was ahead")[1]
    return re.findall(r"```sql\n(.*?)```", section, re.DOTALL)


def in_the_tests_time(statement):
    """Rows of these tests are dated by NOON and not by the server's clock."""
    return statement.replace("clock_timestamp()", f"'{NOON.isoformat()}'::timestamptz")


@pytest.mark.parametrize("gap", ["0", "10 minutes"])
def test_the_next_send_waits_for_real_time_to_pass_the_newest(connection, queue, gap):
    set_limit(connection, queue, "day", 1, gap=gap)
    assert send_one(connection, queue.workspace_id, AHEAD) == ["sent_proven"]
    assert claim(connection, queue.workspace_id) == []
    assert connection.execute(
        "select blocker, lifts_at - %s::interval from outreach.action_gates(%s,"
        " array[%s::bigint], array['send_invite'], %s)",
        [gap, queue.workspace_id, queue.account_id, NOON],
    ).fetchone() == ("minimum_gap", AHEAD)
    tomorrow = AHEAD + dt.timedelta(days=1)
    assert send_one(connection, queue.workspace_id, tomorrow) == ["sent_proven"]


def test_the_attempts_of_the_future_are_found(connection, queue):
    set_limit(connection, queue, "day", 1)
    send_one(connection, queue.workspace_id, AHEAD)
    ahead, _, _ = documented_sql()
    assert connection.execute(in_the_tests_time(ahead)).fetchall() == [
        (queue.workspace_id, queue.account_id, "send_invite", 1, AHEAD)
    ]


@pytest.mark.parametrize("is_begun", [True, False])
def test_leases_of_the_future_end(connection, queue, is_begun):
    job_ids = claim(connection, queue.workspace_id, batch=1, as_of=AHEAD)
    if is_begun:
        begin(connection, queue.workspace_id, job_ids, as_of=AHEAD)
    _, leases, _ = documented_sql()
    ended = connection.execute(in_the_tests_time(leases)).fetchall()
    assert (queue.workspace_id, int(not is_begun), int(is_begun)) in ended
    others = [row for row in ended if row[0] != queue.workspace_id]
    assert all(row[1:] == (0, 0) for row in others)


def test_holds_of_the_future_are_deleted(connection, queue):
    connection.execute(
        "insert into outreach.linkedin_account_holds values"
        " (%s, %s, 'send_invite', %s, 'a test', %s)",
        [queue.workspace_id, queue.account_id, AHEAD, AHEAD],
    )
    assert send_one(connection, queue.workspace_id) == []
    _, _, holds = documented_sql()
    connection.execute(in_the_tests_time(holds))
    assert send_one(connection, queue.workspace_id) == ["sent_proven"]
