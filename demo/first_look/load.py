"""Loads LL#273 as it stood before the fix: 51 accounts, 41 counters too high.

Belongs here: the order of the load. The real sender sends the day's invites over real
HTTP with earlier clocks; only the inflation is written by hand. The load is one
transaction: if it is interrupted, nothing is left.
"""

import dataclasses
import datetime as dt
import itertools
from collections.abc import Iterator

import psycopg

from demo.first_look.accounts import (
    CAMPAIGNS,
    DemoAccount,
    demo_accounts,
)
from demo.incidents.accounts import (
    LoadedCampaign,
    identity_of,
    make_account,
    make_workspace,
    provider_account_id_of,
    save_shipped_campaign,
)
from demo.incidents.enrolling import enroll
from demo.incidents.people import DemoPerson, demo_person
from trueup.postgres.witness import Witness, note_newest
from trueup.sender import drain
from trueup.unipile.addresses import version_of
from unipile_sandbox.control import Sandbox

BETWEEN_PAST_ROUNDS = dt.timedelta(minutes=5)
UPCOMING_PER_ACCOUNT = 30
# The sandbox's people and provider act quicker than real ones, so that the first
# minutes show something. Webhooks come late, twice or never, as real ones do.
BEHAVIOUR = {
    "accept_odds": 0.4,
    "accept_within_hours": 12,
    "reply_odds": 0.5,
    "reply_within_hours": 2,
    "webhook_within_hours": 0.25,
}
BETWEEN_UPCOMING = dt.timedelta(minutes=4)


@dataclasses.dataclass(frozen=True)
class FirstLook:
    """What was loaded, by count."""

    accounts: int
    inflated: int
    sent_today: int
    queued: int


@dataclasses.dataclass(frozen=True)
class _LoadedAccount:
    demo: DemoAccount
    workspace_id: int
    account_id: int
    campaign_id: int
    step_id: int


def is_empty(connection: psycopg.Connection) -> bool:
    """Whether the database has no workspace yet."""
    return not connection.execute(
        "select exists (select 1 from outreach.workspaces)"
    ).fetchone()[0]


def load_first_look(
    connection: psycopg.Connection, sandbox: Sandbox, as_of: dt.datetime
) -> FirstLook:
    """Load the incident, dated so that `as_of` is now.

    The connection must be in autocommit. The sandbox is reset and gets the accounts.
    Some of the people have accepted by then, and some reply.
    """
    sandbox.reset()
    sandbox.change_settings(**BEHAVIOUR)
    loading_since = _database_time(connection)
    people = (demo_person(number) for number in itertools.count())
    with connection.transaction():
        accounts = _load_accounts(connection, sandbox, as_of)
        _send_earlier_today(connection, sandbox, accounts, people, as_of)
        _inflate_counters(connection, accounts, as_of)
        queued = 0
        for place, account in enumerate(accounts):
            # The accounts are due at different seconds, so that one is due at any time.
            run_ats = [
                as_of + (number + place / len(accounts)) * BETWEEN_UPCOMING
                for number in range(UPCOMING_PER_ACCOUNT)
            ]
            run_ats = _inside_windows(connection, account, run_ats)
            queued += _enroll(connection, account, people, run_ats, as_of)
    # Inside a transaction, no send is witnessed.
    note_newest(connection, Witness())
    elapsed = _database_time(connection) - loading_since
    sandbox.set_clock((as_of + elapsed).isoformat())
    return FirstLook(
        accounts=len(accounts),
        inflated=sum(account.demo.is_inflated for account in accounts),
        sent_today=sum(account.demo.sent for account in accounts),
        queued=queued,
    )


def _database_time(connection: psycopg.Connection) -> dt.datetime:
    return connection.execute("select clock_timestamp()").fetchone()[0]


