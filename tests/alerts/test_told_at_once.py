"""Accounts that cannot send, replies and accepts: told when they happen, and once."""

import pytest

from tests.support.inbound_rows import HOUR, Invited, deliver, reply, take_in
from tests.support.rows import NOON, flip, make_account, make_workspace
from tests.support.web_apps import new_relation
from trueup.alerts.delivery import Answer
from trueup.alerts.delivery import deliver as deliver_alerts


@pytest.fixture
def account(opened):
    workspace_id = make_workspace(opened)
    return workspace_id, make_account(opened, workspace_id, "Talha")


def told(connection):
    """The messages that a delivery sends now."""
    messages = []

    def send(message):
        messages.append((message.title, message.body.splitlines()[0]))
        return Answer(is_delivered=True)

    deliver_alerts(connection, send)
    return messages


def test_a_new_account_that_connects_tells_nothing(opened, account):
    assert told(opened) == []


def test_a_disconnection_is_told_and_again_when_it_is_back(opened, account):
    _, account_id = account
    where = f"- Acme, Talha (account {account_id})"
    flip(opened, *account, "disconnected")
    assert told(opened) == [
        (
            "trueup alert: account disconnected",
            f"{where}: Talha is disconnected. A test.",
        )
    ]
    assert told(opened) == []
    flip(opened, *account, "connecting")
    assert told(opened) == []
    flip(opened, *account, "connected")
    assert told(opened) == [("trueup resolved: account disconnected", where)]
    assert told(opened) == []


def test_a_restriction_after_a_disconnection_is_told_as_a_change(opened, account):
    flip(opened, *account, "disconnected")
    told(opened)
    flip(opened, *account, "restricted")
    (message,) = told(opened)
    assert message[1].endswith("Talha is restricted. A test.")
    assert told(opened) == []
    opened.execute("update outreach.linkedin_accounts set name = 'Talha Ali'")
    flip(opened, *account, "connected")
    assert [title for title, _ in told(opened)] == [
        "trueup resolved: account disconnected"
    ]


def test_an_account_that_is_back_before_anybody_was_told_tells_nothing(opened, account):
    flip(opened, *account, "disconnected")
    flip(opened, *account, "connected")
    assert told(opened) == []


@pytest.fixture
def invited(opened):
    return Invited(opened).send()


def notify(invited, *about):
    for each in about:
        invited.connection.execute(
            "insert into outreach.campaign_notifications values (%s, %s, %s)",
            [invited.workspace_id, invited.campaign_id, each],
        )


def accept_and_reply(opened, invited):
    accepted = new_relation(invited.provider_account, invited.person)
    deliver(opened, accepted, NOON + HOUR)
    answer = reply(invited, "m1", NOON + 2 * HOUR, text="Tell\nme more")
    for _ in range(2):
        deliver(opened, answer, NOON + 2 * HOUR)
        take_in(opened)


def test_a_reply_and_an_accept_are_told_once_where_the_campaign_asks(opened, invited):
    notify(invited, "reply", "accept")
    accept_and_reply(opened, invited)
    person = f"Ada (person {invited.prospect_id})"
    messages = told(opened)
    assert [title for title, _ in messages] == [
        "trueup: invite accepted",
        "trueup: reply received",
    ]
    assert messages[1][1].startswith(f"- Acme, {person}:")
    assert messages[1][1].endswith("account Anisha: Tell me more")
    assert told(opened) == []
    assert (
        opened.execute(
            "select from outreach.list_alerts(null, with_resolved => false)"
        ).rowcount
        == 0
    )


@pytest.mark.parametrize(
    ("about", "titles"), [((), []), (("reply",), ["trueup: reply received"])]
)
def test_a_campaign_is_told_of_nothing_that_it_does_not_ask_for(
    opened, invited, about, titles
):
    notify(invited, *about)
    accept_and_reply(opened, invited)
    assert [title for title, _ in told(opened)] == titles


def test_news_of_yesterday_is_not_told_to_a_new_address(opened, invited):
    notify(invited, "reply")
    accept_and_reply(opened, invited)
    opened.execute(
        "update outreach.linkedin_admin_alerts"
        " set opened_at = opened_at - interval '25 hours'"
    )
    assert told(opened) == []


def test_an_acknowledged_alert_stays_open_and_says_who_knows_of_it(connection):
    (alert_id,) = connection.execute(
        "select outreach.open_admin_alert(0, 'run_failed', 'refresh', 'It failed.')"
    ).fetchone()

    def acknowledge(actor):
        return connection.execute(
            "select outreach.acknowledge_admin_alert(0, %s, %s, %s)",
            [alert_id, actor, NOON],
        ).fetchone()[0]

    assert (acknowledge("mia"), acknowledge("tom")) == (True, False)
    assert connection.execute(
        "select acknowledged_by, acknowledged_at, resolved_at"
        " from outreach.list_alerts(0, false) where alert_id = %s",
        [alert_id],
    ).fetchone() == ("mia", NOON, None)
