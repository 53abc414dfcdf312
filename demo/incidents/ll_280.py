"""LL#280: after Talha's reconnect no relation events came, and 31 people accepted.

Belongs here: the invites, which the real sender sends to the sandbox; the subscriptions
without new_relation that the reconnect of Apr 28 left; and the accepts without events.
"""

import asyncio
import dataclasses
import datetime as dt
import itertools

import psycopg

from demo.incidents.accounts import (
    make_account,
    make_workspace,
    provider_account_id_of,
    register,
    save_shipped_campaign,
)
from demo.incidents.enrolling import enroll
from demo.incidents.figures import Pair, Value, paired
from demo.incidents.people import demo_person
from demo.incidents.replay import Incident, Stage
from trueup.inbound.accounts.reconnect import reconnect_account
from trueup.inbound.lists.accepts import resolve_inbound
from trueup.inbound.settings import WebhookTarget
from trueup.inbound.webhooks.audits import REREGISTER_FAILED
from trueup.inbound.webhooks.plan import CONTENT_TYPE, SECRET_HEADER
from trueup.inbound.webhooks.subscriptions import audit_webhooks
from trueup.sender import drain
from trueup.unipile.addresses import version_of
from trueup.unipile.provider import open_provider
from unipile_sandbox.control import Sandbox

ACCEPTED = 31
TARGET = WebhookTarget("http://127.0.0.1:9/webhooks/unipile", "a secret for a replay")
# Before now: the invites, the reconnect of Apr 28, and the accepts.
INVITED_BEFORE = dt.timedelta(days=7)
RECONNECTED_BEFORE = dt.timedelta(days=6)
ACCEPTED_BEFORE = dt.timedelta(days=4)
LEFT = (("messaging", ["message_received"]), ("account_status", None))


@dataclasses.dataclass(frozen=True)
class Loaded:
    """Where Talha's account is."""

    workspace_id: int
    account_id: int


def load(
    connection: psycopg.Connection, sandbox: Sandbox, as_of: dt.datetime
) -> Loaded:
    """Load the incident here and at the sandbox so that `as_of` is now.

    The connection must be in autocommit: the sender commits step by step.
    """
    invited_at = as_of - INVITED_BEFORE
    with connection.transaction():
        workspace_id = make_workspace(connection, "EU SaaS", sandbox.dsn)
        key = f"{workspace_id}-talha"
        account_id = make_account(
            connection,
            workspace_id,
            "Talha",
            key,
            "UTC",
            as_of,
            minimum_gap=dt.timedelta(0),
        )
        campaign = save_shipped_campaign(
            connection, "eu_saas_outreach.yml", workspace_id, ["Talha"], invited_at
        )
        place = {
            "workspace_id": workspace_id,
            "account_id": account_id,
            "campaign_id": campaign.campaign_id,
            "step_id": campaign.step_ids["send_invite"],
        }
        people = (demo_person(number) for number in itertools.count())
        enroll(connection, place, people, [invited_at] * ACCEPTED, invited_at)
    register(sandbox, "Talha", key)
    sandbox.set_clock(invited_at.isoformat())
    drain(
        connection,
        worker="LL#280",
        provider_dsn=sandbox.dsn,
        api_key=sandbox.api_key,
        until_seconds=60,
        as_of=invited_at,
    )
    sandbox.set_clock((as_of - RECONNECTED_BEFORE).isoformat())
    for status in ("disconnected", "connected"):
        connection.execute(
            "select outreach.flip_linkedin_account_status(%s, %s, %s,"
            " 'the routine rotation of his token', 'talha', %s)",
            [workspace_id, account_id, status, as_of - RECONNECTED_BEFORE],
        )
    asyncio.run(_subscribe_to_what_was_left(connection, sandbox))
    sandbox.set_clock((as_of - ACCEPTED_BEFORE).isoformat())
    for number in range(ACCEPTED):
        sandbox.accept(
            provider_account_id_of(key, sandbox.dsn), demo_person(number).provider_id
        )
    sandbox.set_clock(as_of.isoformat())
    return Loaded(workspace_id, account_id)


