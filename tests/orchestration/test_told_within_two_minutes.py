"""A disconnection that the provider tells reaches an alert address within two minutes.

The whole path: the sandbox's webhook, our receiver, one look of each loop, one
evaluation of the sensor, and a message to an address. The looks take seconds, the next
evaluation comes within 60 seconds, and the message has the rest.
"""

import dagster as dg
import httpx
import pytest

from dagster_project import sender_definitions
from dagster_project.resources import AlertAddresses, Postgres
from dagster_project.sensors.admin_alerts import admin_alerts_about
from tests.support.connected_accounts import status_of
from tests.support.staying_loops import one_look
from tests.support.web_apps import SECRET, served
from trueup.inbound.settings import WebhookTarget
from trueup.inbound.webhooks.subscriptions import audit_webhooks
from trueup.staying.work import ACCOUNTS_SECONDS

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
def evaluate(instance, hook, monkeypatch):
    """One evaluation of the sensor of alerts, whose address is `hook`."""
    monkeypatch.setenv("TRUEUP_ALERT_URLS", hook.url.replace("http", "json", 1))
    sensor = admin_alerts_about([])

    def evaluate_once():
        resources = {"postgres": Postgres(), "alert_addresses": AlertAddresses()}
        with dg.build_sensor_context(instance, resources=resources) as context:
            return sensor(context)

    return evaluate_once


def test_one_look_and_one_evaluation_tell_a_disconnection_and_a_return(
    opened, sandbox, talha, receiver, hook, evaluate
):
    assert ACCOUNTS_SECONDS <= 10
    assert admin_alerts_about([]).minimum_interval_seconds == 60
    assert httpx.get(f"{receiver}/healthz").is_success
    one_look("refreshed_accounts")

    for status, wanted, title in (
        ("CREDENTIALS", "disconnected", "trueup alert: account disconnected"),
        ("OK", "connected", "trueup resolved: account disconnected"),
    ):
        sandbox.set_account_status(talha.provider_id, status, notify=True)
        sandbox.settle()
        assert "inbound_events" in one_look("inbound_events")
        assert "refreshed_accounts" in one_look("refreshed_accounts")
        assert status_of(opened, talha) == wanted
        evaluate()
        assert hook.bodies[-1]["title"] == title
        assert one_look("refreshed_accounts") == {}
        evaluate()

    assert len(hook.bodies) == 2
    assert (
        "Talha is disconnected. Asked after a webhook or a login: the provider says"
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
