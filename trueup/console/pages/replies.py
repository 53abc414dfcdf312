"""Replies: who accepted and who wrote, their conversations, and answers.

Belongs here: the list, the conversation, and the acts on it. Does not: who may be
answered, and what holds an answer back (`sql/functions/replies/`).
"""

import urllib.parse
from datetime import UTC, datetime
from typing import Any, NamedTuple

import psycopg
from psycopg.types.json import Jsonb
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from trueup.console.forms import Form, RefusedError
from trueup.console.pages.accounts import filters_of, now_of
from trueup.console.paging import ROWS_PER_PAGE, Listing, after_of, listing_of
from trueup.console.rendering import render
from trueup.console.serving import (
    act,
    acting,
    actor_of,
    done,
    id_of,
    page,
    reading,
    rows_of,
    sentence_of,
)
from trueup.console.shown import plural

LINES_SHOWN = 200
# In the navigation; more are shown as 99+.
MOST_UNREAD = 99


class Place(NamedTuple):
    """A conversation: an account, and LinkedIn's id of the person it is with."""

    workspace_id: int
    account_id: int
    person: str

    @property
    def path(self) -> str:
        """The path of its page."""
        person = urllib.parse.quote(self.person, safe="")
        return f"/replies/{self.workspace_id}/{self.account_id}/{person}"


def show_replies(request: Request) -> Response:
    """The list: unread first, then the newest."""
    workspace_id = filters_of(request).workspace_id
    only_unread = request.query_params.get("show") == "unread"
    key = ("is_unread", "latest_at", "account_id", "person")
    before = dict(zip(key, after_of(request, bool, datetime, int, str), strict=True))
    with reading(request) as connection:
        now = now_of(connection)
        rows = rows_of(
            connection,
            "select * from outreach.console_replies("
            "%(workspace_id)s, %(only_unread)s, %(before)s, %(most)s)"
            " order by is_unread desc, latest_at desc, account_id desc, person desc"
            " limit %(most)s",
            {
                "workspace_id": workspace_id,
                "only_unread": only_unread,
                "before": None if before["person"] is None else _packed(before),
                "most": ROWS_PER_PAGE + 1,
            },
        )
        workspaces = rows_of(connection, "select * from outreach.console_workspaces()")
    return render(
        request,
        "replies.html",
        listing=listing_of(request, with_paths(rows), *key),
        workspace_id=workspace_id,
        only_unread=only_unread,
        workspaces=workspaces,
        now=now,
    )


def _packed(before: dict[str, Any]) -> Jsonb:
    return Jsonb({**before, "latest_at": before["latest_at"].isoformat()})


