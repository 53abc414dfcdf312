"""The tick that delivers to endpoints, and the asset that its run materializes."""

import datetime as dt

import dagster as dg
import pytest

from dagster_project.assets.endpoints import endpoint_deliveries
from dagster_project.resources import Postgres
from dagster_project.schedules.endpoints import deliver_to_endpoints_each_minute
from tests.support.endpoint_rows import add_endpoint, deliveries, queue_event
from tests.support.rows import (
    make_account,
    make_campaign,
    make_enrollments,
    make_workspace,
    send_one,
)


@pytest.fixture
def tick(instance, database, monkeypatch):
    """One tick: why it starts no run, or None if it starts one."""
    monkeypatch.setenv("PGDATABASE", database.name)

    def tick_once():
        resources = {"postgres": Postgres()}
        with dg.build_schedule_context(instance, resources=resources) as context:
            asked = deliver_to_endpoints_each_minute(context)
        return asked.skip_message if isinstance(asked, dg.SkipReason) else None

    return tick_once


def test_a_tick_starts_a_run_only_while_a_delivery_is_due(opened, hook, tick):
    hook.statuses = [500]
    assert tick() == "No delivery is due."
    workspace_id = make_workspace(opened)
    add_endpoint(opened, workspace_id, url=hook.url)
    assert tick() == "No delivery is due."
    queue_event(opened, workspace_id)
    assert tick() is None

    metadata = endpoint_deliveries(postgres=Postgres()).metadata
    assert (metadata["called"], metadata["taken"]) == (1, 0)
    assert metadata["not_taken"].value.endswith("| status 500 | 1 |")
    assert tick() == "No delivery is due."
    opened.execute("update outreach.endpoint_deliveries set next_try_at = now()")
    assert tick() is None
    metadata = endpoint_deliveries(postgres=Postgres()).metadata
    assert (metadata["called"], metadata["taken"]) == (1, 1)


def test_a_tick_tells_a_limit_that_was_reached_before_it(opened, hook, tick):
    now = opened.execute("select clock_timestamp()").fetchone()[0]
    workspace_id = make_workspace(opened)
    account_id = make_account(opened, workspace_id, limits=(("send_invite", "day", 1),))
    add_endpoint(
        opened,
        workspace_id,
        "limit.reached",
        url=hook.url,
        as_of=now - dt.timedelta(hours=1),
    )
    campaign_id, (step_id, _) = make_campaign(opened, workspace_id)
    make_enrollments(opened, workspace_id, account_id, campaign_id, step_id, run_at=now)
    assert send_one(opened, workspace_id, as_of=now) == ["sent_proven"]

    assert tick() is None
    assert tick() is None
    assert deliveries(opened) == ["limit.reached"]
