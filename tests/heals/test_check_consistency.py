"""The consistency sweep is silent about a sound system and names each contradiction."""

import datetime as dt

import pytest

from demo.journal_comparison import find_violations
from tests.support.command_line import invoke
from tests.support.rows import (
    NOON,
    begin,
    claim,
    make_account,
    make_campaign,
    make_enrollments,
    make_workspace,
    send_one,
)


@pytest.fixture
def workspace(connection):
    workspace_id = make_workspace(connection)
    account_id = make_account(connection, workspace_id, minimum_gap="1 minute")
    campaign_id, (step_id, _) = make_campaign(connection, workspace_id)
    make_enrollments(
        connection, workspace_id, account_id, campaign_id, step_id, count=4
    )
    for minute in range(3):
        send_one(connection, workspace_id, NOON + dt.timedelta(minutes=minute))
    return workspace_id


def kinds(connection):
    return sorted({violation[0] for violation in find_violations(connection, None)})


def break_rules(connection, statement):
    connection.execute("set constraints all immediate")
    connection.execute("set local session_replication_role = replica")
    connection.execute(statement)


def test_a_sound_system_has_no_violations(connection, workspace):
    assert kinds(connection) == []


@pytest.mark.parametrize(
    ("kind", "statement"),
    [
        (
            "lost",
            "delete from outreach.campaign_events where event_type = 'invite_sent'",
        ),
        ("lost", "delete from outreach.send_attempt_outcomes"),
        ("over_limit", "update outreach.send_attempts set limit_per_day = 2"),
        ("over_limit", "update outreach.send_attempts set limit_per_week = 2"),
        (
            "outside_window",
            "update outreach.send_attempts set window_opens = '12:02'",
        ),
        ("unpaired", "update outreach.campaign_prospects set next_action_at = now()"),
        (
            "unpaired",
            # status-writer: on purpose, the sweep must find it
            "update outreach.linkedin_accounts set status = 'disconnected',"
            " status_seq = 2",
        ),
        (
            "unpaired",
            "update outreach.campaign_prospects set linkedin_status = 'replied'",
        ),
        (
            "misplaced",
            "delete from outreach.campaign_prospects where enrollment_id ="
            " (select enrollment_id from outreach.campaign_send_jobs"
            " where status = 'queued')",
        ),
        (
            "misplaced",
            "update outreach.campaign_prospects set linkedin_status = 'replied'",
        ),
        (
            "misplaced",
            "update outreach.campaign_send_jobs set account_id = account_id + 1",
        ),
        (
            "misplaced",
            "update outreach.campaign_send_jobs set action = 'send_message'",
        ),
        (
            "misplaced",
            "update outreach.campaign_send_jobs set step_id = step_id + 1",
        ),
        (
            "misplaced",
            "delete from outreach.campaign_send_jobs where status = 'queued'",
        ),
        ("miscounted", "update outreach.linkedin_daily_counters set count = 142"),
        ("miscounted", "update outreach.linkedin_daily_counters set count = 1"),
        (
            "duplicated",
            "update outreach.send_attempts set enrollment_id ="
            " (select min(enrollment_id) from outreach.send_attempts)",
        ),
    ],
)
def test_each_contradiction_is_named(connection, workspace, kind, statement):
    break_rules(connection, statement)
    assert kind in kinds(connection)


def test_each_attempt_without_an_outcome_is_stuck_by_its_job(connection, workspace):
    break_rules(
        connection,
        "delete from outreach.send_attempt_outcomes where attempt_id ="
        " (select max(attempt_id) from outreach.send_attempts)",
    )
    found = connection.execute(
        "select violations.kind, violations.subject, violations.detail"
        " from outreach.ledger_violations(%s) as violations order by 1, 2",
        [workspace],
    ).fetchall()
    job_id, attempt_id, event_id = connection.execute(
        "select attempts.job_id, attempts.attempt_id, events.event_id"
        " from outreach.send_attempts as attempts"
        " inner join outreach.campaign_events as events"
        " using (workspace_id, attempt_id)"
        " order by 2 desc limit 1"
    ).fetchone()
    assert found == [
        (
            "lost",
            f"event {event_id}",
            f"tells of attempt {attempt_id}, which is not known sent",
        ),
        (
            "lost",
            f"job {job_id}",
            "is completed, but none of its attempts is known sent",
        ),
        (
            "stuck",
            f"attempt {attempt_id}",
            "has no outcome, but its job is completed",
        ),
    ]


