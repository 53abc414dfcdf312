"""A workspace with people changes its provider only where somebody names how many."""

import psycopg
import pytest

from tests.support.rows import (
    DSN,
    claim,
    make_account,
    make_campaign,
    make_enrollments,
    make_workspace,
)

REAL = "https://api1.example.com:13111"


@pytest.fixture
def workspace_id(database):
    """A workspace of two people whose invites are due."""
    with database.connect() as connection:
        workspace_id = make_workspace(connection)
        account_id = make_account(connection, workspace_id)
        campaign_id, (step_id, _) = make_campaign(connection, workspace_id)
        make_enrollments(
            connection, workspace_id, account_id, campaign_id, step_id, count=2
        )
    return workspace_id


@pytest.fixture
def operator(database):
    with database.connect(autocommit=True, role="operator") as connection:
        yield connection


def move(connection, workspace_id, people, provider_dsn=REAL):
    return connection.execute(
        "select outreach.move_workspace_to_provider(%s, %s, %s, 'me', 'a test')",
        [workspace_id, provider_dsn, people],
    ).fetchone()[0]


def provider_of(connection, workspace_id):
    return connection.execute(
        "select provider_dsn from outreach.workspaces where workspace_id = %s",
        [workspace_id],
    ).fetchone()[0]


def test_an_operator_cannot_write_the_provider(operator, workspace_id):
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="workspaces"):
        operator.execute(
            "update outreach.workspaces set provider_dsn = %s where workspace_id = %s",
            [REAL, workspace_id],
        )


def test_an_operator_renames_a_workspace(operator, workspace_id):
    assert (
        operator.execute("update outreach.workspaces set name = 'Other'").rowcount == 1
    )


@pytest.mark.parametrize("people", [None, 0, 1, 3])
def test_people_whom_the_caller_does_not_name_are_not_moved(
    operator, workspace_id, people
):
    with pytest.raises(
        psycopg.errors.ObjectNotInPrerequisiteState,
        match=f"workspace {workspace_id} has 2 people, whom it would contact through",
    ):
        move(operator, workspace_id, people)
    assert provider_of(operator, workspace_id) == DSN


def test_a_workspace_without_people_moves(operator):
    workspace_id = make_workspace(operator)
    assert move(operator, workspace_id, 0) == 0
    assert provider_of(operator, workspace_id) == REAL


def test_a_move_says_who_moved_how_many_and_why(operator, workspace_id):
    assert move(operator, workspace_id, 2) == 2
    assert operator.execute(
        "select from_provider_dsn, to_provider_dsn, people_count, actor, reason"
        " from outreach.provider_moves"
    ).fetchall() == [(DSN, REAL, 2, "me", "a test")]


def test_a_workspace_is_not_moved_under_a_claim(database, operator, workspace_id):
    with database.connect(role="sender") as sender:
        claim(sender, workspace_id)
    with pytest.raises(
        psycopg.errors.ObjectNotInPrerequisiteState, match="is being worked through"
    ):
        move(operator, workspace_id, 2)


def test_an_unknown_workspace_is_not_moved(operator):
    with pytest.raises(psycopg.errors.NoDataFound, match="there is no workspace 0"):
        move(operator, 0, 0)
