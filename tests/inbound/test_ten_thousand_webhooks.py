"""10,000 webhooks, duplicated, reordered, late and forged: the marts are as in order.

One database is told the story once and in order, another everything else.
"""

import concurrent.futures
import datetime as dt
import http.client
import json
import random
import urllib.parse

import pytest

from tests.support.dbt_runner import copied, modelled_copy, run_dbt
from tests.support.inbound_rows import (
    DAY,
    HOUR,
    Invited,
    deliver_all,
    reply,
    take_in,
)
from tests.support.rows import NOON, make_workspace, send_one
from tests.support.web_apps import (
    SECRET,
    account_status,
    message_received,
    new_relation,
    served,
)
from tests.support.webhook_storms import storm

LATER = NOON + 30 * DAY
JUDGED_AT = LATER + 2 * DAY
MINUTE = dt.timedelta(minutes=1)
WEBHOOKS = 10_000
MARTS = ["campaign_accept_stats", "campaign_step_stats", "account_status"]
ALERTS = ["a_reply_has_no_accept", "an_accept_was_seen_by_one_signal_only"]
PEOPLE = 100
# scripts/bench/signed_webhooks.py takes 10,000.
SIGNED_WEBHOOKS = 1_000


def campaign_of_many(connection):
    """Accounts and people that were invited, made alike in every database."""
    many = []
    workspace_id = make_workspace(connection)
    for _ in range(5):
        first = Invited(connection, workspace_id=workspace_id)
        many.append(first)
        for _ in range(PEOPLE // 5 - 1):
            many.append(
                Invited(
                    connection, workspace_id=workspace_id, account_id=first.account_id
                )
            )
    for second in range(PEOPLE // 5 + 1):
        send_one(connection, workspace_id, as_of=NOON + dt.timedelta(seconds=second))
    connection.execute("analyze")
    return many


def story_of(many):
    """(payload, received at), in order: accepts, strangers, replies, own messages."""
    told = []
    for number, invited in enumerate(many):
        at = NOON + HOUR + dt.timedelta(minutes=number)
        account = invited.provider_account
        if number % 5 < 3:
            told.append((new_relation(account, invited.person), at))
        if number % 5 == 1:
            told.append((reply(invited, f"in-{number}", at), at + HOUR))
        if number % 5 == 2:
            own = reply(
                invited, f"out-{number}", at, sender=invited.owner, to=invited.person
            )
            told.append((own, at + HOUR))
        if number % 5 == 3:
            told.append((new_relation(account, f"ACoAAstranger{number:03}"), at))
        if number % 5 == 4:
            told.append((account_status(account, "OK"), at))
    return told


def state_of(connection):
    """What the events came to, without ids of rows and moments of work."""
    return connection.execute(
        "select enrollment_id, linkedin_status, linkedin_accepted_at,"
        " next_action_at is null,"
        " (select array_agg(events.event_type order by events.event_type)"
        "  from outreach.campaign_events as events where"
        "  events.enrollment_id = enrollments.enrollment_id"
        "  and events.event_type in ('invite_accepted', 'reply_received')),"
        " (select (credits.accepted_after, credits.accepted_before, credits.signals)"
        "  ::text from outreach.accept_credits as credits"
        "  where credits.enrollment_id = enrollments.enrollment_id"
        "  order by credits.credit_id desc limit 1)"
        " from outreach.campaign_prospects as enrollments order by enrollment_id"
    ).fetchall()


def totals_of(connection):
    """Events but the hints, enrollments credited, strangers, what still waits."""
    return connection.execute(
        "select (select count(*) from outreach.linkedin_events"
        "  where event_type <> 'account_status'),"
        " (select count(distinct enrollment_id) from outreach.accept_credits),"
        " (select count(distinct person) from outreach.accept_credits"
        "  where not is_credited),"
        " (select count(*) from outreach.linkedin_webhook_inbox)"
    ).fetchone()


def marts_of(database):
    """The rows of the marts, and what each alert says and lists."""
    run_dbt(database, "run", *(f"+{mart}" for mart in MARTS), as_of=JUDGED_AT)
    statuses = run_dbt(database, "test", *ALERTS, as_of=JUDGED_AT)
    tables = [f"analytics.{mart}" for mart in MARTS]
    tables += [f"analytics_failures.{alert}" for alert in ALERTS]
    with database.connect() as connection:
        rows = {
            table: connection.execute(
                f"select * from {table} as rows order by rows::text"
            ).fetchall()
            for table in tables
        }
    return {alert: statuses[alert] for alert in ALERTS}, rows


@pytest.fixture(scope="module")
def told_once(template_database):
    """Told in order; the story, the database from before, and what it came to."""
    with modelled_copy(template_database) as before:
        with before.connect() as connection:
            story = story_of(campaign_of_many(connection))
            connection.commit()
        with copied(before.name) as once:
            with once.connect() as connection:
                deliver_all(connection, story)
                take_in(connection, LATER)
                connection.commit()
                state, totals = state_of(connection), totals_of(connection)
            yield story, before, state, totals, marts_of(once)


def test_told_once_everybody_who_accepted_or_replied_is_counted(told_once):
    _, _, _, totals, (_, rows) = told_once

    assert totals == (PEOPLE * 6 // 5, PEOPLE * 3 // 5, PEOPLE // 5, 0)
    assert len(rows["analytics.campaign_accept_stats"]) == PEOPLE
    one_signal = rows["analytics_failures.an_accept_was_seen_by_one_signal_only"]
    assert len(one_signal) == PEOPLE * 3 // 5


def test_ten_thousand_webhooks_in_any_order_come_to_the_same_marts(
    told_once, monkeypatch
):
    """Each told many times, up to three days late, taken in by batches of any order;
    forged ones, of accepts and replies that never were, come between them by HTTP."""
    story, before, state, totals, marts = told_once
    # Within a minute a body is kept once: the first of all is not to be lost by that.
    chance = random.Random(280)
    copies = [
        (payload, at if copy == 0 else at + MINUTE + chance.random() * 3 * DAY)
        for payload, at in story
        for copy in range(WEBHOOKS // len(story) + 1)
    ]
    assert len(copies) >= WEBHOOKS
    chance.shuffle(copies)
    with copied(before.name) as database, database.connect() as connection:
        monkeypatch.setenv("PGDATABASE", database.name)
        forged = forged_ones(connection)
        with served() as address:
            for start in range(0, len(copies), 2_500):
                batch = copies[start : start + 2_500]
                deliver_all(connection, batch)
                connection.commit()
                assert set(post_all(address, forged, "another secret")) == {401}
                again = [payload for payload, _ in batch[:50]]
                assert set(post_all(address, again, SECRET)) == {200}
                take_in(connection, LATER)
                connection.commit()

        assert (state_of(connection), totals_of(connection)) == (state, totals)
        connection.commit()
        assert marts_of(database) == marts


def test_webhooks_of_version_2_come_to_the_same_marts(told_once):
    """Signed, repeated by two endpoints, up to three days late, in any order, and with
    forgeries between them: the marts are those of version 1, told once and in order."""
    story, before, state, totals, marts = told_once
    with copied(before.name) as database, database.connect() as connection:
        quiet = forged_ones(connection)
        told, lies, refusals = storm(connection, story, quiet, SIGNED_WEBHOOKS)
        connection.commit()
        assert set(told) == {200}
        assert set(lies) == {401, 403}
        assert sum(refusals.values()) == len(lies) == len(quiet) * 12
        take_in(connection, LATER)
        connection.commit()

        assert (state_of(connection), totals_of(connection)) == (state, totals)
        connection.commit()
        assert marts_of(database) == marts


def forged_ones(connection):
    """New relations and replies of everybody who did neither."""
    quiet = connection.execute(
        "select provider_account_id, provider_id from outreach.campaign_prospects"
        " inner join outreach.prospects using (workspace_id, prospect_id)"
        " inner join outreach.provider_accounts using (workspace_id, account_id)"
        " order by enrollment_id"
    ).fetchall()[4::5]
    assert len(quiet) == PEOPLE // 5
    return [
        payload
        for account, person in quiet
        for payload in (
            new_relation(account, person),
            message_received(account, f"forged-{person}", person, NOON + DAY),
        )
    ]


def post_all(address, payloads, secret):
    """Statuses, over a few connections that stay open."""
    netloc = urllib.parse.urlsplit(address).netloc
    headers = {"Unipile-Auth": secret, "Content-Type": "application/json"}

    def post_some(part):
        server = http.client.HTTPConnection(netloc)
        statuses = []
        for payload in part:
            body = json.dumps(payload).encode()
            server.request("POST", "/webhooks/unipile", body, headers)
            response = server.getresponse()
            response.read()
            statuses.append(response.status)
        server.close()
        return statuses

    parts = [payloads[start::4] for start in range(4)]
    with concurrent.futures.ThreadPoolExecutor(4) as threads:
        return [status for part in threads.map(post_some, parts) for status in part]
