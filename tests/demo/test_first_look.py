"""An empty database shows LL#273: 51 accounts, 41 counters too high."""

import dataclasses
import datetime as dt

import pytest

from demo.first_look import is_empty, load_first_look
from demo.first_look.accounts import demo_accounts
from trueup.heals.daily_counters import heal_daily_counters
from trueup.inbound.lists.accepts import resolve_inbound
from trueup.inbound.lists.polls import poll_due_accounts
from trueup.sender import drain
from trueup.unipile.addresses import UnusableProviderError


@pytest.mark.parametrize("hour", range(24))
def test_at_any_hour_51_accounts_are_loaded_and_41_are_at_work(hour):
    as_of = dt.datetime(2026, 11, 21, hour, 17, tzinfo=dt.UTC)
    accounts = demo_accounts(as_of)
    assert len(accounts) == len({account.name for account in accounts}) == 51
    assert sum(account.is_inflated for account in accounts) == 41
    assert len({account.timezone for account in accounts}) >= 10


def test_the_first_heal_brings_41_counters_down_and_sending_goes_on(database, sandbox):
    as_of = dt.datetime.now(dt.UTC)
    with database.connect(autocommit=True) as connection:
        assert is_empty(connection)
        loaded = load_first_look(connection, sandbox, as_of)
        assert not is_empty(connection)
        assert (loaded.accounts, loaded.inflated) == (51, 41)
        outside = connection.execute(
            "select count(*) from outreach.campaign_send_jobs as jobs"
            " where jobs.status = 'queued' and jobs.run_at <>"
            " outreach.clamp_to_sending_window(jobs.workspace_id, jobs.account_id,"
            " jobs.run_at)"
        ).fetchone()
        assert outside == (0,)

        healed = heal_daily_counters(connection).healed
        named = {
            row[0]: row[1:]
            for row in connection.execute(
                "select accounts.name, heals.before, heals.after"
                " from outreach.linkedin_counter_heals as heals"
                " inner join outreach.linkedin_accounts as accounts"
                " using (workspace_id, account_id)"
            )
        }
        assert len(healed) == 41
        assert all(heal.after < heal.before for heal in healed)
        assert named["Anisha"] == (142, 12)
        assert named["Pinki"] == (87, 9)
        assert named["Hafiz"] == (73, 7)
        assert heal_daily_counters(connection).healed == []

        report = drain(
            connection,
            worker="test",
            provider_dsn=sandbox.dsn,
            api_key=sandbox.api_key,
            until_seconds=60,
            as_of=as_of + dt.timedelta(minutes=4),
        )
        assert report.sent >= 41
        events = connection.execute(
            "select count(*) from outreach.campaign_events"
            " where event_type = 'invite_sent'"
        ).fetchone()[0]
    assert events == len(sandbox.journal("invite_sent"))
    assert events == loaded.sent_today + report.sent


def test_who_accepted_or_replied_meanwhile_is_found_by_the_first_poll(
    database, sandbox
):
    with database.connect(autocommit=True) as connection:
        load_first_look(connection, sandbox, dt.datetime.now(dt.UTC))
        sandbox.advance(seconds=0, rate=0)  # nothing more happens
        accepted = len(sandbox.journal("invite_accepted"))
        replied = len(sandbox.journal("message_received"))

        report = poll_due_accounts(connection, sandbox.dsn, sandbox.api_key)
        resolved = resolve_inbound(connection)

    assert (report.accounts, report.incomplete) == (51, 0)
    assert accepted > replied > 0
    assert (resolved.credited, resolved.uncredited) == (accepted, 0)
    assert resolved.replies == replied


def test_a_load_that_fails_leaves_nothing(database, sandbox):
    refused = dataclasses.replace(sandbox, api_key="another key")
    with database.connect(autocommit=True) as connection:
        with pytest.raises(UnusableProviderError, match="refuses the API key"):
            load_first_look(connection, refused, dt.datetime.now(dt.UTC))
        assert is_empty(connection)
