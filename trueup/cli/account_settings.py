"""`trueup account limits`, `windows` and `timezone`: what an account may do, and when.

Belongs here: reading these settings' arguments, and printing what is set. Does not: the
rules for them, which are in sql/functions/settings/ and sql/functions/time/.
"""

import datetime as dt
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import click
import psycopg
from psycopg.types.json import Jsonb

from trueup.cli.finding import account_of
from trueup.cli.options import actor_option, script_connection, workspace_option
from trueup.cli.output import Output, as_text, listing_options, print_table, rows_of
from trueup.cli.sentences import RefusalError, say
from trueup.cli.spans import AGE, GAP, span_text
from trueup.postgres.error_sentences import sentence_of
from trueup.postgres.finding import Found
from trueup.postgres.timezone_files import zone_of

ACTIONS = (
    "send_invite",
    "send_invite_with_note",
    "send_message",
    "send_inmail",
    "comment",
    "resolve_profile",
    "withdraw_invite",
)
PERIODS = ("day", "week", "month", "outstanding")
_SHORT = "%a %d %b %H:%M"
_NO_LIMITS = (
    "It has no limits, so it sends nothing. Give it some: "
    "trueup account limits NAME --preset recommended"
)


class Count(click.ParamType):
    """A limit: a whole number, or none to remove the limit."""

    name = "count"

    def convert(
        self, value: str, param: click.Parameter | None, ctx: click.Context | None
    ) -> int | str:
        """The number, or "none"."""
        if value.lower() == "none":
            return "none"
        is_number = value.isascii() and value.isdecimal() and len(value) <= 10
        if not is_number or int(value) >= 2**31:
            sentence = f"{value} is no limit; write a number such as 20, or none."
            self.fail(sentence, param, ctx)
        return int(value)


def _period_options(command: Callable[..., None]) -> Callable[..., None]:
    helps = {
        "day": "The limit per calendar day of the account; none removes it.",
        "week": "The limit in any 7 times 24 hours.",
        "month": "The limit per calendar month of the account.",
        "outstanding": "The limit of invites that are pending at once.",
    }
    for per in reversed(PERIODS):
        command = click.option(f"--{per}", type=Count(), metavar="N", help=helps[per])(
            command
        )
    return command


@click.command("limits")
@click.argument("account")
@workspace_option()
@click.option(
    "--action",
    type=click.Choice(ACTIONS),
    metavar="NAME",
    help=f"The action whose limits are set: {', '.join(ACTIONS)}.",
)
@_period_options
@click.option(
    "--gap",
    type=GAP,
    metavar="SPAN",
    help="The least time between two of it, such as 5m.",
)
@click.option(
    "--grow-to",
    type=click.IntRange(1, 2**31 - 1),
    metavar="N",
    help="The daily limit grows from --day to this goal.",
)
@click.option(
    "--grow-by",
    type=click.FloatRange(0.01, 10_000),
    metavar="N",
    help="By how much it grows each day; 1 by default.",
)
@click.option(
    "--preset",
    metavar="NAME",
    help="Instead, replace all limits by a preset: recommended or careful.",
)
@click.option(
    "--account-age",
    type=AGE,
    metavar="AGE",
    help="With --preset: how old the LinkedIn account is, such as 2y, 6mo or new.",
)
@actor_option
@listing_options
def limits(
    account: str,
    workspace: str | None,
    action: str | None,
    gap: str | None,
    grow_to: int | None,
    grow_by: float | None,
    preset: str | None,
    account_age: str | None,
    actor: str,
    output: Output,
    **counts: int | str | None,
) -> None:
    """Show or set how much an account may do.

    ACCOUNT is its name or id. Without an option it shows each limit, what of it is
    spent, and when it resets. With --action, it sets the limits that are named and
    leaves the others. Writes at once, and records who did it.

    \b
    Example: trueup account limits Anisha --action send_invite \\
        --day 20 --week 90 --gap 5m
    """
    wanted = _wanted_limits(action, counts, gap, grow_to, grow_by)
    if preset is not None and (action or wanted):
        raise click.UsageError("Give --preset, or --action with limits, not both.")
    if account_age is not None and preset is None:
        raise click.UsageError("--account-age belongs to --preset.")
    if action is None and wanted:
        raise click.UsageError(
            "Say which action has these limits, such as --action send_invite."
        )
    if action is not None and not wanted:
        raise click.UsageError("Give a limit too, such as --day 20.")
    with script_connection("account limits", role="operator") as connection:
        found = account_of(connection, account, workspace)
        try:
            if preset is not None:
                connection.execute(
                    "select outreach.apply_limit_preset(%s, %s, %s, %s, %s)",
                    [found.workspace_id, found.found_id, preset, actor, account_age],
                )
            elif wanted:
                connection.execute(
                    "select outreach.set_account_limits(%s, %s, %s, %s)",
                    [found.workspace_id, found.found_id, Jsonb(wanted), actor],
                )
        except (
            psycopg.errors.CheckViolation,
            psycopg.errors.NoDataFound,
        ) as refusal:
            raise RefusalError(sentence_of(refusal)) from None
        shown = shown_account(connection, found)
        rows = allowances_of(connection, found)
    if not output.is_table:
        output.dictionaries(rows)
        return
    say(f"{found.name} ({found.found_id}), in its own time:")
    print_limits(rows, shown["timezone"])


