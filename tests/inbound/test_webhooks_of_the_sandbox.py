"""From the sandbox's journal over its webhooks to our rows: what happened is known.

Everything goes by HTTP: invites out, webhooks in, each told three times, unordered.
"""

import datetime as dt

import pytest

from tests.support.sent_invites import SentInvites
from tests.support.versions import BOTH_VERSIONS
from tests.support.web_apps import SECRET, served
from trueup.inbound.lists.accepts import resolve_inbound
from trueup.inbound.lists.polls import poll_due_accounts
from trueup.inbound.settings import WebhookTarget
from trueup.inbound.webhooks.events import take_in_deliveries
from trueup.inbound.webhooks.subscriptions import audit_webhooks

MILLISECOND = dt.timedelta(milliseconds=1)
ACCEPTED, REPLIED, STRANGERS = 20, 5, 3


@pytest.fixture
def opened(opened, database, monkeypatch):
    """The web app, too, keeps webhooks in this database."""
    monkeypatch.setenv("PGDATABASE", database.name)
    return opened


@pytest.fixture
def told(opened, sandbox):
    """31 invites; 20 accepts, 5 replies and 3 strangers, all told by webhooks."""
    now = opened.execute("select clock_timestamp()").fetchone()[0]
    sent = SentInvites(opened, sandbox, now)
    strangers = [f"ACoAAstranger{number}" for number in range(STRANGERS)]
    for person in (*sent.people, *strangers):
        sandbox.set_person(person, webhook_delays_seconds=[0, 0, 0])
    with served() as address:
        target = WebhookTarget(f"{address}/webhooks/unipile", SECRET)
        audit = audit_webhooks(
            opened,
            sandbox.dsn,
            sandbox.api_key,
            target,
            service_key=sandbox.v2_service_key,
        )
        assert audit.is_all_covered
        for person in sent.people[:ACCEPTED]:
            sandbox.accept(sent.provider_account, person)
        for person in strangers:
            sandbox.connect_stranger(sent.provider_account, person)
        for person in sent.people[:REPLIED]:
            sandbox.incoming_message(sent.provider_account, person, "Tell me more")
        sandbox.settle()
    return sent


def accepts(connection):
    """(person, accepted after, accepted before) of what stands as credited."""
    return connection.execute(
        "select distinct on (person) person, accepted_after, accepted_before"
        " from outreach.accept_credits where is_credited"
        " order by person, credit_id desc"
    ).fetchall()


@BOTH_VERSIONS
def test_what_the_webhooks_told_is_what_happened(opened, sandbox, told):
    taken = take_in_deliveries(opened)
    report = resolve_inbound(opened)

    delivered = sandbox.journal("webhook_delivered")
    assert len(delivered) >= 3 * (ACCEPTED + STRANGERS) + REPLIED
    assert taken.new_events == ACCEPTED + STRANGERS + REPLIED
    assert taken.quarantined == 0
    assert (report.credited, report.uncredited) == (ACCEPTED, STRANGERS)
    assert (report.replies, report.stopped) == (REPLIED, REPLIED)
    truth = {
        line["provider_id"]: dt.datetime.fromisoformat(line["created_at"])
        for line in sandbox.journal("invite_accepted")
    }
    found = accepts(opened)
    assert {person for person, _, _ in found} == set(truth)
    for person, after, before in found:
        assert after <= truth[person] + MILLISECOND
        assert truth[person] <= before


@BOTH_VERSIONS
def test_the_polls_afterwards_only_narrow_the_time(opened, sandbox, told):
    take_in_deliveries(opened)
    resolve_inbound(opened)
    statuses = "select enrollment_id, linkedin_status from outreach.campaign_prospects"
    before = opened.execute(f"{statuses} order by 1").fetchall()

    poll = poll_due_accounts(opened, sandbox.dsn, sandbox.api_key)
    report = resolve_inbound(opened)

    assert poll.new_events["relations"] == poll.new_events["inbox_messages"] == 0
    assert (report.credited, report.uncredited, report.replies) == (0, 0, 0)
    assert report.repeated == ACCEPTED + STRANGERS
    assert opened.execute(f"{statuses} order by 1").fetchall() == before
    for _, after, before_at in accepts(opened):
        assert before_at - after <= MILLISECOND
