"""The assets over unknown sends and orphans carry what was done as metadata."""

import dagster as dg
import pytest

from dagster_project.assets.unknown_sends import (
    reconciled_orphans,
    resolved_unknown_sends,
)
from dagster_project.resources import Postgres, Provider
from tests.support.rows import (
    NOON,
    REFUSED,
    make_account,
    make_campaign,
    make_enrollments,
    make_workspace,
    send_one,
)

# A name of pydantic that dagster still reads by its old one.
pytestmark = pytest.mark.filterwarnings(
    "ignore:The .__fields__. attribute is deprecated"
)


@pytest.fixture
def materialize(database, sandbox, monkeypatch):
    """The metadata of one asset's run, by name."""
    monkeypatch.setenv("PGDATABASE", database.name)
    monkeypatch.setenv("UNIPILE_DSN", sandbox.dsn)
    monkeypatch.setenv("UNIPILE_API_KEY", sandbox.api_key)

    def run(asset):
        with dg.DagsterInstance.ephemeral() as instance:
            result = dg.materialize(
                [asset],
                instance=instance,
                resources={"postgres": Postgres(), "provider": Provider()},
            )
        (made,) = result.get_asset_materialization_events()
        return {
            name: value.value for name, value in made.materialization.metadata.items()
        }

    return run


def enroll(database, sandbox, run_at):
    """One enrollment, its invite lost if it was due; the account's two names."""
    with database.connect() as connection:
        workspace_id = make_workspace(connection)
        account_id = make_account(connection, workspace_id)
        campaign_id, (step_id, _) = make_campaign(connection, workspace_id)
        make_enrollments(
            connection, workspace_id, account_id, campaign_id, step_id, run_at=run_at
        )
        send_one(connection, workspace_id, **REFUSED | {"http_status": 504})
        connection.execute(
            "update outreach.workspaces set provider_dsn = %s", [sandbox.dsn]
        )
    return f"acc{account_id}", f"ACoAA{workspace_id}-{account_id}"


def test_an_absent_invite_waits_for_a_second_read(database, sandbox, materialize):
    name, identity = enroll(database, sandbox, NOON)
    sandbox.register_accounts(
        [
            {
                "id": name,
                "name": name,
                "provider_id": identity,
                "public_identifier": name,
            }
        ]
    )
    first = materialize(resolved_unknown_sends)
    assert (first["asked_about"], first["decided"], first["reads"]) == (1, 0, 2)
    second = materialize(resolved_unknown_sends)
    assert (second["decided"], second["undecided"]) == (1, 0)
    assert "decided_unsent" in second["decisions"]


def test_an_account_that_the_provider_does_not_know_is_reported(
    database, sandbox, materialize
):
    enroll(database, sandbox, NOON)
    metadata = materialize(resolved_unknown_sends)
    assert metadata["asked_about"] == 0
    assert "not asked" in metadata["decisions"]


def test_orphans_are_reported_by_enrollment(database, sandbox, materialize):
    enroll(database, sandbox, None)
    metadata = materialize(reconciled_orphans)
    assert (metadata["recreated"], metadata["paired"]) == (1, 0)
    assert "recreated" in metadata["changes"]
