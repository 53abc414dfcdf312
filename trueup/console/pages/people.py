"""People: who is in which campaign, and the one reason why nothing is sent to them yet.

Belongs here: the list with its search and filters, and a pause of several people. Does
not: one person (`person.py`), imports, or acts on a company or on old invites.
"""

from typing import Any, NamedTuple

import psycopg
from starlette.requests import Request
from starlette.responses import Response

from trueup.console.forms import Form, RefusedError, ask
from trueup.console.pages.accounts import now_of
from trueup.console.paging import (
    MOST_COUNTED,
    ROWS_PER_PAGE,
    Listing,
    after_of,
    listing_of,
)
from trueup.console.rendering import render
from trueup.console.serving import (
    LARGEST_ID,
    act,
    acting,
    actor_of,
    done,
    page,
    parts_of,
    reading,
    rows_of,
)
from trueup.console.shown import plural
from trueup.imports.profile_addresses import UnreadableProfileError, read_profile

STATUSES = (
    "ready_to_invite",
    "pending_accept",
    "ready_to_message",
    "pending_template_fix",
    "replied",
    "completed",
    "failed",
    "withdrawn",
)
STATES = ("sent", "accepted", "replied", "failed", "parked")
LONGEST_SEARCH = 200
# A reason is judged when it is asked for, person by person, so a page judges so many.
MOST_JUDGED = 2_000
# With more active people the choice of reasons has all of them, without counts.
MOST_COUNTED_BY_REASON = 500


class Filters(NamedTuple):
    """What the list is narrowed to; None for all. state: a number of a campaign."""

    workspace_id: int | None
    search: str | None
    campaign_id: int | None
    status: str | None
    reason: str | None
    step_id: int | None
    variant: str | None
    state: str | None


def show_people(request: Request) -> Response:
    """The list, newest people first."""
    after = after_of(request, int, int)
    with reading(request) as connection:
        now = now_of(connection)
        workspaces = rows_of(connection, "select * from outreach.console_workspaces()")
        reasons = rows_of(connection, "select * from outreach.blockers()")
        filters = filters_of(request, workspaces, [row["blocker"] for row in reasons])
        counted = rows_of(
            connection,
            "select * from outreach.console_reason_counts("
            "%(workspace_id)s, %(most)s, %(at)s)",
            {
                "workspace_id": filters.workspace_id,
                "most": MOST_COUNTED_BY_REASON,
                "at": now,
            },
        )
        judged_count = MOST_JUDGED if filters.reason else None
        parts = parts_of(
            connection,
            "select * from outreach.console_people_page("
            "%(workspace_id)s, %(search)s, %(campaign_id)s, %(status)s, %(reason)s,"
            " %(step_id)s, %(variant)s, %(state)s, %(after_prospect_id)s,"
            " %(after_enrollment_id)s, %(most)s, %(judged)s, %(counted)s, %(at)s)",
            {
                **filters._asdict(),
                "after_prospect_id": after[0],
                "after_enrollment_id": after[1],
                "most": ROWS_PER_PAGE + 1,
                "judged": judged_count,
                "counted": MOST_COUNTED + 1,
                "at": now,
            },
        )
    names = {row["campaign_id"]: row["campaign"] for row in parts["campaign"]}
    statuses = {row["campaign_id"]: row["status"] for row in parts["campaign"]}
    return render(
        request,
        "people.html",
        listing=_listing_of(request, parts["person"]),
        judged_count=judged_count,
        count=parts["count"][0]["people"] if parts["count"] else None,
        filters=filters,
        campaign=names.get(filters.campaign_id),
        campaign_status=statuses.get(filters.campaign_id),
        campaigns=parts["campaign"],
        workspaces=workspaces,
        statuses=STATUSES,
        reasons=_with_chosen(counted, filters.reason),
        chosen=getattr(request.state, "chosen", frozenset()),
        now=now,
    )


def _with_chosen(
    counted: list[dict[str, Any]], chosen: str | None
) -> list[dict[str, Any]]:
    """The reasons to choose from, with the chosen one though nobody has it now."""
    if chosen is None or chosen in {row["blocker"] for row in counted}:
        return counted
    is_counted = all(row["people"] is not None for row in counted)
    return [*counted, {"blocker": chosen, "people": 0 if is_counted else None}]


