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
    id_of,
    page,
    parts_of,
    reading,
    rows_of,
)
from trueup.console.shown import span

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
        parts = parts_of(
            connection,
            "select * from outreach.console_campaigns_page("
            "%(workspace_id)s, %(campaign_id)s, %(after_name)s, %(after_id)s,"
            " %(most)s)",
            {
                "workspace_id": workspace_id,
                "campaign_id": campaign_id,
                "after_name": after_name,
                "after_id": after_id,
                "most": CARDS_PER_PAGE,
            },
        )
    listing = listing_of(
        request, parts["campaign"], "campaign", "campaign_id", size=CARDS_PER_PAGE
    )
    _fill_cards(listing.rows, parts)
    if campaign_id is not None and not listing.rows:
        raise HTTPException(404, "There is no such campaign.")
    return render(
        request,
        "campaigns.html",
        listing=listing,
        workspaces=parts["workspace"],
        workspace_id=workspace_id,
        is_counted=parts["is_counted"][0]["is_counted"],
        now=now,
    )


def _fill_cards(
    campaigns: list[dict[str, Any]], parts: dict[str, list[dict[str, Any]]]
) -> None:
    """Adds to each campaign its people, accepts and steps.

    Its accepts are None while they are not counted.
    """
    people_of = {row["campaign_id"]: row for row in parts["people"]}
    accepts_of = {row["campaign_id"]: row for row in parts["accepts"]}
    steps_of = defaultdict(list)
    for row in parts["step"]:
        steps_of[row["campaign_id"]].append(row)
    for campaign in campaigns:
        campaign_id = campaign["campaign_id"]
        campaign |= people_of[campaign_id]
        campaign["accepts"] = accepts_of.get(campaign_id)
        campaign["steps"] = steps_of[campaign_id]


def fill_with_people(connection: psycopg.Connection, campaign: dict[str, Any]) -> None:
    """Adds the numbers of people of a campaign to its row."""
    (people,) = rows_of(
        connection,
        "select * from outreach.console_campaign_people("
        "array[%(workspace_id)s::bigint], array[%(campaign_id)s::bigint])",
        campaign,
    )
    campaign |= people


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
    return _done(request, f"The campaign is started. {spread_words(request)}")


def spread_words(request: Request) -> str:
    """Why people who are due at once are not all written to at once."""
    return (
        f"First steps are spread over {longest_spread(request)} from when they are due "
        "in the account's sending window, so that they do not all go at once."
    )


def longest_spread(request: Request) -> str:
    """How long after one another people go on who are due at once."""
    with reading(request) as connection:
        row = connection.execute("select outreach.longest_send_jitter()").fetchone()
    assert row is not None
    return span(row[0])


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
