"""One account: what it is, what it may still do today, and what was done to it.

Belongs here: the page, and the acts on an account. Does not: the list (`accounts.py`).
"""

import datetime as dt
import re
from typing import Any

import psycopg
from psycopg.types.json import Jsonb
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from trueup.console.forms import Form, RefusedError, ask
from trueup.console.pages.accounts import (
    AGES,
    age_of,
    now_of,
)
from trueup.console.pages.login_links import show_login_link
from trueup.console.paging import after_of, counted, listing_of
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
from trueup.console.shown import moment_words, plural, span, words
from trueup.inbound.accounts.asking import ACTING, AccountRefresh
from trueup.inbound.accounts.providers import provider_for
from trueup.inbound.accounts.reconnect import RestoreReport, reconnect_account
from trueup.inbound.lists.polls import PollReport
from trueup.inbound.settings import (
    UnusableSettingError,
    webhook_target_if_set,
)
from trueup.postgres.spans import interval_of
from trueup.unipile.addresses import UnusableProviderError

DAYS_SHOWN = 14
HISTORY_ROWS = 12
MOST_LIMITS = 40
_GAP_IN_JSON = re.compile(r"([0-9]{2,4}):([0-9]{2}):([0-9]{2})")
_LIMIT_FIELD = re.compile(r"limit-([a-z_]{1,40})-([a-z]{1,20})")


def show_account(request: Request) -> Response:
    """The page of one account."""
    workspace_id, account_id = _key_of(request)
    before = after_of(request, dt.datetime, str, int)
    with reading(request) as connection:
        now = now_of(connection)
        parts = parts_of(
            connection,
            "select * from outreach.console_account_page("
            "%(workspace_id)s, %(account_id)s, %(at)s, %(days)s, %(before)s, %(kind)s,"
            " %(seq)s, %(most)s)",
            {
                "workspace_id": workspace_id,
                "account_id": account_id,
                "at": now,
                "days": DAYS_SHOWN,
                "before": before[0],
                "kind": before[1],
                "seq": before[2],
                "most": HISTORY_ROWS + 1,
            },
        )
    if not parts["account"]:
        raise HTTPException(404, "There is no such account.")
    (account,), (choices,) = parts["account"], parts["choices"]
    history = parts["history"]
    for row in history:
        row["changes"] = changes_of(row["setting"], row["was"], row["became"])
    return render(
        request,
        "account.html",
        account=account | {"allowances": parts["allowance"]},
        week=_week_of(parts["window"]),
        days=parts["day"],
        history=listing_of(
            request, history, "happened_at", "kind", "seq", size=HISTORY_ROWS
        ),
        presets=[(preset, preset) for preset in choices["presets"]],
        ages=AGES,
        stated_age=_stated_age(account["opened_on"], now),
        timezones=choices["timezones"],
        base=_path_of(workspace_id, account_id),
        now=now,
    )


def _stated_age(opened_on: dt.date | None, now: dt.datetime) -> str:
    """The choice of AGES that a stated age leads to by now."""
    if opened_on is None:
        return ""
    days = (now.date() - opened_on).days
    return "1 year" if days >= 365 else "3 months" if days >= 90 else ""


def changes_of(setting: str | None, was: object, became: object) -> list[str]:
    """What of a setting changed, in words: a line for each limit, one for others."""
    if setting != "limits":
        return [f"{was or 'none'} → {became or 'none'}"] if setting else []
    before, after = (
        {(one["action"], one["per"]): _limit_words(one) for one in limits or []}
        for limits in (was, became)
    )
    return [
        f"{words(action).capitalize()}, {per}: {before.get(key, 'none')} → "
        f"{after.get(key, 'none')}"
        for key in [*before, *(one for one in after if one not in before)]
        if before.get(key) != after.get(key)
        for action, per in [key]
    ]


def _span_of(gap: re.Match[str]) -> str:
    hours, minutes, seconds = (int(part) for part in gap.groups())
    return span(dt.timedelta(hours=hours, minutes=minutes, seconds=seconds))


