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
