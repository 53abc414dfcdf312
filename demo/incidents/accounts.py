"""Workspaces, accounts and campaigns that incidents happened to.

Belongs here: making them by the rules of today. What went wrong with them is in the
module of each incident.
"""

import dataclasses
import datetime as dt

import psycopg

from trueup.campaigns import read_campaign_file, save_campaign
from trueup.paths import PROJECT_ROOT
from trueup.unipile.addresses import version_of
from unipile_sandbox.control import Sandbox

OPENS = dt.time(8)
CLOSES = dt.time(20)
# The daily limit of each action; invites also have a weekly and an outstanding one.
LIMITS = (
    ("send_invite", "day", 80),
    ("send_invite", "week", 400),
    ("send_invite", "outstanding", 500),
    ("send_message", "day", 100),
    ("resolve_profile", "day", 80),
)
MINIMUM_GAP = dt.timedelta(minutes=1)
CONNECTED_FOR = dt.timedelta(days=30)


@dataclasses.dataclass(frozen=True)
class LoadedCampaign:
    """A saved campaign: its id, and its steps' ids by their action, first ones."""

    campaign_id: int
    step_ids: dict[str, int]


def make_workspace(connection: psycopg.Connection, name: str, provider_dsn: str) -> int:
    """A workspace of the provider at `provider_dsn`; its id."""
    return connection.execute(
        "insert into outreach.workspaces (name, provider_dsn) values (%s, %s)"
        " returning workspace_id",
        [name, provider_dsn],
    ).fetchone()[0]


def make_account(
    connection: psycopg.Connection,
    workspace_id: int,
    name: str,
    key: str,
    timezone: str,
    as_of: dt.datetime,
    *,
    is_connected: bool = True,
    minimum_gap: dt.timedelta = MINIMUM_GAP,
) -> int:
    """An account connected for 30 days, sending from 8 to 20 every day; its id.

    key: makes its LinkedIn identity unique in all workspaces. is_connected: whether
    its owner has finished the login. minimum_gap: between two sends of an action.
    """
    connected_at = as_of - CONNECTED_FOR
    (provider_dsn,) = connection.execute(
        "select provider_dsn from outreach.workspaces where workspace_id = %s",
        [workspace_id],
    ).fetchone()
    account_id = connection.execute(
        "insert into outreach.linkedin_accounts (workspace_id, name, first_name,"
        " timezone, has_premium, created_at) values (%s, %s, %s, %s, true, %s)"
        " returning account_id",
        [workspace_id, name, name, timezone, connected_at],
    ).fetchone()[0]
    connection.execute(
        "insert into outreach.provider_accounts (linkedin_identity,"
        " provider_account_id, workspace_id, account_id) values (%s, %s, %s, %s)",
        [
            identity_of(key),
            provider_account_id_of(key, provider_dsn),
            workspace_id,
            account_id,
        ],
    )
    # Nobody has written to it yet.
    connection.execute(
        "insert into outreach.reply_polls (workspace_id, account_id, read_until)"
        " values (%s, %s, %s)",
        [workspace_id, account_id, as_of],
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
                    minimum_gap if per == "day" else dt.timedelta(0),
                )
                for action, per, limit_count in LIMITS
            ],
        )
    if is_connected:
        connection.execute(
            "select outreach.flip_linkedin_account_status(%s, %s, 'connected',"
            " 'connected by its owner', 'first look', %s)",
            [workspace_id, account_id, connected_at],
        )
    return account_id


def register(
    sandbox: Sandbox, name: str, key: str, *, has_logged_in: bool = True
) -> None:
    """Make the account of `make_account` known to the sandbox, under the same ids.

    has_logged_in: else version 1 shows it as CONNECTING, and version 2 not at all.
    """
    version = version_of(sandbox.dsn)
    if version == 2 and not has_logged_in:
        return
    account = {
        "id": provider_account_id_of(key, sandbox.dsn),
        "version": version,
        "name": name,
        "provider_id": identity_of(key),
        "public_identifier": key,
    }
    if not has_logged_in:
        account["status"] = "CONNECTING"
    sandbox.register_accounts([account])


def save_shipped_campaign(
    connection: psycopg.Connection,
    file_name: str,
    workspace_id: int,
    account_names: list[str],
    as_of: dt.datetime,
    name: str | None = None,
) -> LoadedCampaign:
    """Save a file of `campaigns/` for these accounts, under its own name or another."""
    shipped = read_campaign_file(PROJECT_ROOT / "campaigns" / file_name)
    campaign = dataclasses.replace(
        shipped,
        name=name or shipped.name,
        workspace=workspace_id,
        accounts=tuple(account_names),
    )
    saved = save_campaign(connection, campaign, as_of, actor="first look")
    step_ids: dict[str, int] = {}
    for step, step_id in zip(campaign.steps, saved.step_ids, strict=True):
        step_ids.setdefault(step.action, step_id)
    return LoadedCampaign(saved.campaign_id, step_ids)


def identity_of(key: str) -> str:
    return f"ACoAA-demo-account-{key}"


def provider_account_id_of(key: str, provider_dsn: str) -> str:
    """The account's id at the provider: version 2 has ids of its own form."""
    return f"acc_demo-{key}" if version_of(provider_dsn) == 2 else f"demo-{key}"
