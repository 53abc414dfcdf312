"""Accounts: each with its status, last activity, window, today's limits and webhooks.

Belongs here: the list, and the page on which an account or a workspace is added. Does
not: one account (`account.py`).
"""

from datetime import datetime
from typing import Any, NamedTuple

import psycopg
from starlette.requests import Request
from starlette.responses import Response

from trueup.console.forms import Form, RefusedError
from trueup.console.pages.login_links import FirstSettings, show_login_link, take_in
from trueup.console.paging import ROWS_PER_PAGE, after_of, listing_of
from trueup.console.rendering import render
from trueup.console.serving import (
    LARGEST_ID,
    act,
    acting,
    actor_of,
    done,
    page,
    reading,
    rows_of,
)
from trueup.inbound.accounts.workspaces import make_workspace
from trueup.inbound.settings import UnusableSettingError, provider_addresses

STATUSES = (
    "connected",
    "degraded",
    "partial",
    "connecting",
    "errored",
    "disconnected",
    "restricted",
    "locked",
    "deleted",
)
# How old a LinkedIn account is, by the ages from which the presets have other limits.
AGES = (
    ("", "Under 3 months, or not known"),
    ("3 months", "3 months to a year"),
    ("1 year", "A year or more"),
)
# What a tile says of a day's spending.
_TILE_ACTIONS = ("send_invite", "send_message")


class Filters(NamedTuple):
    """What the list is narrowed to."""

    workspace_id: int | None
    status: str | None


def show_accounts(request: Request) -> Response:
    """The list, by name."""
    filters = filters_of(request)
    after_name, after_id = after_of(request, str, int)
    with reading(request) as connection:
        now = now_of(connection)
        rows = account_rows(
            connection, now, filters, after_name, after_id, ROWS_PER_PAGE + 1
        )
        counts = rows_of(
            connection,
            "select * from outreach.console_account_counts(%(workspace_id)s)",
            {"workspace_id": filters.workspace_id},
        )
        workspaces = rows_of(connection, "select * from outreach.console_workspaces()")
        (logins,) = rows_of(
            connection,
            "select * from outreach.console_waiting_logins(%(workspace_id)s, %(at)s)",
            {"workspace_id": filters.workspace_id, "at": now},
        )
    count_of = {row["status"]: row["account_count"] for row in counts}
    response = render(
        request,
        "accounts.html",
        listing=listing_of(request, rows, "account", "account_id"),
        filters=filters,
        counts=[(status, count_of.get(status, 0)) for status in STATUSES],
        total=sum(count_of.values()),
        workspaces=workspaces,
        logins=logins,
        now=now,
    )
    if logins["told_count"] or (logins["open_count"] and not count_of):
        response.headers["Refresh"] = "10"
    return response


def filters_of(request: Request) -> Filters:
    """The filters of the query string; what is no filter is left out."""
    workspace = request.query_params.get("workspace", "")
    status = request.query_params.get("status", "")
    is_id = workspace.isascii() and workspace.isdecimal() and len(workspace) <= 19
    return Filters(
        int(workspace) if is_id and int(workspace) <= LARGEST_ID else None,
        status if status in STATUSES else None,
    )


def now_of(connection: psycopg.Connection) -> datetime:
    """The database's clock, which is the page's."""
    row = connection.execute("select clock_timestamp()").fetchone()
    assert row is not None
    return row[0]


def timezones_of(connection: psycopg.Connection) -> list[str]:
    """The names of all time zones, which a field suggests."""
    row = connection.execute(
        "select array_agg(timezone order by timezone) from outreach.timezones"
    ).fetchone()
    assert row is not None
    return row[0]


def account_rows(
    connection: psycopg.Connection,
    now: datetime,
    filters: Filters,
    after_name: str | None,
    after_id: int | None,
    most: int,
) -> list[dict[str, Any]]:
    """Accounts by name, each with its window and its allowances of today."""
    return rows_of(
        connection,
        "with accounts as materialized (select * from outreach.console_accounts("
        "%(workspace_id)s, null, %(status)s, %(after_name)s, %(after_id)s, %(most)s,"
        " %(at)s))"
        " select accounts.*, coalesce(spent.today, '[]') as today from accounts"
        " left join (select workspace_id, account_id, jsonb_agg(jsonb_build_object("
        "'action', action, 'spent', spent, 'limit_today', limit_today)"
        " order by array_position(%(actions)s, action)) as today"
        " from outreach.console_account_allowances("
        "array(select workspace_id from accounts),"
        " array(select account_id from accounts), %(at)s, 'day')"
        " where action = any(%(actions)s) group by workspace_id, account_id) as spent"
        " using (workspace_id, account_id)"
        " order by accounts.account, accounts.account_id",
        {
            "workspace_id": filters.workspace_id,
            "status": filters.status,
            "after_name": after_name,
            "after_id": after_id,
            "most": most,
            "at": now,
            "actions": list(_TILE_ACTIONS),
        },
    )


def show_new(request: Request) -> Response:
    """The page on which an account is connected or a workspace is made."""
    with reading(request) as connection:
        return render(
            request,
            "account_new.html",
            ages=AGES,
            login_pages=rows_of(
                connection,
                "select * from outreach.console_open_login_pages(clock_timestamp())",
            ),
            workspaces=rows_of(
                connection, "select * from outreach.console_workspaces()"
            ),
            presets=rows_of(
                connection, "select * from outreach.console_limit_presets()"
            ),
            timezones=timezones_of(connection),
        )


def connect(request: Request, form: Form) -> Response:
    """Ask the provider for a page on which a new account logs in."""
    return show_login_link(
        request,
        _workspace_of(form),
        new=FirstSettings(
            form["timezone"] or None, form["preset"], age_of(form["age"])
        ),
    )


def take_in_account(request: Request, form: Form) -> Response:
    """Add an account whose login the provider could not tell."""
    workspace_id = _workspace_of(form)
    page = form["page"]
    link_id = _id_of(page, "This login page does not exist.") if page else None
    taken = take_in(request, workspace_id, form["account"], link_id)
    path = f"/accounts/{workspace_id}/{taken.account_id}"
    said = f"{taken.name} is in the workspace now: {taken.settings}."
    return done(request, path, said)


def _workspace_of(form: Form) -> int:
    text = form.needed("workspace", "Choose the workspace of the account.")
    return _id_of(text, "This workspace does not exist.")


def _id_of(text: str, problem: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= 18):
        raise RefusedError(f"{problem} Choose one of the list.")
    return int(text)


def add_workspace(request: Request, form: Form) -> Response:
    """Make a workspace that works through the provider of this installation."""
    name = form.needed("name", "Name it after the team or the client.")
    timezone = form.needed("zone", "Choose a time zone, such as Europe/Berlin.")
    try:
        addresses = provider_addresses()
    except UnusableSettingError as unusable:
        raise RefusedError(str(unusable)) from None
    with acting(request) as connection:
        make_workspace(connection, name, addresses, timezone, actor_of(request))
    return done(request, "/accounts/new", f"The workspace {name} is made.")


def age_of(text: str) -> str | None:
    """An age of the list, as Postgres reads it; None for an unknown one."""
    return text if text in dict(AGES) and text else None


ROUTES = [
    page("/accounts", show_accounts),
    page("/accounts/new", show_new),
    act("/accounts/new/connect", connect, show_new),
    act("/accounts/new/logged-in", take_in_account, show_new),
    act("/accounts/new/workspace", add_workspace, show_new),
]