def filters_of(
    request: Request, workspaces: list[dict[str, Any]], reasons: list[str]
) -> Filters:
    """The filters of the query string; what is no filter is left out.

    campaign is WORKSPACE/ID. Without one, and without a workspace, the first is shown.
    """
    asked = request.query_params
    owner, _, campaign = asked.get("campaign", "").partition("/")
    campaign_id = id_in(campaign)
    workspace_id = id_in(owner) if campaign_id else None
    workspace_id = workspace_id or id_in(asked.get("workspace", ""))
    if workspace_id is None and workspaces:
        workspace_id = workspaces[0]["workspace_id"]
    state = asked.get("state", "")
    has_state = campaign_id is not None and state in STATES
    status, reason = asked.get("status", ""), asked.get("reason", "")
    return Filters(
        workspace_id,
        _text_of(asked.get("search", "")),
        campaign_id,
        status if status in STATUSES else None,
        reason if reason in reasons and not has_state else None,
        id_in(asked.get("step", "")) if has_state else None,
        _text_of(asked.get("variant", "")) if has_state else None,
        state if has_state else None,
    )


def id_in(text: str) -> int | None:
    """An id of the query string; None for what is none."""
    is_id = text.isascii() and text.isdecimal() and len(text) <= 19
    return int(text) if is_id and 1 <= int(text) <= LARGEST_ID else None


def campaigns_of(
    connection: psycopg.Connection, workspace_id: int | None
) -> list[dict[str, Any]]:
    """The campaigns of a workspace, for a choice."""
    return rows_of(
        connection,
        "select * from outreach.console_campaign_names(%(workspace_id)s)",
        {"workspace_id": workspace_id},
    )


def _listing_of(request: Request, rows: list[dict[str, Any]]) -> Listing:
    """The page of the people who are meant; the last one may only be judged."""
    for row in rows:
        row["place"] = row["enrollment_id"] or 0
    meant = rows if not rows or rows[-1]["are_all_meant"] else rows[:-1]
    shown = meant[:ROWS_PER_PAGE]
    # The next page begins after the row that was shown last, or judged last.
    ends = []
    if len(meant) > ROWS_PER_PAGE:
        ends = [shown[-1]] * 2
    elif len(rows) > len(meant):
        ends = [rows[-1]] * 2
    pages = listing_of(request, ends, "prospect_id", "place", size=1)
    return Listing(shown, pages.next_query, pages.first_query)


def _text_of(text: str) -> str | None:
    """What is searched for; an address of LinkedIn is the person it leads to."""
    text = text.replace("\x00", "").strip()[:LONGEST_SEARCH]
    if "linkedin.com" in text.lower():
        try:
            profile = read_profile(text)
        except UnreadableProfileError:
            return text
        return profile.provider_id or profile.public_identifier
    return text or None


def pause(request: Request, form: Form) -> Response:
    """Pause or resume what campaigns send to the chosen people."""
    ids = [id_in(text) for text in form.all("enrollment")]
    chosen = sorted({one for one in ids if one is not None})
    if not chosen:
        raise RefusedError("Nobody is chosen: tick the people first.")
    request.state.chosen = frozenset(chosen)
    workspace_id = id_in(form["workspace"])
    reason = form.needed("reason", "Say why: the reason is kept with the change.")
    is_paused = form["do"] != "resume"
    question = _question_about(request, workspace_id, chosen, is_paused=is_paused)
    ask(form, f"{form['do']} {' '.join(map(str, chosen))}", question)
    changed = 0
    # Each is committed by itself: together they would lock accounts in any order.
    with acting(request) as connection:
        for enrollment_id in chosen:
            row = connection.execute(
                "select outreach.set_pause(%s, 'enrollment', %s, %s, %s, %s)",
                [workspace_id, enrollment_id, is_paused, actor_of(request), reason],
            ).fetchone()
            assert row is not None
            changed += row[0]
    people = plural(changed, "person is", "people are")
    query = f"?{request.url.query}" if request.url.query else ""
    sentence = f"{people} paused." if is_paused else f"{people} resumed."
    return done(request, f"/people{query}", sentence)


def _question_about(
    request: Request, workspace_id: int | None, chosen: list[int], *, is_paused: bool
) -> str:
    """Whom a pause of the chosen would stop. Raises RefusedError if it is nobody."""
    with reading(request) as connection:
        (reach,) = rows_of(
            connection,
            "select * from outreach.console_pause_reach("
            "%(workspace_id)s, %(chosen)s::bigint[], %(is_paused)s)",
            {"workspace_id": workspace_id, "chosen": chosen, "is_paused": is_paused},
        )
    if not reach["people_count"]:
        so_already = "are paused already" if is_paused else "go on already"
        raise RefusedError(f"All of them {so_already}.")
    people = plural(reach["people_count"], "person", "people")
    jobs = plural(reach["job_count"], "job")
    if is_paused:
        return f"This stops {people} and {jobs} until somebody resumes them."
    return f"This lets {people} and {jobs} go on."


ROUTES = [
    page("/people", show_people),
    act("/people/pause", pause, show_people),
]
