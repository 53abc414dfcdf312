"""Loads LL#273 as it stood before the fix: 51 accounts, 41 counters too high.

Belongs here: the order of the load. The day's sends are made by the real sender, over
real HTTP, with earlier clocks; only the inflation is written by hand. One transaction:
a load that is interrupted leaves nothing.
"""

import dataclasses
import datetime as dt
import importlib.resources
import itertools
from collections.abc import Iterator

import psycopg

from dagster_project.campaigns import read_campaign_file, save_campaign
from dagster_project.first_look.accounts import (
    CAMPAIGNS,
    CLOSES,
    OPENS,
    DemoAccount,
    demo_accounts,
)
from dagster_project.first_look.people import DemoPerson, demo_person
from dagster_project.paths import PROJECT_ROOT
from dagster_project.sender import drain
from dagster_project.unipile.sandbox.control import Sandbox

# Of each action the daily limit; invites have a weekly and an outstanding one too.
LIMITS = (
    ("send_invite", "day", 80),
    ("send_invite", "week", 400),
    ("send_invite", "outstanding", 500),
    ("send_message", "day", 100),
    ("resolve_profile", "day", 80),
)
MINIMUM_GAP = dt.timedelta(minutes=1)
BETWEEN_PAST_ROUNDS = dt.timedelta(minutes=5)
CONNECTED_FOR = dt.timedelta(days=30)
UPCOMING_PER_ACCOUNT = 30
# How the sandbox's people and provider behave: quicker than real ones, so that the
# first minutes show something; late, twice and never as real ones.
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
    """Whether nobody has put anything into this database yet."""
    return not connection.execute(
        "select exists (select from outreach.workspaces)"
    ).fetchone()[0]


def load_first_look(
    connection: psycopg.Connection, sandbox: Sandbox, as_of: dt.datetime
) -> FirstLook:
    """Load the incident, dated so that `as_of` is now.

    The connection must be in autocommit; the sandbox is told of the accounts and
    forgets whatever it knew. Some of the people have accepted by then, and some reply.
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
            # Each account is due at another second: somebody is at any time.
            run_ats = [
                as_of + (number + place / len(accounts)) * BETWEEN_UPCOMING
                for number in range(UPCOMING_PER_ACCOUNT)
            ]
            queued += _enroll(connection, account, people, run_ats, as_of)
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
    connected_at = as_of - CONNECTED_FOR
    workspace_ids = {
        name: _load_workspace(connection, sandbox.dsn, name) for name in CAMPAIGNS
    }
    demos = demo_accounts(as_of)
    account_ids = {
        demo.name: _load_account(
            connection, workspace_ids[demo.workspace], demo, connected_at
        )
        for demo in demos
    }
    campaigns = {
        name: _save_campaign(
            connection,
            name,
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
            *campaigns[demo.workspace],
        )
        for demo in demos
    ]
    sandbox.register_accounts(
        [
            {
                "id": _provider_account_id(account.demo),
                "name": account.demo.name,
                "provider_id": _identity(account.demo),
                "public_identifier": account.demo.name.lower(),
                "status": "OK",
            }
            for account in accounts
        ]
    )
    return accounts


def _load_workspace(
    connection: psycopg.Connection, provider_dsn: str, name: str
) -> int:
    return connection.execute(
        "insert into outreach.workspaces (name, provider_dsn) values (%s, %s)"
        " returning workspace_id",
        [name, provider_dsn],
    ).fetchone()[0]


def _save_campaign(
    connection: psycopg.Connection,
    workspace: str,
    account_names: list[str],
    as_of: dt.datetime,
) -> tuple[int, int]:
    """Save a workspace's shipped campaign: its id and that of its invite step."""
    campaign = read_campaign_file(PROJECT_ROOT / "campaigns" / CAMPAIGNS[workspace])
    saved = save_campaign(
        connection,
        dataclasses.replace(campaign, accounts=tuple(account_names)),
        as_of,
        actor="first look",
    )
    invites = [step.action == "send_invite" for step in campaign.steps]
    return saved.campaign_id, saved.step_ids[invites.index(True)]


def _load_account(
    connection: psycopg.Connection,
    workspace_id: int,
    demo: DemoAccount,
    connected_at: dt.datetime,
) -> int:
    account_id = connection.execute(
        "insert into outreach.linkedin_accounts (workspace_id, name, first_name,"
        " timezone, has_premium, created_at) values (%s, %s, %s, %s, true, %s)"
        " returning account_id",
        [workspace_id, demo.name, demo.name, demo.timezone, connected_at],
    ).fetchone()[0]
    connection.execute(
        "insert into outreach.provider_accounts (linkedin_identity,"
        " provider_account_id, workspace_id, account_id) values (%s, %s, %s, %s)",
        [_identity(demo), _provider_account_id(demo), workspace_id, account_id],
    )
    with connection.cursor() as cursor:
        cursor.executemany(
            "insert into outreach.linkedin_account_sending_windows"
            " values (%s, %s, %s, %s, %s)",
            [(workspace_id, account_id, day, OPENS, CLOSES) for day in range(1, 8)],
        )
        cursor.executemany(
            "insert into outreach.linkedin_account_limits"
            " values (%s, %s, %s, %s, %s, %s)",
            [
                (
                    workspace_id,
                    account_id,
                    action,
                    per,
                    limit_count,
                    MINIMUM_GAP if per == "day" else dt.timedelta(0),
                )
                for action, per, limit_count in LIMITS
            ],
        )
    connection.execute(
        "select outreach.flip_linkedin_account_status(%s, %s, 'connected',"
        " 'connected by its owner', 'first look', %s)",
        [workspace_id, account_id, connected_at],
    )
    return account_id


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
        # The provider's clock is the round's too: people accept since then.
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
    """The corruption itself, as the incident found it in the cached counters."""
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


def _enroll(
    connection: psycopg.Connection,
    account: _LoadedAccount,
    people: Iterator[DemoPerson],
    run_ats: list[dt.datetime],
    enrolled_at: dt.datetime,
) -> int:
    """Enroll a new person for each time; how many that were."""
    chosen = list(itertools.islice(people, len(run_ats)))
    query = (
        importlib.resources.files("dagster_project.first_look")
        .joinpath("enroll_demo_people.sql")
        .read_text(encoding="utf-8")
    )
    enrolled = connection.execute(
        query,
        {
            "workspace_id": account.workspace_id,
            "account_id": account.account_id,
            "campaign_id": account.campaign_id,
            "step_id": account.step_id,
            "provider_ids": [person.provider_id for person in chosen],
            "public_identifiers": [person.public_identifier for person in chosen],
            "first_names": [person.first_name for person in chosen],
            "last_names": [person.last_name for person in chosen],
            "companies": [person.company for person in chosen],
            "job_titles": [person.job_title for person in chosen],
            "run_ats": run_ats,
            "enrolled_at": enrolled_at,
        },
    ).fetchall()
    with connection.cursor() as cursor:
        cursor.executemany(
            "select outreach.queue_send_job(%s, %s, %s)",
            [
                (account.workspace_id, enrollment_id, run_at)
                for enrollment_id, run_at in enrolled
            ],
        )
    return len(enrolled)


def _identity(demo: DemoAccount) -> str:
    return f"ACoAA-demo-account-{demo.name.lower()}"


def _provider_account_id(demo: DemoAccount) -> str:
    return f"demo-{demo.name.lower()}"