def with_paths(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows of conversations, each with the path of its page."""
    for row in rows:
        row["path"] = Place(row["workspace_id"], row["account_id"], row["person"]).path
    return rows


def show_unread_count(request: Request) -> Response:
    """How many conversations have something unread, for the navigation."""
    with reading(request) as connection:
        unread = rows_of(
            connection,
            "select person from outreach.console_replies(null, true, null, %(most)s)"
            " limit %(most)s",
            {"most": MOST_UNREAD + 1},
        )
    count = len(unread)
    words = f"{MOST_UNREAD}+" if count > MOST_UNREAD else f"{count}"
    return PlainTextResponse(words if count else "")


def show_conversation(request: Request) -> Response:
    """What the account and the person wrote, and where it stands."""
    place = _place_of(request)
    (before,) = after_of(request, datetime)
    with reading(request) as connection:
        now = now_of(connection)
        keys = place._asdict() | {
            "at": now,
            "before": before,
            "most": LINES_SHOWN + 1,
        }
        found = rows_of(
            connection,
            "select * from outreach.console_conversation_details("
            "%(workspace_id)s, %(account_id)s, %(person)s)",
            keys,
        )
        if not found:
            raise HTTPException(404, "This account has no conversation with them.")
        lines = rows_of(
            connection,
            "select * from outreach.console_conversation("
            "%(workspace_id)s, %(account_id)s, %(person)s, %(at)s, %(before)s,"
            " %(most)s)",
            keys,
        )
    return render(
        request,
        "conversation.html",
        place=place,
        details=found[0],
        pages=_page_of(request, lines),
        now=now,
    )


def _page_of(request: Request, lines: list[dict[str, Any]]) -> Listing:
    """The newest lines that fit, oldest first, cut between two moments.

    Lines of one moment that do not fit are shown all the same: they have no order that
    a page could begin at.
    """
    shown = lines
    if len(lines) > LINES_SHOWN:
        first_left_out = lines[-LINES_SHOWN - 1]["happened_at"]
        later = [line for line in lines if line["happened_at"] > first_left_out]
        shown = later or lines
    # The next page begins before the oldest line that is shown.
    ends = shown[:1] * (2 if len(lines) > LINES_SHOWN else 1)
    pages = listing_of(request, ends, "happened_at", size=1)
    return Listing(shown, pages.next_query, pages.first_query)


def answer(request: Request, form: Form) -> Response:
    """Queue an answer, once, and mark what its writer saw as read."""
    place = _place_of(request)
    text = form.needed("text", "Write the answer first.")
    is_confirmed = form["confirm"] == "yes"
    try:
        with acting(request) as connection, connection.transaction():
            row = connection.execute(
                "select blocker, lifts_at, explanation"
                " from outreach.answer_reply(%s, %s, %s, %s, %s, confirm => %s,"
                " seen_answer_id => %s)"
                " left join outreach.blockers() as vocabulary using (blocker)",
                [
                    *place,
                    text,
                    actor_of(request),
                    is_confirmed,
                    form.row_id("seen-answer"),
                ],
            ).fetchone()
            _mark_read(connection, place, request, form)
    except psycopg.errors.RestrictViolation as refused:
        sentence = sentence_of(refused)
        raise RefusedError(sentence, {"confirm": sentence}) from None
    assert row is not None
    return done(request, place.path, _what_happens(*row))


def _what_happens(
    blocker: str | None, lifts_at: datetime | None, explanation: str | None
) -> str:
    if blocker is None:
        return "The answer is queued and goes with the sender's next round."
    until = ""
    if lifts_at is not None:
        until = f" Until {lifts_at.astimezone(UTC):%d %b %Y, %H:%M} UTC."
    return f"The answer is queued and waits. {explanation or blocker}{until}"


def mark_read(request: Request, form: Form) -> Response:
    """Mark as read what the person saw."""
    place = _place_of(request)
    with acting(request) as connection:
        was_unread = _mark_read(connection, place, request, form)
    sentence = "The conversation is read." if was_unread else "It was read before."
    return done(request, "/replies", sentence)


def _mark_read(
    connection: psycopg.Connection, place: Place, request: Request, form: Form
) -> bool:
    row = connection.execute(
        "select outreach.mark_replies_read(%s, %s, %s, %s, seen_event_id => %s)",
        [*place, actor_of(request), form.row_id("seen-event")],
    ).fetchone()
    assert row is not None
    return row[0]


def stop(request: Request, _form: Form) -> Response:
    """Stop the campaigns of this account with the person."""
    place = _place_of(request)
    with acting(request) as connection:
        stopped = connection.execute(
            "select outreach.stop_conversation(%s, %s, %s, %s)",
            [*place, actor_of(request)],
        ).fetchall()
    sentence = "No campaign of this account went on with them."
    if stopped:
        campaigns = plural(len(stopped), "campaign")
        sentence = f"They get nothing more of {campaigns} of this account."
    return done(request, place.path, sentence)


def _place_of(request: Request) -> Place:
    return Place(
        id_of(request, "workspace_id"),
        id_of(request, "account_id"),
        request.path_params["person"].replace("\x00", ""),
    )


_PATH = "/replies/{workspace_id}/{account_id}/{person}"
ROUTES = [
    page("/replies", show_replies),
    page("/replies/unread-count", show_unread_count),
    page(_PATH, show_conversation),
    act(f"{_PATH}/answer", answer, show_conversation),
    act(f"{_PATH}/read", mark_read, show_conversation),
    act(f"{_PATH}/stop", stop, show_conversation),
]