def _limit_words(limit: dict[str, Any]) -> str:
    text = f"{limit['limit']}"
    if limit.get("goal"):
        text += f", growing by {limit.get('growth', 1):g} a day to {limit['goal']}"
    if limit.get("gap"):
        text += f", {_GAP_IN_JSON.sub(_span_of, limit['gap'])} apart"
    return text


def _week_of(windows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each weekday with its windows, and their places in a day of 100."""
    return [
        {
            "weekday": weekday,
            "windows": [
                {
                    "opens": window["opens"],
                    "closes": window["closes"],
                    "x": round(_share(window["opens"]), 2),
                    "width": round(
                        _share(window["closes"]) - _share(window["opens"]), 2
                    ),
                }
                for window in windows
                if window["weekday"] == weekday
            ],
        }
        for weekday in range(1, 8)
    ]


def _share(since_midnight: dt.timedelta) -> float:
    return 100 * (since_midnight / dt.timedelta(days=1))


def pause(request: Request, form: Form) -> Response:
    """Pause every send of the account whose call has not begun."""
    return _set_pause(request, form, is_paused=True)


def resume(request: Request, form: Form) -> Response:
    """Let the account go on."""
    return _set_pause(request, form, is_paused=False)


def _set_pause(request: Request, form: Form, *, is_paused: bool) -> Response:
    workspace_id, account_id = _key_of(request)
    reason = form.needed("reason", "Say why: the reason is kept with the change.")
    with acting(request) as connection:
        row = connection.execute(
            "select outreach.set_pause(%s, 'account', %s, %s, %s, %s)",
            [workspace_id, account_id, is_paused, actor_of(request), reason],
        ).fetchone()
    assert row is not None
    if not row[0]:
        raise RefusedError(
            "The account is paused already." if is_paused else "It is not paused."
        )
    sentence = "The account is paused." if is_paused else "The account goes on."
    return done(request, _path_of(workspace_id, account_id), sentence)


def set_timezone(request: Request, form: Form) -> Response:
    """Change the account's time zone, from its next midnight on."""
    key = _key_of(request)
    timezone = form.needed("timezone", "Choose a time zone, such as Europe/Berlin.")
    with acting(request) as connection, connection.transaction():
        was = _setting_of(connection, key, "timezone")
        row = connection.execute(
            "select outreach.set_account_timezone(%s, %s, %s, %s)",
            [*key, timezone, actor_of(request)],
        ).fetchone()
        assert row is not None
        if timezone != was:
            _ask_about_times(connection, key, form, timezone, row[0])
    return done(
        request,
        _path_of(*key),
        f"The time zone becomes {timezone} at the account's next midnight.",
    )


def _ask_about_times(
    connection: psycopg.Connection,
    key: tuple[int, int],
    form: Form,
    timezone: str,
    applies_at: dt.datetime,
) -> None:
    """Goes on after a yes to what a new zone means for queued jobs, if there are any.

    Called in the transaction that sets the zone.
    """
    waiting = rows_of(
        connection,
        "select accounts.timezone as present, jobs.*"
        " from outreach.linkedin_accounts as accounts"
        " cross join outreach.jobs_of_timezone(accounts.workspace_id,"
        " accounts.account_id, %(timezone)s, %(applies_at)s) as jobs"
        " where accounts.workspace_id = %(workspace_id)s"
        " and accounts.account_id = %(account_id)s",
        {
            "workspace_id": key[0],
            "account_id": key[1],
            "timezone": timezone,
            "applies_at": applies_at,
        },
    )
    for one in waiting:
        people = plural(one["people_count"], "person", "people")
        outside = "none falls outside its windows then"
        if one["outside_count"]:
            fall = plural(one["outside_count"], "falls", "fall")
            outside = f"{fall} outside its windows then and must wait for the next one"
        question = (
            f"From {moment_words(applies_at, one['present'])} on, the account's days "
            f"and windows are those of {timezone}. The times of "
            f"{plural(one['job_count'], 'job')} for {people} do not change: {outside}."
        )
        ask(form, timezone, question)


def set_windows(request: Request, form: Form) -> Response:
    """Replace the account's sending windows."""
    workspace_id, account_id = _key_of(request)
    windows = form.needed(
        "windows", "Write days and hours, such as mon-fri 09:00-17:30."
    )
    with acting(request) as connection, connection.transaction():
        row = connection.execute(
            "select outreach.set_account_windows(%s, %s, %s, %s)",
            [workspace_id, account_id, windows, actor_of(request)],
        ).fetchone()
        assert row is not None
        _ask_about_hours(request, form, row[0])
    return done(
        request,
        _path_of(workspace_id, account_id),
        f"The sending windows are now: {row[0]}.",
    )


def _ask_about_hours(request: Request, form: Form, windows: str) -> None:
    """Goes on after a yes to the hours that new windows close, if they close any.

    They are not committed yet: what a reader sees is what was.
    """
    workspace_id, account_id = _key_of(request)
    with reading(request) as connection:
        closed = rows_of(
            connection,
            "select * from outreach.console_closed_hours("
            "%(workspace_id)s, %(account_id)s, %(windows)s)",
            {
                "workspace_id": workspace_id,
                "account_id": account_id,
                "windows": windows,
            },
        )
    for one in closed:
        people = plural(one["people_count"], "person", "people")
        jobs = plural(one["job_count"], "job")
        question = (
            f"This closes {_hours(one['closed_for'])} of each week: {people} and "
            f"{jobs} of this account wait for the hours that stay."
        )
        ask(form, windows, question)


def _hours(length: dt.timedelta) -> str:
    """Such as 125 hours 30 minutes."""
    minutes = length // dt.timedelta(minutes=1)
    parts = ((minutes // 60, "hour"), (minutes % 60, "minute"))
    said = [plural(number, word) for number, word in parts if number]
    return " ".join(said) or "less than a minute"


def set_limits(request: Request, form: Form) -> Response:
    """Change limits; an emptied one is removed."""
    named = [_LIMIT_FIELD.fullmatch(field) for field in form]
    limits = [
        changed
        for one in [match for match in named if match is not None][:MOST_LIMITS]
        if (changed := _changed_limit(form, one[1], one[2])) is not None
    ]
    if form["new-limit"]:
        number = form.number("new-limit", "A limit is a whole number, such as 20.")
        limits.append(
            {"action": form["new-action"], "per": form["new-per"], "limit": number}
        )
    if not limits:
        raise RefusedError("No limit was changed, so nothing was saved.")
    key = _key_of(request)
    with acting(request) as connection, connection.transaction():
        was = _limits_of(connection, key)
        connection.execute(
            "select outreach.set_account_limits(%s, %s, %s, %s)",
            [*key, Jsonb(limits), actor_of(request)],
        )
        _ask_about_limits(connection, key, form, was)
    return done(request, _path_of(*key), "The limits are saved.")


def _setting_of(
    connection: psycopg.Connection, key: tuple[int, int], setting: str
) -> object:
    row = connection.execute(
        "select outreach.account_setting(%s, %s, %s)", [*key, setting]
    ).fetchone()
    assert row is not None
    return row[0]


def _limits_of(
    connection: psycopg.Connection, key: tuple[int, int]
) -> tuple[object, object]:
    """The limits and what is left of each, for `outreach.tightened_limits`."""
    row = connection.execute(
        "select outreach.account_setting(%(workspace_id)s, %(account_id)s, 'limits'),"
        " outreach.left_of_limits(%(workspace_id)s, %(account_id)s, clock_timestamp())",
        {"workspace_id": key[0], "account_id": key[1]},
    ).fetchone()
    assert row is not None
    return row


def _ask_about_limits(
    connection: psycopg.Connection,
    key: tuple[int, int],
    form: Form,
    was: tuple[object, object],
) -> None:
    """Goes on after a yes to what the limits, compared with what they were, hold back.

    Called in the transaction that sets them. was: `_limits_of` before.
    """
    tightened = rows_of(
        connection,
        "select * from outreach.tightened_limits("
        "%(workspace_id)s, %(account_id)s, %(was)s, %(left)s, clock_timestamp())",
        {
            "workspace_id": key[0],
            "account_id": key[1],
            "was": Jsonb(was[0] or []),
            "left": Jsonb(was[1]),
        },
    )
    if not tightened:
        return
    removed = sum(one["after"] is None for one in tightened)
    lowered = len(tightened) - removed
    parts = []
    if removed:
        parts.append(f"takes away {plural(removed, 'limit')}")
    if lowered:
        parts.append(f"tightens {plural(lowered, 'limit')}")
    sentences = [f"This {' and '.join(parts)}.", *map(_effect_of, tightened)]
    asked = " ".join(
        f"{one['action']}-{one['per']}"
        + (f":{_limit_words(one['after'])}" if one["after"] else "")
        for one in tightened
    )
    ask(form, asked, "\n".join(sentences))


def _effect_of(one: dict[str, Any]) -> str:
    """What a row of `outreach.tightened_limits` means for its people and jobs."""
    people = plural(one["people_count"], "person", "people")
    jobs = plural(one["job_count"], "job")
    name = f"{words(one['action']).capitalize()}, {one['per']}"
    if one["after"] is None:
        stops = one["per"] == "day" and one["needs_day_limit"]
        effect = (
            "stopped until there is a limit of the day again"
            if stops
            else "left to the other limits"
        )
        return f"{name}: {people} and {jobs}, {effect}."
    before = _limit_words(one["before"]) if one["before"] else "none"
    name = f"{name}, {before} → {_limit_words(one['after'])}"
    if one["action"] == "send_invite_with_note":
        return f"{name}: those of {people} and {jobs} that have a note wait longer."
    due, longer = one["due_count"], one["longer_count"]
    wait = "waits" if longer == 1 else "wait"
    effect = f"{counted(longer)} of the {counted(due)} due now {wait} longer"
    if not due:
        effect = "none of them due now"
    return f"{name}: {people} and {jobs}, {effect}."


def _changed_limit(form: Form, action: str, per: str) -> dict[str, Any] | None:
    """A limit as `outreach.set_account_limits` takes it; None for an unchanged one.

    Growth that the form shows stays unless it is emptied. Raises RefusedError.
    """
    key = f"{action}-{per}"
    changed = {
        part
        for part in ("limit", "goal", "growth", "gap")
        if form[f"{part}-{key}"] != form[f"was-{part}-{key}"]
    }
    if not changed:
        return None
    wanted: dict[str, Any] = {"action": action, "per": per}
    if "gap" in changed:
        wanted["gap"] = _gap_of(form, f"gap-{key}")
    if changed == {"gap"}:
        return wanted
    if not form[f"limit-{key}"]:
        return {"action": action, "per": per, "limit": None}
    wanted["limit"] = form.number(
        f"limit-{key}", "A limit is a whole number, such as 20; empty takes it away."
    )
    if form[f"goal-{key}"]:
        wanted["goal"] = form.number(
            f"goal-{key}",
            "It grows to a whole number, such as 40; empty for no growth.",
        )
        wanted["growth"] = _growth_of(form, f"growth-{key}")
        if wanted["goal"] <= wanted["limit"]:
            sentence = "It grows to more than the limit, or leave this empty."
            raise RefusedError(sentence, {f"goal-{key}": sentence})
    return wanted


def _growth_of(form: Form, field: str) -> float:
    text = form[field].replace(",", ".") or "1"
    if not re.fullmatch(r"[0-9]{1,4}(\.[0-9]{1,3})?", text) or float(text) == 0:
        sentence = "It grows by a number a day, such as 1 or 0.5."
        raise RefusedError(sentence, {field: sentence})
    return float(text)


def _gap_of(form: Form, field: str) -> str:
    gap = interval_of(form[field] or "0 minutes", "second", "minute", "hour")
    if gap is None:
        sentence = "Write a time between two, such as 5 minutes; empty for none."
        raise RefusedError(sentence, {field: sentence})
    return gap


def apply_preset(request: Request, form: Form) -> Response:
    """Replace all limits by those of a preset."""
    key = _key_of(request)
    preset = form.needed("preset", "Choose a preset.")
    with acting(request) as connection, connection.transaction():
        was = _limits_of(connection, key)
        row = connection.execute(
            "select outreach.apply_limit_preset(%s, %s, %s, %s, %s)",
            [*key, preset, actor_of(request), age_of(form["age"])],
        ).fetchone()
        assert row is not None
        _ask_about_limits(connection, key, form, was)
    return done(
        request,
        _path_of(*key),
        f"The account has the {row[0]} limits of the preset {preset}.",
    )


def log_in(request: Request, _form: Form) -> Response:
    """Ask the provider for a page on which the account logs in again."""
    workspace_id, account_id = _key_of(request)
    return show_login_link(request, workspace_id, account_id=account_id)


def reconnect(request: Request, _form: Form) -> Response:
    """Ask the provider whether the account works, and take it back if it does.

    Its missed events are read by the next poll, which is due at once: a long list must
    not keep a page waiting.
    """
    workspace_id, account_id = _key_of(request)
    try:
        with acting(request) as connection:
            dsn, api_key = provider_for(connection, workspace_id, account_id)
            refresh, restored = reconnect_account(
                connection,
                dsn,
                api_key,
                workspace_id,
                account_id,
                actor_of(request),
                webhook_target_if_set,
                catch_up=_later,
            )
    except (UnusableSettingError, UnusableProviderError, LookupError) as unusable:
        raise RefusedError(str(unusable)) from None
    if refresh.to_status not in ACTING:
        raise RefusedError(_why_not(refresh))
    sentence = _what_was_done(restored, is_told=_is_told())
    return done(request, _path_of(workspace_id, account_id), sentence)


def _is_told() -> bool:
    """Whether the provider is to tell of events; else polls read them all."""
    try:
        return webhook_target_if_set() is not None
    except UnusableSettingError:
        return True


def _later(_connection: psycopg.Connection, _accounts: object) -> PollReport:
    return PollReport()


def _why_not(refresh: AccountRefresh) -> str:
    if refresh.outcome == "unproven":
        why = refresh.why or "it gave no reason"
        return (
            f"The provider does not say whether this account works: {why}. Its status "
            "stays as it was."
        )
    said = refresh.provider_state or refresh.to_status
    return (
        f"The provider says {said}, so the account is {refresh.to_status}. Let its "
        "owner log in again, on a login page."
    )


def _what_was_done(restored: RestoreReport | None, *, is_told: bool) -> str:
    reasons = sorted(set(restored.unsubscribed.values())) if restored else []
    if reasons:
        return (
            "The account is connected. Its webhooks could not be registered, and an "
            f"alert says so: {' '.join(reasons)} Its events are polled meanwhile."
        )
    if not is_told:
        return (
            "The account is connected. The next poll reads what it missed; the "
            "provider has no address to tell of more, so polls go on reading it."
        )
    return (
        "The account is connected and its webhooks are registered. The next poll reads "
        "what it missed."
    )


def _key_of(request: Request) -> tuple[int, int]:
    return id_of(request, "workspace_id"), id_of(request, "account_id")


def _path_of(workspace_id: int, account_id: int) -> str:
    return f"/accounts/{workspace_id}/{account_id}"


_PATH = "/accounts/{workspace_id}/{account_id}"
ROUTES = [
    page(_PATH, show_account),
    act(f"{_PATH}/pause", pause, show_account),
    act(f"{_PATH}/resume", resume, show_account),
    act(f"{_PATH}/timezone", set_timezone, show_account),
    act(f"{_PATH}/windows", set_windows, show_account),
    act(f"{_PATH}/limits", set_limits, show_account),
    act(f"{_PATH}/preset", apply_preset, show_account),
    act(f"{_PATH}/login", log_in, show_account),
    act(f"{_PATH}/reconnect", reconnect, show_account),
]