async def _subscribe_to_what_was_left(
    connection: psycopg.Connection, sandbox: Sandbox
) -> None:
    headers = {"Content-Type": CONTENT_TYPE, SECRET_HEADER: TARGET.secret}
    left, key = LEFT, sandbox.api_key
    if version_of(sandbox.dsn) == 2:
        names = connection.execute(
            "select event from outreach.provider_webhook_events"
            " where api_version = 2 and wanted_event <> 'new_relation'"
        ).fetchall()
        left = (("endpoint", [name for (name,) in names]),)
        key = sandbox.v2_service_key
    async with open_provider(sandbox.dsn, key) as provider:
        for source, events in left:
            await provider.create_webhook(
                source=source,
                request_url=TARGET.url_at(sandbox.dsn),
                name="",
                events=events,
                headers=headers,
            )


def _replay(stage: Stage) -> dict[str, Pair]:
    loaded = load(stage.connection, stage.sandbox, stage.as_of)
    # Version 1 gets a subscription more; version 2 gets its endpoint changed.
    for route in ("create_webhook", "patch_webhook"):
        stage.sandbox.script_fault(
            route, times=None, status=500, type="unexpected_error"
        )
    before = _look(stage)
    _, back = reconnect_account(
        stage.connection,
        stage.sandbox.dsn,
        stage.sandbox.api_key,
        loaded.workspace_id,
        loaded.account_id,
        "talha",
        lambda: TARGET,
        stage.as_of,
    )
    assert back is not None, "the provider says OK"
    failed: dict[str, Value] = {
        "alerts that he is not registered, while that fails": _open_alerts(stage),
        "status of the account, while that fails": stage.one(
            "select status from outreach.linkedin_accounts"
        ),
        "accepts found among his relations": (
            None
            if back.caught_up is None
            else back.caught_up.new_events.get("relations", 0)
        ),
    }
    stage.sandbox.clear_faults()
    # As the daily audit does.
    audit_webhooks(
        stage.connection,
        stage.sandbox.dsn,
        stage.sandbox.api_key,
        TARGET,
        stage.as_of,
        service_key=stage.sandbox.v2_service_key,
    )
    resolve_inbound(stage.connection, stage.as_of)
    return paired(before, failed | _look(stage))


def _look(stage: Stage) -> dict[str, Value]:
    return {
        "events of new relations": stage.one(
            "select count(*) from outreach.linkedin_events"
            " where event_type = 'new_relation'"
        ),
        "he is told of new relations": stage.one(
            "select coalesce(covers_new_relation, false)"
            " from analytics.webhook_coverage"
        ),
        "accepts dated between the invite and the reading": stage.one(
            "select count(*) from outreach.campaign_prospects as enrollments"
            " inner join outreach.accept_credits as credits"
            " using (workspace_id, enrollment_id) where credits.is_credited"
            " and enrollments.linkedin_accepted_at between"
            " enrollments.linkedin_invited_at and credits.accepted_before"
        ),
        "people who go on to their message": stage.one(
            "select count(*) from outreach.campaign_send_jobs"
            " where action = 'send_message' and status = 'queued'"
        ),
        "alerts that he is not registered": _open_alerts(stage),
    }


def _open_alerts(stage: Stage) -> Value:
    return stage.one(
        "select count(*) from outreach.linkedin_admin_alerts"
        " where code = %s and resolved_at is null",
        REREGISTER_FAILED,
    )


INCIDENT = Incident(
    name="LL#280",
    says="A reconnect lost the webhook of relations, and no accept arrived.",
    replay=_replay,
    wanted={
        "events of new relations": (0, ACCEPTED),
        "he is told of new relations": (False, True),
        "alerts that he is not registered, while that fails": (None, 1),
        "status of the account, while that fails": (None, "connected"),
        "accepts found among his relations": (None, ACCEPTED),
        "accepts dated between the invite and the reading": (0, ACCEPTED),
        "people who go on to their message": (0, ACCEPTED),
        "alerts that he is not registered": (0, 0),
    },
)
