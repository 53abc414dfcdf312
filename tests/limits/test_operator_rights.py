"""The role operator may set up an account, and changes nothing else."""

import pytest
from psycopg.errors import InsufficientPrivilege

from tests.support.rows import NOON, make_account, make_workspace


@pytest.fixture
def account(connection):
    workspace_id = make_workspace(connection)
    return workspace_id, make_account(connection, workspace_id)


@pytest.mark.parametrize(
    "call",
    [
        "outreach.add_workspace('Two', 'https://provider.test', 'UTC', 'ines')",
        "outreach.begin_hosted_auth(%(workspace_id)s, null, 'hash', null, 'ines',"
        " now(), null, 'careful', '2 years')",
        "outreach.first_settings(%(workspace_id)s, null, 'careful', null, now()::date)",
        "outreach.apply_limit_preset(%(workspace_id)s, %(account_id)s, 'careful',"
        " 'ines', '2 years')",
        "outreach.set_account_limits(%(workspace_id)s, %(account_id)s,"
        """ '[{"action": "comment", "per": "day", "limit": 5}]', 'ines')""",
        "outreach.set_account_windows(%(workspace_id)s, %(account_id)s,"
        " 'mon 9-17', 'ines')",
        "outreach.set_account_timezone(%(workspace_id)s, %(account_id)s,"
        " 'Europe/Berlin', 'ines')",
        "outreach.give_first_settings(%(workspace_id)s, %(account_id)s,"
        " 'recommended', 'ines', %(at)s)",
        "outreach.account_allowances(%(workspace_id)s, %(account_id)s, %(at)s)",
        "outreach.show_account(%(workspace_id)s, %(account_id)s, %(at)s)",
        "outreach.set_pause(%(workspace_id)s, 'account', %(account_id)s, true,"
        " 'ines', 'a holiday')",
        "outreach.pending_invites(%(workspace_id)s)",
        "outreach.withdraw_invites(%(workspace_id)s, '{}', 'ines', 'too old')",
    ],
)
def test_the_operator_may(connection, account, call):
    values = {"workspace_id": account[0], "account_id": account[1], "at": NOON}
    connection.execute("set local role operator")

    connection.execute(f"select {call}", values)


@pytest.mark.parametrize(
    "statement",
    [
        "update outreach.limit_presets set limit_count = 1000",
        "update outreach.linkedin_account_setting_audit set actor = 'nobody'",
        "update outreach.workspaces set timezone = 'UTC'",
    ],
)
def test_the_operator_may_not(connection, account, statement):
    connection.execute("set local role operator")

    with pytest.raises(InsufficientPrivilege):
        connection.execute(statement)


def test_the_sender_changes_no_setting(connection, account):
    connection.execute("set local role sender")

    with pytest.raises(InsufficientPrivilege):
        connection.execute(
            "select outreach.set_account_windows(%s, %s, 'mon 9-17', 'ines')", account
        )
