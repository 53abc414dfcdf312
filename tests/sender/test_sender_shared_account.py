"""Two workspaces that name the same LinkedIn account: its limits exist once."""

import psycopg
import pytest

from tests.support.rows import make_account, make_workspace
from tests.support.sender_campaigns import ACCEPTED, INVITE, SenderWorkspace

LIMIT = 2


@pytest.fixture
def workspace(database, sandbox):
    with database.connect(autocommit=True) as connection:
        yield SenderWorkspace(connection, sandbox, limits={"send_invite": LIMIT})


def test_the_second_workspace_is_refused_and_sends_nothing(workspace, sandbox):
    people = [
        workspace.enroll(workspace.campaign(INVITE, ACCEPTED)) for _ in range(LIMIT + 1)
    ]
    identity, provider_id = workspace.one(
        "select linkedin_identity, provider_account_id from outreach.provider_accounts"
    )
    # Another workspace of the same provider, and an account of it without a link yet.
    second = SenderWorkspace.__new__(SenderWorkspace)
    second.connection, second.sandbox, second.step_ids = (
        workspace.connection,
        sandbox,
        [],
    )
    second.workspace_id = make_workspace(workspace.connection, sandbox.dsn)
    second.account_id = make_account(
        workspace.connection,
        second.workspace_id,
        limits=[("send_invite", "day", LIMIT)],
    )
    workspace.connection.execute(
        "delete from outreach.provider_accounts where workspace_id = %s",
        [second.workspace_id],
    )
    with pytest.raises(
        psycopg.errors.ObjectNotInPrerequisiteState, match="is linked to account"
    ):
        workspace.connection.execute(
            "select outreach.link_provider_account(%s, %s, %s, %s, 'me', 'by hand')",
            [second.workspace_id, second.account_id, identity, provider_id],
        )
    with pytest.raises(psycopg.errors.UniqueViolation):
        workspace.connection.execute(
            "insert into outreach.provider_accounts values (%s, %s, %s, %s)",
            [identity, "acc-other", second.workspace_id, second.account_id],
        )
    unlinked = second.enroll(second.campaign(INVITE, ACCEPTED))
    report = workspace.drain()
    assert report.sent == LIMIT
    assert second.jobs(unlinked) == [("send_invite", "queued")]
    invited = [line["provider_id"] for line in sandbox.journal("invite_sent")]
    assert invited == [workspace.person(each) for each in people[:LIMIT]]
    assert workspace.violations() == []
