"""Limits that a test changes, and invites that a person sends by hand."""


def limit(workspace, action, count):
    workspace.connection.execute(
        "update outreach.linkedin_account_limits set limit_count = %s"
        " where workspace_id = %s and action = %s",
        [count, workspace.workspace_id, action],
    )