@click.command("windows")
@click.argument("account")
@click.argument("windows", required=False)
@workspace_option()
@actor_option
def windows(
    account: str, windows: str | None, workspace: str | None, actor: str
) -> None:
    """Show or set when an account sends, in its own time zone.

    ACCOUNT is its name or id. WINDOWS are days and hours, and replace all windows:
    "mon-fri 09:00-17:30", or "mon-thu 09:00-12:00, 13:00-17:00, fri 09:00-13:00".
    Writes at once, and records who did it.

    Example: trueup account windows Anisha "mon-fri 09:00-17:30"
    """
    with script_connection("account windows", role="operator") as connection:
        found = account_of(connection, account, workspace)
        if windows is not None:
            try:
                connection.execute(
                    "select outreach.set_account_windows(%s, %s, %s, %s)",
                    [found.workspace_id, found.found_id, windows, actor],
                )
            except (
                psycopg.errors.CheckViolation,
                psycopg.errors.InvalidParameterValue,
            ) as refusal:
                raise RefusalError(sentence_of(refusal)) from None
        shown = shown_account(connection, found)
    if shown["sending_windows"] is None:
        say(f"{found.name} ({found.found_id}) has no sending window: it sends nothing.")
        return
    say(
        f"{found.name} ({found.found_id}) sends {shown['sending_windows']} in "
        f"{shown['timezone']}. {window_sentence(shown)}"
    )


@click.command("timezone")
@click.argument("account")
@click.argument("zone", required=False)
@workspace_option()
@actor_option
def timezone(account: str, zone: str | None, workspace: str | None, actor: str) -> None:
    """Show or set where an account lives.

    ACCOUNT is its name or id. ZONE is a city's, such as Europe/Berlin. A new zone
    takes effect at the next midnight of the old one, so that no day of the account is
    cut. Writes at once, and records who did it.

    Example: trueup account timezone Anisha Europe/Berlin
    """
    with script_connection("account timezone", role="operator") as connection:
        found = account_of(connection, account, workspace)
        if zone is not None:
            try:
                connection.execute(
                    "select outreach.set_account_timezone(%s, %s, %s, %s)",
                    [found.workspace_id, found.found_id, zone, actor],
                )
            except (
                psycopg.errors.CheckViolation,
                psycopg.errors.NullValueNotAllowed,
            ) as refusal:
                raise RefusalError(sentence_of(refusal)) from None
        shown = shown_account(connection, found)
    say(f"{found.name} ({found.found_id}) lives in {zone_sentence(shown)}.")


