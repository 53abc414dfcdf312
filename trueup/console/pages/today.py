"""Today: what waits for a person now, and what goes out in the next hours.

Belongs here: the page, the whole lists behind its parts, and acknowledging an alert.
Does not: deciding a call that nobody answered (`unknown_send.py`).
"""

import dataclasses
import re
from datetime import datetime, timedelta
from typing import Any

import psycopg
from starlette.requests import Request
from starlette.responses import Response

from trueup.console.forms import Form
from trueup.console.pages.accounts import now_of
from trueup.console.pages.replies import with_paths
from trueup.console.paging import ROWS_PER_PAGE, Listing, after_of, listing_of
from trueup.console.rendering import render
from trueup.console.serving import (
    act,
    acting,
    actor_of,
    done,
    has_mart,
    page,
    parts_of,
    previewing,
    reading,
    rows_of,
)
from trueup.console.shown import status_reason
from trueup.sender.forecast import texts_of_step, why_parked

ROWS_SHOWN = 5
_SUBJECT = re.compile(r"\b(account|person) ([0-9]{1,18})\b")
# The number of an incident, which says nothing to the people who run campaigns.
_INCIDENT = re.compile(r" ?\(LL#[0-9]+\)")
MOST_STOPPED = 50
HOURS_SHOWN = 12
NEXT_SENDS = 8
# With more due jobs, a page shows the forecast of the hourly mart.
MOST_FORESEEN = 1_000


def show_today(request: Request) -> Response:
    """The first rows of everything that waits, and the forecast, asked at once."""
    with reading(request) as connection:
        now = now_of(connection)
        parts = parts_of(
            connection,
            "select * from outreach.console_today("
            "%(at)s, %(rows)s, %(stopped)s, %(hours)s, %(jobs)s, %(next)s)",
            {
                "at": now,
                "rows": ROWS_SHOWN,
                "stopped": MOST_STOPPED,
                "hours": HOURS_SHOWN,
                "jobs": MOST_FORESEEN,
                "next": NEXT_SENDS,
            },
        )
    with previewing(request) as connection:
        for row in parts["next"]:
            row["parked_because"] = _why_parked(connection, row)
    return render(
        request,
        "today.html",
        parked=parts["parked"],
        alerts=_alerts_listed(request, parts["alert"], ROWS_SHOWN),
        sends=_sends_listed(request, parts["send"], ROWS_SHOWN),
        stopped=parts["stopped"],
        unread=with_paths(parts["unread"]),
        has_accounts=bool(parts["account"]),
        outlook=_outlook_of(parts, now),
        now=now,
    )


def show_alerts(request: Request) -> Response:
    """All open alerts, a page at a time."""
    is_new, opened_at, alert_id = after_of(request, bool, datetime, int)
    with reading(request) as connection:
        now = now_of(connection)
        rows = rows_of(
            connection,
            "select * from outreach.console_alerts("
            "%(is_new)s, %(opened_at)s, %(alert_id)s, %(most)s)",
            {
                "is_new": is_new,
                "opened_at": opened_at,
                "alert_id": alert_id,
                "most": ROWS_PER_PAGE + 1,
            },
        )
    return render(
        request,
        "today_alerts_page.html",
        alerts=_alerts_listed(request, rows, ROWS_PER_PAGE),
        now=now,
    )


def show_unknown_sends(request: Request) -> Response:
    """All calls without an answer, also those that the provider is asked about."""
    rank, lost_at, attempt_id = after_of(request, int, datetime, int)
    with reading(request) as connection:
        now = now_of(connection)
        rows = []
        if has_mart(connection, "unknown_sends"):
            rows = rows_of(
                connection,
                "select * from outreach.console_unknown_sends(null, null, false,"
                " %(rank)s, %(lost_at)s, %(attempt_id)s, %(most)s)",
                {
                    "rank": rank,
                    "lost_at": lost_at,
                    "attempt_id": attempt_id,
                    "most": ROWS_PER_PAGE + 1,
                },
            )
    return render(
        request,
        "today_sends_page.html",
        sends=_sends_listed(request, rows, ROWS_PER_PAGE),
        now=now,
    )