def test_all_attempts_of_a_job_without_an_outcome_are_stuck(connection, workspace):
    break_rules(
        connection,
        "delete from outreach.send_attempt_outcomes; update outreach.send_attempts"
        " set job_id = (select min(job_id) from outreach.send_attempts)",
    )
    (stuck,) = connection.execute(
        "select array_agg(subject) from outreach.ledger_violations(%s)"
        " where kind = 'stuck'",
        [workspace],
    ).fetchone()
    (attempts,) = connection.execute(
        "select array_agg('attempt ' || attempt_id) from outreach.send_attempts"
    ).fetchone()
    assert sorted(stuck) == sorted(attempts)
    assert len(attempts) == 3


def test_a_send_tried_again_is_duplicated_unless_the_first_is_unsent(
    connection, workspace
):
    again = (
        "update outreach.send_attempts set enrollment_id ="
        " (select min(enrollment_id) from outreach.send_attempts)"
    )
    break_rules(connection, again)
    count = (
        "select detail from outreach.ledger_violations(%s) where kind = 'duplicated'"
    )
    ((before,),) = connection.execute(count, [workspace]).fetchall()
    unsent = (
        "update outreach.send_attempt_outcomes set means = 'unsent' where attempt_id <>"
        " (select max(attempt_id) from outreach.send_attempts)"
    )
    connection.execute(unsent)

    assert before.startswith("3 attempts of send_invite on step ")
    assert connection.execute(count, [workspace]).fetchall() == []


@pytest.mark.parametrize("of_workspace_id", ["null", "1"])
def test_the_ledger_is_compared_by_grouping(connection, workspace, of_workspace_id):
    """A join that is planned for few attempts lasts for hours over many."""
    plans = []
    connection.add_notice_handler(lambda notice: plans.append(notice.message_primary))
    connection.execute("load 'auto_explain'")
    connection.execute(
        "set local auto_explain.log_min_duration = 0;"
        " set local auto_explain.log_nested_statements = on;"
        " set local auto_explain.log_level = 'notice'"
    )
    connection.execute(f"select outreach.ledger_violations({of_workspace_id})")
    (plan,) = [text for text in plans if "as repeated" in text]

    # Only the few sends that were tried again are looked up, one by one.
    assert "Join" not in plan.split("Append", 1)[1]
    assert plan.count("Nested Loop") <= 2


def test_a_lease_that_ended_long_ago_is_stuck(connection, workspace):
    later = NOON + dt.timedelta(minutes=10)
    begin(connection, workspace, claim(connection, workspace, as_of=later), as_of=later)
    assert kinds(connection) == ["stuck"]


@pytest.mark.parametrize(
    ("statement", "exit_code", "line"),
    [
        ("select 1", 0, "0 over limit"),
        (
            "update outreach.linkedin_daily_counters set count = count + 1",
            1,
            "1 miscounted",
        ),
    ],
)
def test_the_script_counts_each_kind_and_exits_with_1_on_any(
    database, monkeypatch, statement, exit_code, line
):
    monkeypatch.setenv("PGDATABASE", database.name)
    with database.connect() as opened:
        workspace_id = make_workspace(opened)
        account_id = make_account(opened, workspace_id)
        campaign_id, (step_id, _) = make_campaign(opened, workspace_id)
        make_enrollments(opened, workspace_id, account_id, campaign_id, step_id)
        send_one(opened, workspace_id)
        opened.execute(statement)
    told = invoke("db", "check")
    assert told.exit_code == exit_code
    assert line in told.output.splitlines()
    kinds = [each.split(" ", 1)[1] for each in told.output.splitlines()[-8:]]
    assert kinds[:4] == ["duplicated", "lost", "stuck", "over limit"]
