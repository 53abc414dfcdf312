"""An outcome gives a part of a limit back, so the sender cannot write one by itself."""

import datetime as dt
import types

import psycopg
import pytest

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

UNSENT = REFUSED | {"reached": "not_sent", "http_status": None}


@pytest.fixture
def queue(connection):
    """A workspace with one invite that is due."""
    workspace_id = make_workspace(connection)
    account_id = make_account(connection, workspace_id)
    campaign_id, (step_id, _) = make_campaign(connection, workspace_id)
    make_enrollments(connection, workspace_id, account_id, campaign_id, step_id)
    return types.SimpleNamespace(workspace_id=workspace_id)


@pytest.fixture
def attempt(database):
    """(workspace id, attempt id) of a call that waits for its answer."""
    with database.connect() as connection:
        workspace_id = make_workspace(connection)
        account_id = make_account(connection, workspace_id)
        campaign_id, (step_id, _) = make_campaign(connection, workspace_id)
        make_enrollments(connection, workspace_id, account_id, campaign_id, step_id)
        ((_, attempt_id, _),) = begin(
            connection, workspace_id, claim(connection, workspace_id)
        )
    return workspace_id, attempt_id


def test_the_sender_cannot_write_an_outcome_by_itself(database, attempt):
    with (
        database.connect(role="sender") as connection,
        pytest.raises(
            psycopg.errors.InsufficientPrivilege, match="send_attempt_outcomes"
        ),
    ):
        connection.execute(
            "insert into outreach.send_attempt_outcomes (workspace_id, attempt_id,"
            " outcome, means, decided_by, recorded_at)"
            " values (%s, %s, 'retry_safe', 'unsent', 'answer', %s)",
            [*attempt, NOON],
        )


def test_the_sender_cannot_decide_an_attempt_like_a_person(database, attempt):
    with (
        database.connect(role="sender") as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute(
            "select outreach.record_decision(%s, %s, 'decided_unsent', 'person', 'me',"
            " 'because', %s)",
            [*attempt, NOON],
        )


def test_the_sender_records_answers_by_their_function(database, attempt):
    with database.connect(role="sender") as connection:
        assert record(connection, *attempt, as_of=None) == "sent_proven"


def test_a_sender_answers_for_its_own_attempts_only(database, attempt):
    with (
        database.connect(role="sender") as connection,
        pytest.raises(psycopg.errors.NoDataFound, match="by worker w2"),
    ):
        record(connection, *attempt, worker="w2", as_of=None, **UNSENT)


def test_a_sender_cannot_date_an_answer(database, attempt):
    with (
        database.connect(role="sender") as connection,
        pytest.raises(psycopg.errors.CheckViolation, match="cannot be dated"),
    ):
        record(connection, *attempt, as_of=NOON, **UNSENT)


def test_an_answer_that_comes_a_day_late_gives_no_limit_back(connection, queue):
    ((_, attempt_id, _),) = begin(
        connection, queue.workspace_id, claim(connection, queue.workspace_id)
    )
    with pytest.raises(psycopg.errors.CheckViolation, match="comes too late"):
        record(
            connection,
            queue.workspace_id,
            attempt_id,
            as_of=NOON + dt.timedelta(hours=25),
            **UNSENT,
        )


def test_a_call_that_was_answered_without_a_result_is_not_answered_again_as_unsent(
    connection, queue
):
    ((_, attempt_id, _),) = begin(
        connection, queue.workspace_id, claim(connection, queue.workspace_id)
    )
    record(connection, queue.workspace_id, attempt_id, **REFUSED | {"http_status": 504})
    with pytest.raises(psycopg.errors.CheckViolation, match="was answered before"):
        record(connection, queue.workspace_id, attempt_id, **UNSENT)


def test_an_operator_writes_no_answers(database, attempt):
    with (
        database.connect(role="operator") as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute(
            "insert into outreach.send_attempt_outcomes (workspace_id, attempt_id,"
            " outcome, means, decided_by, recorded_at)"
            " values (%s, %s, 'retry_safe', 'unsent', 'answer', now())",
            [*attempt],
        )


@pytest.mark.parametrize(
    ("decided_by", "age"), [("read", "0"), ("person", "1 hour"), ("answer", "0")]
)
def test_an_operator_decides_as_a_person_and_now_only(
    database, attempt, decided_by, age
):
    with (
        database.connect(role="operator") as connection,
        pytest.raises(psycopg.errors.CheckViolation, match=r"decided by|is made by"),
    ):
        connection.execute(
            "select outreach.append_decision(%s, %s, 'decided_unsent', %s, 'me', 'why',"
            " now() - %s::interval)",
            [*attempt, decided_by, age],
        )


def test_a_call_that_is_under_way_is_not_decided(database, attempt):
    with (
        database.connect(role="operator") as connection,
        pytest.raises(
            psycopg.errors.ObjectNotInPrerequisiteState, match="needs no decision"
        ),
    ):
        connection.execute(
            "select outreach.append_decision(%s, %s, 'decided_unsent', 'person', 'me',"
            " 'why', now())",
            [*attempt],
        )


def test_an_operator_decides_an_unknown_send(database, attempt):
    workspace_id, attempt_id = attempt
    with database.connect() as connection:
        record(connection, *attempt, **REFUSED | {"http_status": 504})
    with database.connect(role="operator") as connection:
        assert connection.execute(
            "select job_status from outreach.resolve_unknown_send("
            "%s, %s, false, 'Ines', 'not there')",
            [workspace_id, attempt_id],
        ).fetchone() == ("queued",)


def test_the_sender_ends_a_lease_without_an_answer(database, attempt):
    with database.connect(role="sender") as connection:
        ended = connection.execute(
            "select unknown from outreach.expire_send_leases(%s, 'infinity')",
            [attempt[0]],
        ).fetchone()
    assert ended == (1,)


WRITERS = {
    "append_decision": {"operator"},
    "append_send_outcomes": {"sender"},
    "append_unknown_outcome": {"sender", "operator"},
    "flip_linkedin_account_status": {"sender", "operator"},
    "move_workspace_to_provider": {"operator"},
    "open_workspace_to_provider": {"operator"},
    "set_account_timezone": {"operator"},
}


@pytest.mark.parametrize("function", sorted(WRITERS))
@pytest.mark.parametrize("role", ["sender", "operator", "analyst", "validator"])
def test_a_function_with_its_owners_rights_is_called_by_its_roles_alone(
    connection, function, role
):
    may_call = connection.execute(
        "select has_function_privilege(%s, pg_proc.oid, 'execute') from pg_proc"
        " where pronamespace = 'outreach'::regnamespace and proname = %s",
        [role, function],
    ).fetchone()[0]
    assert may_call == (role in WRITERS[function])
