"""One person: what they were sent and wrote, what comes next, and why not yet.

Belongs here: the page, and the acts on a person. Does not: the list (`people.py`).
"""

import datetime as dt
from collections.abc import Sequence
from typing import Any

import psycopg
from psycopg.types.json import Jsonb
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from trueup.campaigns import rearm_campaign
from trueup.console.forms import Form, RefusedError
from trueup.console.pages.accounts import now_of
from trueup.console.pages.people import id_in
from trueup.console.paging import ROWS_PER_PAGE, after_of, listing_of
from trueup.console.rendering import render
from trueup.console.serving import (
    act,
    acting,
    actor_of,
    done,
    id_of,
    page,
    parts_of,
    previewing,
    reading,
    row_of,
    rows_of,
)
from trueup.console.shown import plural
from trueup.heals.decisions import lift_do_not_contact, mark_do_not_contact
from trueup.sender.preview import PreviewedText, preview_saved

LINES_SHOWN = 50
# On the person's own page; another one has all.
CHANGES_SHOWN = 5
LONGEST_VALUE = 1_000
_CUSTOM = "custom."
# What of a person may be mended, by the names that texts use.
FIELDS = (
    ("firstName", "First name"),
    ("lastName", "Last name"),
    ("company", "Company"),
    ("jobTitle", "Job title"),
    ("email", "Email"),
    ("location", "Location"),
    ("industry", "Industry"),
)
# A person is rarely in several campaigns at once; each preview renders all its texts.
MOST_PREVIEWED = 3


def show_person(request: Request) -> Response:
    """The page of one person."""
    workspace_id, prospect_id = _key_of(request)
    before = after_of(request, dt.datetime, str, int)
    with reading(request) as connection:
        now = now_of(connection)
        parts = parts_of(
            connection,
            "select * from outreach.console_person_page("
            "%(workspace_id)s, %(prospect_id)s, %(before)s, %(kind)s, %(seq)s,"
            " %(lines)s, %(changes)s, %(at)s)",
            {
                "workspace_id": workspace_id,
                "prospect_id": prospect_id,
                "before": before[0],
                "kind": before[1],
                "seq": before[2],
                "lines": LINES_SHOWN + 1,
                "changes": CHANGES_SHOWN + 1,
                "at": now,
            },
        )
    if not parts["person"]:
        raise HTTPException(404, "There is no such person.")
    (about,), enrollments, changes = (
        parts["person"],
        parts["enrollment"],
        parts["change"],
    )
    active = [row for row in enrollments if row["blocker"] is not None]
    with previewing(request) as connection:
        for row in active[:MOST_PREVIEWED]:
            row["texts"] = _next_texts(connection, workspace_id, row)
    return render(
        request,
        "person.html",
        about=about,
        rules=parts["rule"],
        fields=FIELDS,
        enrollments=enrollments,
        active=active,
        timeline=listing_of(
            request, parts["line"], "happened_at", "kind", "seq", size=LINES_SHOWN
        ),
        changes=changes[:CHANGES_SHOWN],
        labels=dict(FIELDS),
        has_more_changes=len(changes) > CHANGES_SHOWN,
        base=_path_of(workspace_id, prospect_id),
        workspace_id=workspace_id,
        now=now,
    )


def show_changes(request: Request) -> Response:
    """All that was changed of the person, a page at a time."""
    workspace_id, prospect_id = _key_of(request)
    before = after_of(request, dt.datetime, str, int)
    key = {"workspace_id": workspace_id, "prospect_id": prospect_id}
    with reading(request) as connection:
        about = row_of(
            connection,
            "select * from outreach.console_person(%(workspace_id)s, %(prospect_id)s)",
            key,
        )
        changes = rows_of(
            connection,
            "select * from outreach.console_person_changes(%(workspace_id)s,"
            " %(prospect_id)s, %(before)s, %(kind)s, %(seq)s, %(most)s)",
            {
                **key,
                "before": before[0],
                "kind": before[1],
                "seq": before[2],
                "most": ROWS_PER_PAGE + 1,
            },
        )
    return render(
        request,
        "person_changes.html",
        about=about,
        changes=listing_of(request, changes, "happened_at", "kind", "seq"),
        labels=dict(FIELDS),
        base=_path_of(workspace_id, prospect_id),
        workspace_id=workspace_id,
    )


def _next_texts(
    connection: psycopg.Connection, workspace_id: int, row: dict[str, Any]
) -> list[PreviewedText]:
    """The texts of the enrollment's step, or of the next one that has any."""
    people = preview_saved(
        connection, workspace_id, row["campaign_id"], row["prospect_id"]
    )
    texts = [
        text
        for person in people
        for text in person.texts
        if text.is_theirs is not False
    ]
    of_step = [
        text
        for text in texts
        if text.step_id == row["step_id"]
        and row["action"] in (text.action, "resolve_profile")
    ]
    return of_step or _first_after(texts, row["step_number"])


def _first_after(
    texts: Sequence[PreviewedText], step_number: int | None
) -> list[PreviewedText]:
    later = [text for text in texts if text.step > (step_number or 0)]
    return [text for text in later if text.step == later[0].step]


def pause(request: Request, form: Form) -> Response:
    """Pause what one campaign sends to the person."""
    return _set_pause(request, form, is_paused=True)


