"""Stopping for many: a company or a domain, and invites that nobody answered.

Belongs here: both pages; each shows first what it would do. Does not: the mark of one
person (`person.py`).
"""

import datetime as dt
from typing import Any

import psycopg
from starlette.requests import Request
from starlette.responses import Response

from trueup.console.forms import Form, RefusedError
from trueup.console.pages.accounts import now_of
from trueup.console.pages.people import campaigns_of, id_in
from trueup.console.rendering import render
from trueup.console.serving import (
    act,
    acting,
    actor_of,
    done,
    page,
    reading,
    rows_of,
)
from trueup.console.shown import plural
from trueup.imports.do_not_contact import Marked, add_rule, remove_rule

INVITES_SHOWN = 100
USUAL_DAYS = 21
MOST_DAYS = 3_650
# A withdrawal locks accounts, and a statement of an act has half a minute.
INVITES_AT_ONCE = 1_000
DAYS_WRONG = f"Days are a whole number from 1 to {MOST_DAYS:,}, such as {USUAL_DAYS}."
KINDS = (("company", "A company"), ("email_domain", "A domain of email addresses"))


def show_rules(request: Request) -> Response:
    """The companies and domains that are not contacted, and the form for another."""
    return _show_rules(request)


def _show_rules(
    request: Request, asked: dict[str, Any] | None = None, reach: Marked | None = None
) -> Response:
    """asked, reach: a rule that waits for a yes, and whom it would mark."""
    with reading(request) as connection:
        workspaces = rows_of(connection, "select * from outreach.console_workspaces()")
        workspace_id = (
            asked["workspace"]
            if asked
            else id_in(request.query_params.get("workspace", ""))
        )
        if workspace_id is None and workspaces:
            workspace_id = workspaces[0]["workspace_id"]
        rules = rows_of(
            connection,
            "select * from outreach.console_do_not_contact_rules(%(workspace_id)s)",
            {"workspace_id": workspace_id},
        )
    return render(
        request,
        "people_rules.html",
        workspaces=workspaces,
        workspace_id=workspace_id,
        kinds=KINDS,
        kind=request.query_params.get("kind", ""),
        written=request.query_params.get("name", ""),
        rules=rules,
        asked=asked,
        reach=reach,
    )


def look(request: Request, form: Form) -> Response:
    """Show whom a rule would mark: it is added, counted and taken back."""
    asked = _rule_of(form)
    with acting(request) as connection, connection.transaction(force_rollback=True):
        reach = _add(connection, asked, actor_of(request))
    return _show_rules(request, asked, reach)


def mark(request: Request, form: Form) -> Response:
    """Add the rule, which marks its people and those of later imports."""
    asked = _rule_of(form)
    with acting(request) as connection:
        marked = _add(connection, asked, actor_of(request))
    people = plural(marked.people, "person is", "people are")
    jobs = plural(marked.cancelled_jobs, "job is", "jobs are")
    return done(
        request,
        f"/people/do-not-contact?workspace={asked['workspace']}",
        f"{people} not contacted any more; {jobs} cancelled.",
    )


def take_off(request: Request, form: Form) -> Response:
    """Remove a rule; the people whom it marked stay marked."""
    workspace_id = id_in(form["workspace"])
    if workspace_id is None:
        raise RefusedError("Choose a workspace.")
    with acting(request) as connection:
        is_removed = remove_rule(connection, workspace_id, form["kind"], form["name"])
    if not is_removed:
        raise RefusedError(f"{form['name']} is not on the list any more.")
    return done(
        request,
        f"/people/do-not-contact?workspace={workspace_id}",
        f"{form['name'][:80]} is off the list. People who are marked stay marked; "
        "each is contacted again on their own page.",
    )


def _rule_of(form: Form) -> dict[str, Any]:
    workspace_id = id_in(form["workspace"])
    if workspace_id is None:
        raise RefusedError("Choose a workspace.")
    return {
        "workspace": workspace_id,
        "kind": form["kind"],
        "name": form.needed("name", "Name the company, or the domain."),
        "reason": form.needed("reason", "Say why: it is kept with each person."),
    }


def _add(connection: psycopg.Connection, asked: dict[str, Any], actor: str) -> Marked:
    try:
        return add_rule(
            connection,
            asked["workspace"],
            asked["kind"],
            asked["name"],
            reason=asked["reason"],
            actor=actor,
        )
    except ValueError as error:
        raise RefusedError(str(error), {"name": str(error)}) from None


