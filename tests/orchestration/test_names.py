"""Names in the metadata of runs, where people would otherwise read ids."""

from dagster_project.assets.names import markdown_table, names_of
from tests.support.rows import (
    begin,
    claim,
    make_account,
    make_campaign,
    make_enrollments,
    make_workspace,
)


def test_accounts_people_sends_and_steps_have_names(connection):
    workspace_id = make_workspace(connection)
    account_id = make_account(connection, workspace_id)
    campaign_id, (step_id, _) = make_campaign(connection, workspace_id)
    connection.execute("update outreach.campaigns set name = 'PIPL'")
    (enrollment_id,) = make_enrollments(
        connection, workspace_id, account_id, campaign_id, step_id
    )
    ((_, attempt_id, _),) = begin(
        connection, workspace_id, claim(connection, workspace_id)
    )
    named = {
        kind: names_of(connection, kind, [(workspace_id, row_id)])
        for kind, row_id in (
            ("account", account_id),
            ("enrollment", enrollment_id),
            ("attempt", attempt_id),
            ("step", step_id),
        )
    }

    assert {kind: list(names.values()) for kind, names in named.items()} == {
        "account": ["Acme / Anisha"],
        "enrollment": ["Acme / PIPL / Ada"],
        "attempt": ["Acme / Anisha / Ada"],
        "step": ["Acme / PIPL / step 1 (send_invite)"],
    }


def test_a_row_that_is_gone_is_called_by_its_kind(connection):
    assert names_of(connection, "attempt", [(1, 999)]) == {(1, 999): "an attempt"}


def test_a_bar_in_a_name_does_not_end_its_cell():
    table = markdown_table(("who", "why"), [("Ada | Co", None)])

    assert table.splitlines()[2] == "| Ada \\| Co | None |"
