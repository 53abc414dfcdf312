"""Campaigns: a card each, with what its steps came to, and how to start or stop it.

Belongs here: the list, and the acts of a card. Does not: the editor (`campaign.py`).
"""

import dataclasses
from collections import defaultdict
from typing import Any

import psycopg
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from trueup.console.forms import Form, RefusedError
from trueup.console.pages.accounts import filters_of, now_of
from trueup.console.paging import after_of, listing_of
from trueup.console.rendering import render
from trueup.console.serving import (
    act,
    acting,
    actor_of,
    done,
    has_mart,
    id_of,
    page,
    reading,
    rows_of,
)

CARDS_PER_PAGE = 12


def show_campaigns(request: Request) -> Response:
    """The cards, by name."""
    return _show(request, filters_of(request).workspace_id, None)


def show_card(request: Request) -> Response:
    """The card of one campaign alone, for an act of it that is refused."""
    workspace_id, campaign_id = key_of(request)
    refusal = request.state.refusal
    own_act = f"{refusal.act}-{workspace_id}-{campaign_id}"
    request.state.refusal = dataclasses.replace(refusal, act=own_act)
    return _show(request, workspace_id, campaign_id)


def _show(
    request: Request, workspace_id: int | None, campaign_id: int | None
) -> Response:
    after_name, after_id = after_of(request, str, int)
    with reading(request) as connection:
        now = now_of(connection)
        rows = rows_of(
            connection,
            "select * from outreach.console_campaigns("
            "%(workspace_id)s, %(campaign_id)s, %(after_name)s, %(after_id)s,"
            " %(most)s)",
            {
                "workspace_id": workspace_id,
                "campaign_id": campaign_id,
                "after_name": after_name,
                "after_id": after_id,
                "most": CARDS_PER_PAGE + 1,
            },
        )
        listing = listing_of(
            request, rows, "campaign", "campaign_id", size=CARDS_PER_PAGE
        )
        fill_with_people(connection, listing.rows)
        _fill_with_accepts(connection, listing.rows)
        _fill_with_steps(connection, listing.rows)
        is_counted = has_mart(connection, "campaign_step_stats")
        workspaces = rows_of(connection, "select * from outreach.console_workspaces()")
    if campaign_id is not None and not listing.rows:
        raise HTTPException(404, "There is no such campaign.")
    return render(
        request,
        "campaigns.html",
        listing=listing,
        workspaces=workspaces,
        workspace_id=workspace_id,
        is_counted=is_counted,
        now=now,
    )


def fill_with_people(
    connection: psycopg.Connection, campaigns: list[dict[str, Any]]
) -> None:
    """Adds the numbers of people of each campaign to its row."""
    rows = rows_of(
        connection,
        "select * from outreach.console_campaign_people("
        "%(workspace_ids)s::bigint[], %(campaign_ids)s::bigint[])",
        _keys_of(campaigns),
    )
    people_of = {row["campaign_id"]: row for row in rows}
    for campaign in campaigns:
        campaign |= people_of[campaign["campaign_id"]]


def _fill_with_accepts(
    connection: psycopg.Connection, campaigns: list[dict[str, Any]]
) -> None:
    """Adds the accepts and rates of each campaign; None while they are not counted."""
    rows = rows_of(
        connection,
        "select * from outreach.console_accept_stats("
        "%(workspace_ids)s::bigint[], %(campaign_ids)s::bigint[])",
        _keys_of(campaigns),
    )
    accepts_of = {row["campaign_id"]: row for row in rows}
    for campaign in campaigns:
        campaign["accepts"] = accepts_of.get(campaign["campaign_id"])


def _fill_with_steps(
    connection: psycopg.Connection, campaigns: list[dict[str, Any]]
) -> None:
    rows = rows_of(
        connection,
        "select * from outreach.console_campaign_steps("
        "%(workspace_ids)s::bigint[], %(campaign_ids)s::bigint[])",
        _keys_of(campaigns),
    )
    steps_of = defaultdict(list)
    for row in rows:
        steps_of[row["campaign_id"]].append(row)
    for campaign in campaigns:
        campaign["steps"] = steps_of[campaign["campaign_id"]]


def _keys_of(campaigns: list[dict[str, Any]]) -> dict[str, list[int]]:
    return {
        "workspace_ids": [one["workspace_id"] for one in campaigns],
        "campaign_ids": [one["campaign_id"] for one in campaigns],
    }


def key_of(request: Request) -> tuple[int, int]:
    """The ids of the path's workspace and campaign."""
    return id_of(request, "workspace_id"), id_of(request, "campaign_id")


def path_of(workspace_id: int, campaign_id: int) -> str:
    """The path of a campaign's editor."""
    return f"/campaigns/{workspace_id}/{campaign_id}"


def set_pause(request: Request, *, is_paused: bool, reason: str) -> None:
    """Pauses the path's campaign, or lets it go on. Raises RefusedError."""
    workspace_id, campaign_id = key_of(request)
    with acting(request) as connection:
        row = connection.execute(
            "select outreach.set_pause(%s, 'campaign', %s, %s, %s, %s)",
            [workspace_id, campaign_id, is_paused, actor_of(request), reason],
        ).fetchone()
    assert row is not None
    if not row[0]:
        raise RefusedError(
            "The campaign is paused already." if is_paused else "It is running already."
        )


WHY = "Say why: the reason is kept with the change."


def pause(request: Request, form: Form) -> Response:
    """Pause every send of the campaign whose call has not begun."""
    set_pause(request, is_paused=True, reason=form.needed("reason", WHY))
    return _done(request, "The campaign is paused.")


def resume(request: Request, form: Form) -> Response:
    """Let the campaign go on."""
    set_pause(request, is_paused=False, reason=form.needed("reason", WHY))
    return _done(request, "The campaign goes on.")


def start(request: Request, _form: Form) -> Response:
    """Start a campaign that was saved and never ran."""
    set_pause(request, is_paused=False, reason="started")
    return _done(request, "The campaign is started.")


def _done(request: Request, sentence: str) -> Response:
    workspace_id, campaign_id = key_of(request)
    return done(request, f"/campaigns#campaign-{workspace_id}-{campaign_id}", sentence)


_PATH = "/campaigns/{workspace_id}/{campaign_id}"
ROUTES = [
    page("/campaigns", show_campaigns),
    act(f"{_PATH}/card-pause", pause, show_card),
    act(f"{_PATH}/card-resume", resume, show_card),
    act(f"{_PATH}/card-start", start, show_card),
]
