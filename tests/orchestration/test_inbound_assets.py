"""The inbound assets in Dagster: thin, and their figures as metadata."""

import dagster as dg
import pytest

from dagster_project.assets.inbound import (
    inbound_events,
    polled_lists,
    polled_replies,
    resolved_accepts,
)
from dagster_project.resources import Postgres, Provider
from tests.support.inbound_rows import HOUR, Invited, deliver
from tests.support.rows import NOON, make_workspace
from tests.support.web_apps import new_relation
from unipile_sandbox.control import start_sandbox


@pytest.fixture
def environment(database, monkeypatch, tmp_path):
    monkeypatch.setenv("PGDATABASE", database.name)
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    return monkeypatch


def figures(result, asset):
    metadata = result.asset_materializations_for_node(asset)[0].metadata
    return {
        name: value.value
        for name, value in metadata.items()
        if isinstance(value, dg.IntMetadataValue)
    }


def materialize(*assets):
    return dg.materialize(
        assets,
        resources={"postgres": Postgres(), "provider": Provider()},
        raise_on_error=False,
    )


def test_webhooks_become_events_and_accepts(environment, database, tmp_path):
    with database.connect() as connection:
        now = connection.execute("select now()").fetchone()[0]
        workspace_id = make_workspace(connection)
        invited = Invited(connection, workspace_id=workspace_id).send(NOON)
        deliver(connection, new_relation(invited.provider_account, invited.person), now)
        deliver(connection, new_relation("acc-unknown", invited.person), now - HOUR)
        connection.commit()
    with start_sandbox(tmp_path / "journal.jsonl") as sandbox:
        with database.connect() as connection:
            connection.execute(
                "update outreach.workspaces set provider_dsn = %s", [sandbox.dsn]
            )
            connection.execute("delete from outreach.reply_polls")
            connection.commit()
        environment.setenv("UNIPILE_DSN", sandbox.dsn)
        environment.setenv("UNIPILE_API_KEY", sandbox.api_key)
        environment.delenv("TRUEUP_WEBHOOK_URL", raising=False)
        result = materialize(
            inbound_events, polled_lists, polled_replies, resolved_accepts
        )

    assert figures(result, "inbound_events") == {
        "deliveries": 2,
        "new_events": 1,
        "already_known": 0,
        "quarantined": 1,
    }
    # The sandbox does not know this account, so its lists are not believed.
    assert figures(result, "polled_lists")["not_polled"] == 1
    assert figures(result, "polled_replies")["not_polled"] == 1
    assert figures(result, "resolved_accepts") == {
        "credited": 1,
        "uncredited": 0,
        "repeated": 0,
        "replies": 0,
        "stopped": 0,
        "problems": 0,
    }


def test_without_a_provider_nothing_is_polled_and_a_sentence_says_so(environment):
    environment.delenv("UNIPILE_DSN", raising=False)
    result = materialize(polled_lists)
    assert not result.success
    (failure,) = [event for event in result.all_events if event.is_step_failure]
    assert "UNIPILE_DSN is not set" in failure.step_failure_data.error.message