def shown_account(connection: psycopg.Connection, found: Found) -> dict[str, Any]:
    """The row of `outreach.show_account` of an account that was found."""
    (row,) = rows_of(
        connection,
        "select * from outreach.show_account(%s, %s)",
        [found.workspace_id, found.found_id],
    )
    return row


def allowances_of(connection: psycopg.Connection, found: Found) -> list[dict[str, Any]]:
    """The rows of `outreach.account_allowances` of an account, now."""
    return rows_of(
        connection,
        "select * from outreach.account_allowances(%s, %s, clock_timestamp())",
        [found.workspace_id, found.found_id],
    )


def zone_sentence(shown: Mapping[str, Any]) -> str:
    """The zone of an account, and the one that follows it, if any."""
    if shown["next_timezone"] is None:
        return shown["timezone"]
    at = local_text(shown["next_timezone_at"], shown["timezone"])
    return f"{shown['timezone']}, and in {shown['next_timezone']} from {at} on"


def window_sentence(shown: Mapping[str, Any]) -> str:
    """Whether a sending window is open now, or when the next one opens."""
    if shown["window_opens_at"] is None:
        return "It has none."
    if shown["is_window_open"]:
        return "One is open now."
    return f"The next opens {local_text(shown['window_opens_at'], shown['timezone'])}."


def local_text(moment: dt.datetime | None, timezone: str) -> str:
    """A moment in an account's own time, with its weekday."""
    if moment is None:
        return ""
    local = moment.astimezone(zone_of(timezone))
    return f"{local:%a} {as_text(local.replace(microsecond=0))}"


def print_limits(rows: Sequence[Mapping[str, Any]], timezone: str) -> None:
    """The rows of `outreach.account_allowances` as a table for people."""
    if not rows:
        say(_NO_LIMITS)
        return
    print_table(
        ("action", "spent", "resets", "grows to", "gap"),
        [
            (
                row["action"],
                f"{row['spent']} of {row['limit_today']}{_per(row['per'])}",
                _reset_text(row["resets_at"], timezone),
                _growth(row),
                span_text(row["minimum_gap"]),
            )
            for row in rows
        ],
    )


def _per(per: str) -> str:
    return " pending" if per == "outstanding" else f"/{per}"


def _reset_text(moment: dt.datetime | None, timezone: str) -> str:
    # Within a month: without the year and the zone, the table fits 80 columns.
    return "" if moment is None else f"{moment.astimezone(zone_of(timezone)):{_SHORT}}"


def _growth(row: Mapping[str, Any]) -> str:
    if row["goal_count"] is None or row["goal_count"] <= row["limit_today"]:
        return ""
    return f"{row['goal_count']} by {row['growth_per_day'].normalize():f}"


def _wanted_limits(
    action: str | None,
    counts: Mapping[str, int | str | None],
    gap: str | None,
    grow_to: int | None,
    grow_by: float | None,
) -> list[dict[str, object]]:
    """The list for `outreach.set_account_limits`."""
    if grow_by is not None and grow_to is None:
        raise click.UsageError("--grow-by belongs to --grow-to.")
    if grow_by is not None and math.isnan(grow_by):
        raise click.UsageError("--grow-by nan is no number; write one such as 1.5.")
    if grow_to is not None and counts["day"] is None:
        raise click.UsageError("--grow-to needs the first daily limit: add --day.")
    wanted: dict[str, dict[str, object]] = {
        per: {"limit": None if count == "none" else count}
        for per, count in counts.items()
        if count is not None
    }
    if gap is not None:
        wanted.setdefault("day", {})["gap"] = gap
    if grow_to is not None:
        wanted["day"] |= {"goal": grow_to, "growth": grow_by or 1}
    return [{"action": action, "per": per, **one} for per, one in wanted.items()]
