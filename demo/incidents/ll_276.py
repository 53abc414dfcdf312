"""LL#276: 14 accounts stuck in connecting, because a bare update was refused.

Belongs here: their rows, and the same accounts at the provider, where they are OK. One
more account is connected, and one has not finished its login.
"""

import dataclasses
import datetime as dt

import psycopg

from demo.incidents.accounts import make_account, make_workspace, register
from demo.incidents.figures import Pair, Value, paired
from demo.incidents.replay import Incident, Stage
from trueup.inbound.accounts.reconnect import refresh_and_restore
from trueup.inbound.settings import WebhookTarget
from unipile_sandbox.control import Sandbox

STUCK = ("Dipti", "Panagiotis", *(f"Stuck {number}" for number in range(3, 15)))
# His login is not finished.
UNFINISHED = "Hafiz"
# Nothing listens there: this incident needs no webhooks.
TARGET = WebhookTarget("http://127.0.0.1:9/webhooks/unipile", "a secret for a replay")
# status-writer: on purpose, it is the incident's own update
BARE_UPDATE = (
    "update outreach.linkedin_accounts set status = 'connected'"
    " where workspace_id = %s and account_id = %s"
)


@dataclasses.dataclass(frozen=True)
class Loaded:
    """Where the accounts are; stuck: their ids, Dipti's first."""

    workspace_id: int
    stuck: tuple[int, ...]


def load(
    connection: psycopg.Connection, sandbox: Sandbox, as_of: dt.datetime
) -> Loaded:
    """Load the accounts here and at the sandbox, so that `as_of` is now."""
    with connection.transaction():
        workspace_id = make_workspace(connection, "Several", sandbox.dsn)
        ids = {
            name: make_account(
                connection,
                workspace_id,
                name,
                _key(workspace_id, name),
                "UTC",
                as_of,
                is_connected=name == "Anisha",
            )
            for name in (*STUCK, "Anisha", UNFINISHED)
        }
    for name in ids:
        register(
            sandbox, name, _key(workspace_id, name), has_logged_in=name != UNFINISHED
        )
    return Loaded(workspace_id, tuple(ids[name] for name in STUCK))


def _key(workspace_id: int, name: str) -> str:
    return f"{workspace_id}-{name.lower().replace(' ', '-')}"


def _replay(stage: Stage) -> dict[str, Pair]:
    loaded = load(stage.connection, stage.sandbox, stage.as_of)
    sqlstate, calls = _refusal(stage.connection, loaded)
    before = _look(stage)
    refresh_and_restore(
        stage.connection,
        stage.sandbox.dsn,
        stage.sandbox.api_key,
        lambda: TARGET,
        stage.as_of,
    )
    return paired(before, _look(stage)) | {
        "a bare update of the status fails with": (None, sqlstate),
        "and names the function to call": (None, calls),
    }


def _refusal(connection: psycopg.Connection, loaded: Loaded) -> tuple[str | None, bool]:
    """The SQLSTATE of the incident's own update, and whether it says what to call."""
    try:
        connection.execute(BARE_UPDATE, [loaded.workspace_id, loaded.stuck[0]])
    except psycopg.errors.CheckViolation as refusal:
        hint = refusal.diag.message_hint or ""
        return refusal.sqlstate, "flip_linkedin_account_status()" in hint
    return None, False


def _look(stage: Stage) -> dict[str, Value]:
    return {
        "accounts stuck in connecting": stage.one(
            "select count(*) from outreach.linkedin_accounts"
            " where status = 'connecting' and name <> %s",
            UNFINISHED,
        ),
        "accounts connected": _count(stage, "connected"),
        "the account whose login is not finished is connected": stage.one(
            "select status = 'connected' from outreach.linkedin_accounts"
            " where name = %s",
            UNFINISHED,
        ),
        "flips from connecting by the accounts poll": stage.one(
            "select count(*) from outreach.linkedin_account_status_audit"
            " where from_status = 'connecting' and to_status = 'connected'"
            " and actor = 'accounts poll'"
        ),
        "accounts whose pill no audit row explains": stage.one(
            "select count(*) from analytics.account_status"
            " where status <> stored_status"
        ),
    }


def _count(stage: Stage, status: str) -> Value:
    return stage.one(
        "select count(*) from outreach.linkedin_accounts where status = %s", status
    )


INCIDENT = Incident(
    name="LL#276",
    says="Reconnects failed with 23514, and 14 accounts were stuck in connecting.",
    replay=_replay,
    wanted={
        "accounts stuck in connecting": (14, 0),
        "the account whose login is not finished is connected": (False, False),
        "a bare update of the status fails with": (None, "23514"),
        "and names the function to call": (None, True),
        "accounts connected": (1, 15),
        "flips from connecting by the accounts poll": (0, 14),
        "accounts whose pill no audit row explains": (0, 0),
    },
)
