"""An outcome gives a part of a limit back, so the sender cannot write one by itself."""

import psycopg
import pytest

from tests.support.rows import (
    NOON,
    begin,
    claim,
    make_account,
    make_campaign,
    make_enrollments,
    make_workspace,
    record,
)


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
        assert record(connection, *attempt) == "sent_proven"


def test_the_sender_ends_a_lease_without_an_answer(database, attempt):
    with database.connect(role="sender") as connection:
        ended = connection.execute(
            "select unknown from outreach.expire_send_leases(%s, 'infinity')",
            [attempt[0]],
        ).fetchone()
    assert ended == (1,)


WRITERS = {
    "append_send_outcomes": {"sender"},
    "append_unknown_outcome": {"sender", "operator"},
    "flip_linkedin_account_status": {"sender", "operator"},
    "move_workspace_to_provider": {"operator"},
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
