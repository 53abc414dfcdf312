"""Today: what waits for a person now, and what goes out in the next hours.

Belongs here: the page, the whole lists behind its parts, and acknowledging an alert.
Does not: deciding a call that nobody answered (`unknown_send.py`).
"""

import dataclasses
import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import psycopg
from starlette.requests import Request
from starlette.responses import Response

from trueup.console.forms import Form
from trueup.console.pages.accounts import has_accounts, now_of
from trueup.console.pages.replies import unread_of
from trueup.console.paging import Listing, after_of, listing_of
from trueup.console.rendering import render
from trueup.console.serving import (
    act,
    acting,
    actor_of,
    done,
    has_mart,
    page,
    reading,
    rows_of,
)
from trueup.console.shown import status_reason

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
    """The first rows of everything that waits, and the forecast."""
    with reading(request) as connection:
        now = now_of(connection)
        return render(
            request,
            "today.html",
            parked=rows_of(
                connection,
                "select * from outreach.console_parked_campaigns(%(most)s)",
                {"most": MOST_STOPPED},
            ),
            alerts=_alerts(connection, request, (None, None, None), ROWS_SHOWN),
            sends=_unknown_sends(
                connection, request, (None, None, None), ROWS_SHOWN, is_whole=False
            ),
            stopped=rows_of(
                connection,
                "select * from outreach.console_stopped_accounts(%(most)s)",
                {"most": MOST_STOPPED},
            ),
            unread=unread_of(connection, ROWS_SHOWN),
            has_accounts=has_accounts(connection),
            outlook=outlook_of(connection, now),
            now=now,
        )


def show_alerts(request: Request) -> Response:
    """All open alerts, a page at a time."""
    before = after_of(request, bool, datetime, int)
    with reading(request) as connection:
        return render(
            request,
            "today_alerts_page.html",
            alerts=_alerts(connection, request, before),
            now=now_of(connection),
        )


def show_unknown_sends(request: Request) -> Response:
    """All calls that nobody answered, a page at a time."""
    after = after_of(request, int, datetime, int)
    with reading(request) as connection:
        return render(
            request,
            "today_sends_page.html",
            sends=_unknown_sends(connection, request, after, is_whole=True),
            now=now_of(connection),
        )


def _alerts(
    connection: psycopg.Connection,
    request: Request,
    before: tuple[Any, ...],
    size: int = 50,
) -> Listing:
    is_new, opened_at, alert_id = before
    rows = rows_of(
        connection,
        "select * from outreach.console_alerts("
        "%(is_new)s, %(opened_at)s, %(alert_id)s, %(most)s)",
        {
            "is_new": is_new,
            "opened_at": opened_at,
            "alert_id": alert_id,
            "most": size + 1,
        },
    )
    for row in rows:
        row |= told_in_the_console(row)
    return listing_of(request, rows, "is_new", "opened_at", "alert_id", size=size)


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


def _unknown_sends(
    connection: psycopg.Connection,
    request: Request,
    after: tuple[Any, ...],
    size: int = 50,
    *,
    is_whole: bool,
) -> Listing:
    """is_whole: also those that the provider is still asked about."""
    rank, lost_at, attempt_id = after
    if not has_mart(connection, "unknown_sends"):
        return listing_of(request, [], "rank", "lost_at", "attempt_id", size=size)
    rows = rows_of(
        connection,
        "select * from outreach.console_unknown_sends(null, null, not %(is_whole)s,"
        " %(rank)s, %(lost_at)s, %(attempt_id)s, %(most)s)",
        {
            "is_whole": is_whole,
            "rank": rank,
            "lost_at": lost_at,
            "attempt_id": attempt_id,
            "most": size + 1,
        },
    )
    return listing_of(request, rows, "rank", "lost_at", "attempt_id", size=size)


@dataclasses.dataclass(frozen=True)
class Outlook:
    """What goes out in the next hours, if nothing changes.

    hours: how many invites, messages and others, hour by hour. sends: the first of all.
    foreseen_at: None if nothing was foreseen yet. is_live: foreseen for this page.
    """

    until: datetime
    hours: list[dict[str, Any]]
    sends: list[dict[str, Any]]
    foreseen_at: datetime | None
    is_live: bool


def outlook_of(connection: psycopg.Connection, now: datetime) -> Outlook:
    """Foreseen now where few jobs are due, else as the hourly mart foresaw it."""
    until = now + timedelta(hours=HOURS_SHOWN)
    span = {"at": now, "until": until, "jobs": MOST_FORESEEN, "hours": HOURS_SHOWN}
    (row,) = rows_of(
        connection,
        "select outreach.console_can_forecast(%(until)s, %(jobs)s) as is_live",
        span,
    )
    if row["is_live"]:
        sends = rows_of(
            connection,
            "select * from outreach.console_live_forecast("
            "%(at)s, %(until)s, %(jobs)s) order by expected_at, account_id",
            span,
        )
        return Outlook(until, _by_hour(sends, now), sends[:NEXT_SENDS], now, True)
    if not has_mart(connection, "send_forecast"):
        return Outlook(until, [], [], None, False)
    (built,) = rows_of(
        connection, "select outreach.console_forecast_at() as foreseen_at"
    )
    hours = rows_of(
        connection,
        "select * from outreach.console_sends_by_hour(%(at)s, %(hours)s)",
        span,
    )
    first = rows_of(
        connection,
        "select * from outreach.console_next_sends(%(at)s, %(until)s, %(most)s)",
        {**span, "most": NEXT_SENDS},
    )
    return Outlook(until, hours, first, built["foreseen_at"], False)


def _by_hour(sends: Sequence[dict[str, Any]], now: datetime) -> list[dict[str, Any]]:
    hours: list[dict[str, Any]] = [
        {
            "starts_at": now + timedelta(hours=number),
            "invite_count": 0,
            "message_count": 0,
            "other_count": 0,
        }
        for number in range(HOURS_SHOWN)
    ]
    counts = {"send_invite": "invite_count", "send_message": "message_count"}
    for send in sends:
        number = (max(send["expected_at"], now) - now) // timedelta(hours=1)
        hour = hours[min(number, HOURS_SHOWN - 1)]
        hour[counts.get(send["action"], "other_count")] += 1
    return hours


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