def resume(request: Request, form: Form) -> Response:
    """Let the campaign go on with the person."""
    return _set_pause(request, form, is_paused=False)


def _set_pause(request: Request, form: Form, *, is_paused: bool) -> Response:
    workspace_id, prospect_id = _key_of(request)
    reason = form.needed("reason", "Say why: the reason is kept with the change.")
    enrollment_id = id_in(form["enrollment"])
    with acting(request) as connection:
        row = connection.execute(
            "select outreach.set_pause(%s, 'enrollment', %s, %s, %s, %s)",
            [workspace_id, enrollment_id, is_paused, actor_of(request), reason],
        ).fetchone()
    assert row is not None
    if not row[0]:
        raise RefusedError(
            "It is paused already." if is_paused else "It is not paused."
        )
    sentence = (
        "The campaign is paused for this person."
        if is_paused
        else "The campaign goes on with this person."
    )
    return done(request, _path_of(workspace_id, prospect_id), sentence)


def set_fields(request: Request, form: Form) -> Response:
    """Mend what is known of the person, and let them go on who waited for it."""
    workspace_id, prospect_id = _key_of(request)
    changed = {
        name: form[name]
        for name in form
        if (name in dict(FIELDS) or name.startswith(_CUSTOM))
        and form[name] != form[f"was-{name}"]
    }
    for name, value in changed.items():
        if len(value) > LONGEST_VALUE:
            sentence = f"A value has at most {LONGEST_VALUE:,} characters."
            raise RefusedError(sentence, {name: sentence})
    if not changed:
        raise RefusedError("No field was changed, so nothing was saved.")
    fields: dict[str, Any] = {
        name: value for name, value in changed.items() if name in dict(FIELDS)
    }
    fields["custom"] = {
        name.removeprefix(_CUSTOM): value
        for name, value in changed.items()
        if name.startswith(_CUSTOM)
    }
    rearmed = 0
    with acting(request) as connection, connection.transaction():
        campaigns = connection.execute(
            "select outreach.set_prospect_fields(%s, %s, %s, %s)",
            [workspace_id, prospect_id, Jsonb(fields), actor_of(request)],
        ).fetchall()
        mark = connection.execute(
            "select do_not_contact_reason from outreach.prospects"
            " where workspace_id = %s and prospect_id = %s",
            [workspace_id, prospect_id],
        ).fetchone()
        for (campaign_id,) in campaigns:
            rearming = rearm_campaign(
                connection, workspace_id, campaign_id, actor=actor_of(request)
            )
            rearmed += rearming.rearmed
    if mark is not None and mark[0] is not None:
        sentence = f"The person is changed, and is not contacted: {mark[0]}."
        return done(request, _path_of(workspace_id, prospect_id), sentence)
    sentence = "The person is changed; texts that are not sent yet use the new values."
    if rearmed:
        sentence += f" {plural(rearmed, 'parked person goes', 'parked people go')} on."
    return done(request, _path_of(workspace_id, prospect_id), sentence)


def do_not_contact(request: Request, form: Form) -> Response:
    """Mark the person: nothing is sent to them any more."""
    workspace_id, prospect_id = _key_of(request)
    reason = form.needed("reason", "Say why: the reason is kept with the person.")
    with acting(request) as connection:
        outcome = mark_do_not_contact(
            connection,
            workspace_id,
            prospect_id,
            f"prospect {prospect_id}",
            reason=reason,
            actor=actor_of(request),
            commit=True,
        )
    if outcome.verdict == "failed":
        raise RefusedError(outcome.error)
    if outcome.verdict == "unneeded":
        raise RefusedError("This person is marked do-not-contact already.")
    cancelled = plural(outcome.result or 0, "job is", "jobs are")
    return done(
        request,
        _path_of(workspace_id, prospect_id),
        f"This person is not contacted any more; {cancelled} cancelled.",
    )


def contact_again(request: Request, form: Form) -> Response:
    """Lift the person's mark; their campaigns stay ended."""
    workspace_id, prospect_id = _key_of(request)
    reason = form.needed("reason", "Say why: the reason is kept with the change.")
    with acting(request) as connection:
        is_lifted = lift_do_not_contact(
            connection,
            workspace_id,
            prospect_id,
            reason=reason,
            actor=actor_of(request),
        )
    if not is_lifted:
        raise RefusedError("This person is not marked do-not-contact.")
    return done(
        request,
        _path_of(workspace_id, prospect_id),
        "This person may be contacted again. Import them into a campaign to do so.",
    )


def _key_of(request: Request) -> tuple[int, int]:
    return id_of(request, "workspace_id"), id_of(request, "prospect_id")


def _path_of(workspace_id: int, prospect_id: int) -> str:
    return f"/people/{workspace_id}/{prospect_id}"


_PATH = "/people/{workspace_id}/{prospect_id}"
ROUTES = [
    page(_PATH, show_person),
    page(f"{_PATH}/changes", show_changes),
    act(f"{_PATH}/pause", pause, show_person),
    act(f"{_PATH}/resume", resume, show_person),
    act(f"{_PATH}/fields", set_fields, show_person),
    act(f"{_PATH}/do-not-contact", do_not_contact, show_person),
    act(f"{_PATH}/contact-again", contact_again, show_person),
]
