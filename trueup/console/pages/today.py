"""Today: what waits for a person now, and what goes out in the next hours.

Belongs here: the page, the whole lists behind its parts, and acknowledging an alert.
Does not: deciding a call that nobody answered (`unknown_send.py`).
"""

from datetime import datetime, timedelta
from typing import Any

import psycopg
from starlette.requests import Request
from starlette.responses import Response

from trueup.console.forms import Form
from trueup.console.pages.accounts import now_of
from trueup.console.paging import Listing, after_of, listing_of
from trueup.console.rendering import render
from trueup.console.serving import act, acting, actor_of, done, page, reading, rows_of

ROWS_SHOWN = 5
MOST_STOPPED = 50
HOURS_SHOWN = 12
NEXT_SENDS = 8


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
            next_sends=_next_sends(connection, now),
            hours=rows_of(
                connection,
                "select * from outreach.console_sends_by_hour(%(at)s, %(hours)s)",
                {"at": now, "hours": HOURS_SHOWN},
            ),
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
    return listing_of(request, rows, "is_new", "opened_at", "alert_id", size=size)


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


def _next_sends(connection: psycopg.Connection, now: datetime) -> list[dict[str, Any]]:
    return rows_of(
        connection,
        "select * from outreach.console_next_sends(%(at)s, %(until)s, %(most)s)",
        {"at": now, "until": now + timedelta(hours=HOURS_SHOWN), "most": NEXT_SENDS},
    )


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
