"""Says why a person has not been messaged, and when that lifts.

One row for each campaign that they are in: the one reason from enrollment_blockers, or
how it ended; what lifts first stands first. Namesakes are told apart by their profiles.
"""

import contextlib
import pathlib
import sys
from typing import Any

import click
import psycopg
import rich.console
import rich.table
from psycopg.rows import dict_row

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from trueup.imports.profile_addresses import (
    UnreadableProfileError,
    read_profile,
)
from trueup.postgres.connection import UnusableDatabaseError, connect_migrated

ENDED = {
    "completed": "Every step of the campaign was sent.",
    "replied": "They replied, and the campaign stops there.",
    "failed": "A step failed for good: {failed_classification}.",
    "withdrawn": "Their invite was withdrawn.",
}


@click.command(help=__doc__)
@click.argument("person")
def main(person: str) -> None:
    """PERSON: a name, a profile address, an email address or an enrollment's id."""
    try:
        with connect_migrated(application_name="why not messaged") as connection:
            found = rows_about(connection, person)
    except UnusableDatabaseError as unusable:
        raise click.ClickException(str(unusable)) from None
    if not found:
        raise click.ClickException(
            f'Nobody named "{person}" is enrolled in a campaign. Give the whole name, '
            "the profile's address, an email address or the enrollment's id."
        )
    rich.console.Console(soft_wrap=False).print(table_of(found))


def rows_about(connection: psycopg.Connection, person: str) -> list[dict[str, Any]]:
    """Each enrollment of the person, with its blocker or how it ended."""
    with connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute("select to_regclass('analytics.enrollment_blockers') as model")
        if cursor.fetchone()["model"] is None:
            raise click.ClickException(
                "The models are not built yet. Run scripts/up, or the job "
                "materialize_everything in the Dagster UI, then ask again."
            )
        cursor.execute(
            "select found.*, blockers.blocker, blockers.explanation,"
            " to_char(blockers.lifts_at at time zone account_timezone, %(clock)s)"
            " || ' in ' || account_timezone as lifts_there,"
            " to_char(blockers.lifts_at at time zone 'UTC', %(clock)s) || ' UTC'"
            " as lifts_at,"
            " to_char(clock_timestamp() at time zone 'UTC', %(clock)s) || ' UTC'"
            " as asked_at"
            " from outreach.enrollments_of_person(%(wanted)s) as found"
            " left join analytics.enrollment_blockers as blockers"
            " using (workspace_id, enrollment_id)"
            " order by blockers.lifts_at, found.enrollment_id desc",
            {"wanted": _wanted(person), "clock": "YYYY-MM-DD HH24:MI"},
        )
        return cursor.fetchall()


def table_of(found: list[dict[str, Any]]) -> rich.table.Table:
    table = rich.table.Table(
        caption=f"It is {found[0]['asked_at']}. Once a reason lifts, the next may hold."
    )
    for title in ("person", "campaign", "account", "why", "until"):
        table.add_column(title, overflow="fold")
    for row in found:
        ended = ENDED.get(row["linkedin_status"], row["linkedin_status"])
        blocker = row["blocker"]
        table.add_row(
            f"{row['prospect_name']}\nprofile {row['profile']}"
            f"\nenrollment {row['enrollment_id']} of {row['workspace_name']}",
            row["campaign_name"],
            row["account_name"],
            f"{blocker}\n{row['explanation']}" if blocker else ended.format(**row),
            f"{row['lifts_there']}\n{row['lifts_at']}" if row["lifts_at"] else "",
        )
    return table


def _wanted(person: str) -> str:
    """What the database knows a person by; a profile's address becomes its name."""
    if "/" not in person:
        return person
    with contextlib.suppress(UnreadableProfileError):
        profile = read_profile(person)
        return profile.provider_id or profile.public_identifier or person
    return person


if __name__ == "__main__":
    main()