def _load_accounts(
    connection: psycopg.Connection, sandbox: Sandbox, as_of: dt.datetime
) -> list[_LoadedAccount]:
    workspace_ids = {
        name: make_workspace(connection, name, sandbox.dsn) for name in CAMPAIGNS
    }
    demos = demo_accounts(as_of)
    account_ids = {
        demo.name: make_account(
            connection,
            workspace_ids[demo.workspace],
            demo.name,
            demo.name.lower(),
            demo.timezone,
            as_of,
        )
        for demo in demos
    }
    campaigns: dict[str, LoadedCampaign] = {
        name: save_shipped_campaign(
            connection,
            CAMPAIGNS[name],
            workspace_ids[name],
            [demo.name for demo in demos if demo.workspace == name],
            as_of,
        )
        for name in CAMPAIGNS
    }
    accounts = [
        _LoadedAccount(
            demo,
            workspace_ids[demo.workspace],
            account_ids[demo.name],
            campaigns[demo.workspace].campaign_id,
            campaigns[demo.workspace].step_ids["send_invite"],
        )
        for demo in demos
    ]
    sandbox.register_accounts(
        [
            {
                "id": provider_account_id_of(account.demo.name.lower(), sandbox.dsn),
                "version": version_of(sandbox.dsn),
                "name": account.demo.name,
                "provider_id": identity_of(account.demo.name.lower()),
                "public_identifier": account.demo.name.lower(),
            }
            for account in accounts
        ]
    )
    return accounts


def _send_earlier_today(
    connection: psycopg.Connection,
    sandbox: Sandbox,
    accounts: list[_LoadedAccount],
    people: Iterator[DemoPerson],
    as_of: dt.datetime,
) -> None:
    most_sent = max(account.demo.sent for account in accounts)
    began_at = as_of - BETWEEN_PAST_ROUNDS * (most_sent + 1)
    for account in accounts:
        run_ats = [began_at] * account.demo.sent
        _enroll(connection, account, people, run_ats, began_at)
    for index in range(most_sent):
        round_at = began_at + BETWEEN_PAST_ROUNDS * index
        # The sandbox gets the clock of the round: people accept from then on.
        sandbox.set_clock(round_at.isoformat())
        drain(
            connection,
            worker="first look",
            provider_dsn=sandbox.dsn,
            api_key=sandbox.api_key,
            until_seconds=60,
            as_of=round_at,
        )


def _inflate_counters(
    connection: psycopg.Connection, accounts: list[_LoadedAccount], as_of: dt.datetime
) -> None:
    """Writes the wrong counters, as the incident found them."""
    with connection.cursor() as cursor:
        cursor.executemany(
            "update outreach.linkedin_daily_counters set count = %s, updated_at = %s"
            " where workspace_id = %s and account_id = %s",
            [
                (
                    account.demo.counter,
                    as_of,
                    account.workspace_id,
                    account.account_id,
                )
                for account in accounts
                if account.demo.is_inflated
            ],
        )


def _inside_windows(
    connection: psycopg.Connection,
    account: _LoadedAccount,
    run_ats: list[dt.datetime],
) -> list[dt.datetime]:
    """For each moment, the earliest one from there on inside the account's window."""
    clamped = connection.execute(
        "select outreach.clamp_to_sending_window(%s, %s, run_at)"
        " from unnest(%s::timestamptz []) as run_ats (run_at)",
        [account.workspace_id, account.account_id, run_ats],
    ).fetchall()
    return [run_at for (run_at,) in clamped]


def _enroll(
    connection: psycopg.Connection,
    account: _LoadedAccount,
    people: Iterator[DemoPerson],
    run_ats: list[dt.datetime],
    enrolled_at: dt.datetime,
) -> int:
    """Enroll a new person for each time; gives the number of people."""
    place = {
        "workspace_id": account.workspace_id,
        "account_id": account.account_id,
        "campaign_id": account.campaign_id,
        "step_id": account.step_id,
    }
    return len(enroll(connection, place, people, run_ats, enrolled_at))