def show_invites(request: Request) -> Response:
    """The pending invites that are older than so many days, the oldest first."""
    query = request.query_params
    written = query.get("days", f"{USUAL_DAYS}").strip()
    days = id_in(written) or 0
    is_known = 1 <= days <= MOST_DAYS
    account_id = id_in(query.get("account", ""))
    campaign_id = id_in(query.get("campaign", ""))
    with reading(request) as connection:
        now = now_of(connection)
        workspaces = rows_of(connection, "select * from outreach.console_workspaces()")
        workspace_id = id_in(query.get("workspace", ""))
        if workspace_id is None and workspaces:
            workspace_id = workspaces[0]["workspace_id"]
        wanted = {
            "workspace_id": workspace_id,
            "account_id": account_id,
            "campaign_id": campaign_id,
            "span": dt.timedelta(days=days if is_known else USUAL_DAYS),
            "most": INVITES_SHOWN,
            "at": now,
        }
        invites = []
        if is_known:
            invites = rows_of(
                connection,
                "select * from outreach.console_pending_invites(%(workspace_id)s,"
                " %(account_id)s, %(campaign_id)s, %(span)s, %(most)s, %(at)s)",
                wanted,
            )
        campaigns = campaigns_of(connection, workspace_id)
        accounts = rows_of(
            connection,
            "select * from outreach.console_account_names(%(workspace_id)s)",
            wanted,
        )
    return render(
        request,
        "people_withdraw.html",
        workspaces=workspaces,
        workspace_id=workspace_id,
        account_id=account_id,
        campaign_id=campaign_id,
        accounts=accounts,
        campaigns=campaigns,
        days=days,
        written=written[:40],
        wrong="" if is_known else DAYS_WRONG,
        invites=invites,
        now=now,
    )


def withdraw(request: Request, form: Form) -> Response:
    """Queue the withdrawal of the invites that the page listed.

    Some at a time, each committed: thousands at once would keep accounts locked.
    """
    workspace_id = id_in(form["workspace"])
    days = form.number("days", DAYS_WRONG)
    if not 1 <= days <= MOST_DAYS:
        raise RefusedError(DAYS_WRONG)
    reason = form.needed("reason", "Say why: it is kept with each withdrawal.")
    try:
        listed_at = dt.datetime.fromisoformat(form["listed-at"])
    except ValueError:
        listed_at = None
    scope = {name: id_in(form[name]) for name in ("account", "campaign")}
    is_whole = all(form[name] == "" or scope[name] for name in scope)
    is_listed = listed_at is not None and listed_at.tzinfo is not None
    if workspace_id is None or not is_whole or not is_listed:
        raise RefusedError("This list is not known any more. Look at it again first.")
    with acting(request) as connection:
        pending = connection.execute(
            "select pending.enrollment_id"
            " from outreach.pending_invites(%(workspace_id)s, %(account)s,"
            " %(campaign)s, %(span)s, least(%(at)s, clock_timestamp())) as pending"
            " where pending.verdict <> 'keep'"
            " order by pending.account_id, pending.enrollment_id",
            {
                "workspace_id": workspace_id,
                **scope,
                "span": dt.timedelta(days=days),
                "at": listed_at,
            },
        ).fetchall()
        queued = sum(
            connection.execute(
                "select enrollment_id from outreach.withdraw_invites(%s, %s, %s, %s)",
                [
                    workspace_id,
                    [one for (one,) in pending[begin : begin + INVITES_AT_ONCE]],
                    actor_of(request),
                    reason,
                ],
            ).rowcount
            for begin in range(0, len(pending), INVITES_AT_ONCE)
        )
    invites = plural(queued, "invite is", "invites are")
    return done(
        request,
        f"/people/withdraw?workspace={workspace_id}&days={days}",
        f"{invites} queued to be withdrawn.",
    )


ROUTES = [
    page("/people/do-not-contact", show_rules),
    act("/people/do-not-contact/look", look, show_rules),
    act("/people/do-not-contact/mark", mark, show_rules),
    act("/people/do-not-contact/take-off", take_off, show_rules),
    page("/people/withdraw", show_invites),
    act("/people/withdraw/commit", withdraw, show_invites),
]
