"""What a limit may say (each refusal is a sentence, not a constraint's name)."""

import pytest
from psycopg.errors import CheckViolation

from tests.support.rows import make_account, make_workspace


@pytest.fixture
def account(connection):
    workspace_id = make_workspace(connection)
    return workspace_id, make_account(connection, workspace_id, limits=())


def limit(connection, account, action, per, limit_count, minimum_gap="0", *ramp):
    """ramp: its goal, its growth per day and its first day."""
    connection.execute(
        "insert into outreach.linkedin_account_limits"
        " values (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
        [*account, action, per, limit_count, minimum_gap, *(ramp or [None] * 3)],
    )


@pytest.mark.parametrize(
    ("values", "sentence", "advice"),
    [
        (
            ("send_invite", "day", -1),
            "on send_invite per day is negative: -1",
            "The least limit is 0",
        ),
        (
            ("send_invite", "day", 80, "-1 minute"),
            "on send_invite per day has a negative gap: -00:01:00",
            "The least gap is 0",
        ),
        (
            ("send_invite", "day", 80, "290000 years"),
            "on send_invite per day has a gap of over a year: 290000 years",
            "A limit of 0 stops the action",
        ),
        (
            ("send_invite", "week", 200, "1 minute"),
            "on send_invite per week has a gap of 00:01:00",
            "The gap stands on the limit per day",
        ),
        (
            ("send_invites", "day", 80),
            "on send_invites per day is on an action that does not exist: send_invites",
            "Limits are for resolve_profile, send_invite, send_invite_with_note, ",
        ),
        (
            ("send_invite", "year", 80),
            "on send_invite per year is per something that does not exist: year",
            "A limit is per day, week, month or outstanding",
        ),
        (
            ("send_message", "outstanding", 80),
            "on send_message per outstanding counts what is never outstanding",
            "Only invites are outstanding",
        ),
        (
            ("send_invite", "day", 5, "0", 9, "NaN", "2026-05-04"),
            "on send_invite per day would grow by NaN per day",
            "A ramp grows by more than 0 per day",
        ),
        (
            ("send_invite", "day", 5, "0", 9, 1, "infinity"),
            "on send_invite per day has a ramp that starts at infinity",
            "A ramp starts on a day of the calendar",
        ),
    ],
)
def test_a_limit_that_makes_no_sense_is_refused(
    connection, account, values, sentence, advice
):
    with pytest.raises(CheckViolation) as failure:
        limit(connection, account, *values)
    said = failure.value.diag
    assert said.message_primary == (
        f"the limit of LinkedIn account {account[1]} of workspace {account[0]}"
        f" {sentence}"
    )
    assert said.message_hint.startswith(advice)


def test_a_limit_cannot_become_negative(connection, account):
    limit(connection, account, "send_invite", "day", 80)
    with pytest.raises(CheckViolation, match="is negative: -5"):
        connection.execute(
            "update outreach.linkedin_account_limits set limit_count = -5"
            " where workspace_id = %s and account_id = %s",
            account,
        )


def test_a_limit_of_nothing_and_a_gap_are_allowed(connection, account):
    limit(connection, account, "comment", "day", 0, "90 seconds")
    limit(connection, account, "send_invite", "outstanding", 1000)
    assert connection.execute(
        "select count(*) from outreach.linkedin_account_limits"
        " where workspace_id = %s and account_id = %s",
        account,
    ).fetchone() == (2,)
