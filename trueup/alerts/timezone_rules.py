"""Alerts about time zones whose rules in Postgres are not those of the package tzdata.

Belongs here: comparing the zones in use and opening or resolving their alerts. Does
not: the files of the embedded server (see `trueup.postgres.timezone_files`).
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.metadata import version

import psycopg
from psycopg.types.json import Jsonb

from trueup.postgres.timezone_files import offset_changes

CODE = "timezone_rules_differ"
LOOKS_AHEAD = timedelta(days=2 * 365)
WHAT_TO_DO = (
    "What to do: update the time zone data of the Postgres server (its own, or the "
    "system's package tzdata) and restart it. If the server is newer than trueup, "
    "update the package tzdata of trueup. Until then accounts in the zone send at "
    "other hours than their windows say."
)
_MOST_SPANS = 3

Changes = list[tuple[datetime, timedelta]]


@dataclass(frozen=True)
class Difference:
    """A zone in use, and in one sentence how the two disagree on it."""

    timezone: str
    account_count: int
    says: str


def compare_timezone_rules(
    connection: psycopg.Connection, as_of: datetime | None = None
) -> list[Difference]:
    """The zones in use that differ within two years; their alerts follow."""
    after = (as_of or datetime.now(UTC)).astimezone(UTC).replace(microsecond=0)
    in_use = connection.execute(
        "select timezone, account_count from outreach.timezones_in_use()"
    ).fetchall()
    found = []
    for timezone, account_count in in_use:
        says = _difference(connection, timezone, after, after + LOOKS_AHEAD)
        if says is not None:
            found.append(Difference(timezone, account_count, says))
    findings = [
        {
            "subject": difference.timezone,
            "message": difference.says,
            "details": {
                "account_count": difference.account_count,
                "what_to_do": WHAT_TO_DO,
            },
        }
        for difference in found
    ]
    connection.execute(
        "select outreach.sync_admin_alerts(%s, %s, %s)", [CODE, Jsonb(findings), as_of]
    )
    return found


def _difference(
    connection: psycopg.Connection, timezone: str, after: datetime, until: datetime
) -> str | None:
    package = f"tzdata {version('tzdata')}"
    theirs = offset_changes(timezone, after, until)
    if theirs is None:
        return f"{package} has no time zone {timezone}, in which accounts live."
    ours = offsets_of_server(connection, timezone, after, until)
    if ours is None:
        return f"Postgres has no time zone {timezone} any more; accounts live in it."
    spans = differing_spans(ours, theirs, until)
    if not spans:
        return None
    listed = "; ".join(
        f"from {start:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M} UTC Postgres has"
        f" UTC{_signed(one)} and {package} UTC{_signed(other)}"
        for start, end, one, other in spans[:_MOST_SPANS]
    )
    more = f"; and {len(spans) - _MOST_SPANS} more" if len(spans) > _MOST_SPANS else ""
    return f"{timezone}: {listed}{more}."


def offsets_of_server(
    connection: psycopg.Connection, timezone: str, after: datetime, until: datetime
) -> Changes | None:
    """The offset at `after` and its changes, as Postgres has them; None if unknown."""
    try:
        with connection.transaction():
            return connection.execute(
                "select changes_at, utc_offset from outreach.offset_changes(%s, %s, %s)"
                " order by changes_at",
                [[timezone], after, until],
            ).fetchall()
    except psycopg.errors.InvalidParameterValue:
        return None


def differing_spans(
    ours: Changes, theirs: Changes, until: datetime
) -> list[tuple[datetime, datetime, timedelta, timedelta]]:
    """Where two lists of changes disagree: from, to, our offset and theirs."""
    moments = sorted({moment for moment, _ in (*ours, *theirs)})
    spans: list[tuple[datetime, datetime, timedelta, timedelta]] = []
    for start, end in zip(moments, [*moments[1:], until], strict=True):
        one, other = _at(ours, start), _at(theirs, start)
        if one != other and start < end:
            spans.append((start, end, one, other))
    return spans


def _at(changes: Changes, moment: datetime) -> timedelta:
    return [offset for since, offset in changes if since <= moment][-1]


def _signed(offset: timedelta) -> str:
    minutes = round(offset.total_seconds() / 60)
    hours, rest = divmod(abs(minutes), 60)
    return f"{'-' if minutes < 0 else '+'}{hours:02}:{rest:02}"
