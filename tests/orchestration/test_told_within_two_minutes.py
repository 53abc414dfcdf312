"""A disconnection that the provider tells reaches an alert address within two minutes.

The whole path: the sandbox's webhook, our receiver, one tick, its run, one evaluation
of the sensor, and a message to an address. Two minutes are the minute between ticks,
the 30 seconds between evaluations, and 30 seconds for the run and the message.
"""

import dagster as dg
import httpx
import pytest

from dagster_project import sender_definitions
from dagster_project.resources import AlertAddresses, Postgres, Provider
from dagster_project.schedules.inbound import take_in_webhooks_each_minute
from dagster_project.sensors import admin_alerts_about
from tests.support.connected_accounts import status_of
from tests.support.web_apps import SECRET, served
from trueup.inbound.settings import WebhookTarget
from trueup.inbound.webhooks.subscriptions import audit_webhooks

# A name of pydantic that dagster still reads by its old one.
pytestmark = [
    pytest.mark.filterwarnings("ignore:The .__fields__. attribute is deprecated"),
    pytest.mark.filterwarnings("ignore:.imghdr. is deprecated:DeprecationWarning"),
]


@pytest.fixture
def receiver(configured, opened, sandbox, talha, monkeypatch):
    """Our receiver, registered at the sandbox."""
    with served() as address:
        target = WebhookTarget(f"{address}/webhooks/unipile", SECRET)
        monkeypatch.setenv("TRUEUP_WEBHOOK_URL", target.url)
        monkeypatch.setenv("TRUEUP_WEBHOOK_SECRET", target.secret)
        audit_webhooks(opened, sandbox.dsn, sandbox.api_key, target)
        yield address


@pytest.fixture
def tick(instance):
    """One tick of the schedule and its run, if it starts one; whether it did."""

    def tick_once():
        context = dg.build_schedule_context(
            instance=instance,
            resources={"postgres": Postgres(), "provider": Provider()},
        )
        with context:
            asked = take_in_webhooks_each_minute(context)
        if isinstance(asked, dg.SkipReason):
            return False
        job = sender_definitions.defs.resolve_job_def("take_in_webhooks")
        assert job.execute_in_process(instance=instance).success
        return True

    return tick_once


@pytest.fixture
def evaluate(instance, hook, monkeypatch):
    """One evaluation of the sensor of alerts, whose address is `hook`."""
    monkeypatch.setenv("TRUEUP_ALERT_URLS", hook.url.replace("http", "json", 1))
    sensor = admin_alerts_about([])

    def evaluate_once():
        resources = {"postgres": Postgres(), "alert_addresses": AlertAddresses()}
        with dg.build_sensor_context(instance, resources=resources) as context:
            return sensor(context)

    return evaluate_once


def test_one_tick_and_one_evaluation_tell_a_disconnection_and_a_return(
    opened, sandbox, talha, receiver, hook, tick, evaluate
):
    assert take_in_webhooks_each_minute.cron_schedule == "* * * * *"
    assert admin_alerts_about([]).minimum_interval_seconds == 30
    assert httpx.get(f"{receiver}/healthz").is_success

    for status, wanted, title in (
        ("CREDENTIALS", "disconnected", "trueup alert: account disconnected"),
        ("OK", "connected", "trueup resolved: account disconnected"),
    ):
        sandbox.set_account_status(talha.provider_id, status, notify=True)
        sandbox.settle()
        assert tick()
        assert status_of(opened, talha) == wanted
        evaluate()
        assert hook.bodies[-1]["title"] == title
        assert not tick()
        evaluate()

    assert len(hook.bodies) == 2
    assert (
        "Talha is disconnected. told by a webhook or connecting: the provider says"
        " CREDENTIALS." in hook.bodies[0]["message"]
    )
    assert "trueup account connect" in hook.bodies[0]["message"]


def test_accepts_do_not_wait_for_a_provider_that_is_away(
    opened, sandbox, talha, receiver, instance, monkeypatch
):
    sandbox.set_account_status(talha.provider_id, "CREDENTIALS", notify=True)
    sandbox.settle()
    monkeypatch.setenv("UNIPILE_DSN", "http://127.0.0.1:1")
    opened.execute("update outreach.workspaces set provider_dsn = 'http://127.0.0.1:1'")
    job = sender_definitions.defs.resolve_job_def("take_in_webhooks")
    result = job.execute_in_process(instance=instance, raise_on_error=False)

    assert not result.success
    done = {event.step_key for event in result.all_events if event.is_step_success}
    assert done == {"inbound_events", "resolved_accepts"}
