"""A person's decision on a call that nobody answered: shown first, kept with reason."""

import datetime as dt

import psycopg
import pytest

from demo.journal_comparison import find_violations
from tests.support.command_line import ran_as_a_process, ran_here
from tests.support.rows import (
    NOON,
    REFUSED,
    begin,
    claim,
    make_account,
    make_campaign,
    make_enrollments,
    make_workspace,
    record,
)


class Lost:
    """One invite whose call was begun and answered with a time-out."""

    def __init__(self, connection):
        self.workspace_id = make_workspace(connection)
        account_id = make_account(connection, self.workspace_id)
        campaign_id, (step_id, _) = make_campaign(connection, self.workspace_id)
        make_enrollments(
            connection, self.workspace_id, account_id, campaign_id, step_id
        )
        job_ids = claim(connection, self.workspace_id)
        ((_, self.attempt_id, _),) = begin(connection, self.workspace_id, job_ids)
        record(
            connection,
            self.workspace_id,
            self.attempt_id,
            **REFUSED | {"http_status": 504},
        )


@pytest.fixture
def lost(connection):
    return Lost(connection)


def resolve(connection, lost, is_sent, actor="Ines", reason="seen on LinkedIn"):
    row = connection.execute(
        "select job_status, linkedin_status, next_action_at"
        " from outreach.resolve_unknown_send(%s, %s, %s, %s, %s, %s)",
        [
            lost.workspace_id,
            lost.attempt_id,
            is_sent,
            actor,
            reason,
            NOON + dt.timedelta(hours=1),
        ],
    ).fetchone()
    connection.execute("set constraints all immediate")
    return row


def test_a_send_that_a_person_saw_is_completed(connection, lost):
    assert resolve(connection, lost, True) == ("completed", "pending_accept", None)
    assert find_violations(connection, None) == []


def test_a_send_that_a_person_missed_is_queued_again(connection, lost):
    assert resolve(connection, lost, False) == ("queued", "ready_to_invite", NOON)
    assert find_violations(connection, None) == []


def test_the_decision_keeps_who_made_it_and_why(connection, lost):
    resolve(connection, lost, True)
    assert connection.execute(
        "select outcome, decided_by, actor, reason"
        " from outreach.send_attempt_outcomes"
        " where workspace_id = %s order by outcome_id desc limit 1",
        [lost.workspace_id],
    ).fetchone() == ("decided_sent", "person", "Ines", "seen on LinkedIn")


@pytest.mark.parametrize(("actor", "reason"), [("", "why"), ("Ines", ""), (None, "x")])
def test_a_decision_without_a_name_or_a_reason_is_refused(
    connection, lost, actor, reason
):
    with pytest.raises(psycopg.errors.CheckViolation, match="an actor and a reason"):
        resolve(connection, lost, True, actor, reason)


def test_the_database_refuses_a_persons_outcome_without_a_reason(connection, lost):
    with pytest.raises(psycopg.errors.CheckViolation, match="says_who_and_why"):
        connection.execute(
            "insert into outreach.send_attempt_outcomes (workspace_id, attempt_id,"
            " outcome, means, decided_by, recorded_at)"
            " values (%s, %s, 'decided_sent', 'sent', 'person', %s)",
            [lost.workspace_id, lost.attempt_id, NOON],
        )


@pytest.mark.parametrize("is_sent", [True, False])
def test_what_is_decided_is_not_decided_again(connection, lost, is_sent):
    resolve(connection, lost, is_sent)
    with pytest.raises(
        psycopg.errors.ObjectNotInPrerequisiteState, match="needs no decision"
    ):
        resolve(connection, lost, not is_sent)


def test_an_attempt_that_is_not_there_is_named(connection, lost):
    lost.attempt_id = 999_999_999
    with pytest.raises(psycopg.errors.NoDataFound, match="has no attempt 999999999"):
        resolve(connection, lost, True)


@pytest.fixture
def committed(database):
    with database.connect() as connection:
        lost = Lost(connection)
    lost.database = database
    return lost


def run(lost, *arguments, how=ran_here, **environment):
    variables = lost.database.environment() | environment
    return how(variables, "send", "decide", *arguments)


def state(lost):
    with lost.database.connect() as connection:
        return connection.execute(
            "select status from outreach.campaign_send_jobs"
        ).fetchone()[0]


def arguments(lost, *more):
    return (
        lost.attempt_id,
        "--workspace",
        lost.workspace_id,
        "--reason",
        "seen on LinkedIn",
        *more,
    )


def test_without_commit_the_script_only_shows_what_would_follow(committed):
    finished = run(committed, *arguments(committed, "--sent"), how=ran_as_a_process)
    assert finished.returncode == 0, finished.stderr
    assert "would be completed" in finished.stdout
    assert "Nothing was written" in finished.stdout
    assert state(committed) == "unknown"


def test_a_commit_without_its_confirmation_changes_nothing(committed):
    finished = run(committed, *arguments(committed, "--sent", "--commit"))
    assert finished.returncode == 2
    assert "CONFIRM=yes" in finished.stderr
    assert state(committed) == "unknown"


def test_a_confirmed_decision_is_kept(committed):
    finished = run(
        committed, *arguments(committed, "--unsent", "--commit"), CONFIRM="yes"
    )
    assert finished.returncode == 0, finished.stderr
    assert "is queued" in finished.stdout
    assert state(committed) == "queued"


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ((999, "--sent"), "has no attempt 999"),
        (("abc", "--sent"), "is not a valid id"),
        ((1,), "give --sent or --unsent"),
    ],
)
def test_a_mistake_gets_a_sentence(committed, changed, says):
    finished = run(
        committed, changed[0], *arguments(committed, *changed[1:])[1:], CONFIRM="yes"
    )
    assert finished.returncode != 0
    assert says in finished.stderr
    assert "Traceback" not in finished.stderr