def _alerts_listed(request: Request, rows: list[dict[str, Any]], size: int) -> Listing:
    for row in rows:
        row |= told_in_the_console(row)
    return listing_of(request, rows, "is_new", "opened_at", "alert_id", size=size)


def _sends_listed(request: Request, rows: list[dict[str, Any]], size: int) -> Listing:
    return listing_of(request, rows, "rank", "lost_at", "attempt_id", size=size)


def told(message: str) -> str:
    """A message whose sentences begin with capitals, in words of this page."""
    return ". ".join(status_reason(one) for one in message.split(". "))


def told_in_the_console(alert: dict[str, Any]) -> dict[str, Any]:
    """What to do about an alert, without what only a shell or a developer needs.

    path, place: the page of its account or person and what it is, None without one.
    """
    what_to_do = _INCIDENT.sub("", alert["what_to_do"] or "")
    _, is_told, rest = what_to_do.partition("What to do: ")
    what_to_do = f"{rest[:1].upper()}{rest[1:]}" if is_told else what_to_do
    path = place = None
    named = _SUBJECT.search(alert["subject"])
    if named is not None and alert["workspace_id"]:
        place = named[1]
        folder = {"account": "accounts", "person": "people"}[place]
        path = f"/{folder}/{alert['workspace_id']}/{named[2]}"
    if alert["code"] == "account_disconnected" and path is not None:
        what_to_do = (
            "If LinkedIn restricts the account, log in there and settle that first. "
            "Then reconnect it on its page. Nothing is sent from it until then."
        )
    return {
        "message": told(_INCIDENT.sub("", alert["message"])),
        "what_to_do": what_to_do,
        "path": path,
        "place": place,
    }


@dataclasses.dataclass(frozen=True)
class Outlook:
    """What goes out in the next hours, if nothing changes.

    hours: how many invites, messages and others, hour by hour. sends: the first of all;
    parked_because says of each why it will be parked instead of sent.
    foreseen_at: None if nothing was foreseen yet. is_live: foreseen for this page.
    """

    until: datetime
    hours: list[dict[str, Any]]
    sends: list[dict[str, Any]]
    foreseen_at: datetime | None
    is_live: bool


def _why_parked(connection: psycopg.Connection, row: dict[str, Any]) -> str | None:
    """What parks the person when this act's text is to be written."""
    if row["prospect_id"] is None:
        return None
    texts = texts_of_step(
        connection,
        row["workspace_id"],
        row["campaign_id"],
        row["prospect_id"],
        step_id=row["step_id"],
        action=row["action"],
    )
    return why_parked(texts)


def _outlook_of(parts: dict[str, list[dict[str, Any]]], now: datetime) -> Outlook:
    (foreseen,) = parts["foreseen"] or [{"foreseen_at": None, "is_live": False}]
    until = now + timedelta(hours=HOURS_SHOWN)
    return Outlook(until, parts["hour"], parts["next"], **foreseen)


def acknowledge(request: Request, form: Form) -> Response:
    """Note that the signed-in person knows of an alert."""
    with acting(request) as connection:
        row = connection.execute(
            "select outreach.acknowledge_admin_alert(%s, %s, %s)",
            [form.row_id("workspace"), form.row_id("alert"), actor_of(request)],
        ).fetchone()
    assert row is not None
    sentence = (
        "Others see now that you know of the alert. It stays open until it is resolved."
        if row[0]
        else "Somebody acknowledged this alert before you."
    )
    path = "/today/alerts" if form["from"] == "list" else "/today"
    return done(request, path, sentence)


ROUTES = [
    page("/today", show_today),
    page("/today/alerts", show_alerts),
    page("/today/sends", show_unknown_sends),
    act("/today/acknowledge", acknowledge, show_today),
]
