"""Importing prospects: read, judged, enrolled, all in one transaction.

Belongs here: the order of an import and its report. Reading a file is
`prospect_rows.py`, every rule about a person is SQL.
"""

import collections
import dataclasses
from collections.abc import Callable, Iterable
from datetime import datetime

import psycopg
from psycopg.types.json import Jsonb

from trueup.imports.prospect_rows import (
    Export,
    ProspectRow,
    RefusedRow,
    read_rows,
)

# What the database says of a person who is not enrolled, for people.
SKIPPED = {
    "already_enrolled": "enrolled in this campaign already",
    "enrolled_elsewhere": "under way in another campaign",
    "connected": "connected already",
    "do_not_contact": "not to be contacted",
}
NO_LOOK_UP = (
    "it has no LinkedIn id (ACoAA…), and the campaign has no resolve_profile step to "
    "look one up"
)
# Statistics are stale after so many new rows, and stale ones slow the next claim.
_ANALYZE_FROM = 1_000


@dataclasses.dataclass(frozen=True)
class Import:
    """What an import did, or would do.

    skipped: by a kind of SKIPPED. refused: rows that do not go in, by line.
    missing_fields: declared custom fields that no column gives.
    """

    read: int
    enrolled: int
    new_people: int
    skipped: dict[str, int]
    refused: tuple[RefusedRow, ...]
    missing_fields: tuple[str, ...]


class UnusableCampaignError(Exception):
    """A campaign that nobody can be enrolled in; a sentence for a person."""


def import_prospects(
    connection: psycopg.Connection,
    workspace_id: int,
    campaign_id: int,
    export: Export,
    *,
    is_dry_run: bool,
    as_of: datetime | None = None,
    on_progress: Callable[[str, int], None] = lambda phase, count: None,  # noqa: ARG005
) -> Import:
    """Enroll everybody of an export whom nothing speaks against.

    A dry run does the same and undoes it. `on_progress` gets the phase and how many
    rows of the file it has done. The connection must be in autocommit. Raises
    UnusableCampaignError.
    """
    refused: list[RefusedRow] = []
    with connection.transaction(force_rollback=is_dry_run):
        declared = _declared_fields(connection, workspace_id, campaign_id)
        connection.execute(
            "select outreach.begin_prospect_import(%s, %s)", [workspace_id, campaign_id]
        )
        read = _copy(connection, _counted(read_rows(export), on_progress), refused)
        on_progress("comparing with who is known", 0)
        connection.execute(
            "select outreach.find_imported_prospects(%s)", [workspace_id]
        )
        connection.execute(
            "select outreach.judge_imported_prospects(%s, %s)",
            [workspace_id, campaign_id],
        )
        on_progress("adding people", 0)
        new_people = connection.execute(
            "select outreach.add_imported_prospects(%s)", [workspace_id]
        ).fetchone()[0]
        on_progress("enrolling", 0)
        enrolled = connection.execute(
            "select outreach.enroll_imported_prospects(%s, %s, %s)",
            [workspace_id, campaign_id, as_of],
        ).fetchone()[0]
        skipped, refused_by_sql = _not_enrolled(connection)
        on_progress("checking and committing", 0)
    if not is_dry_run and enrolled >= _ANALYZE_FROM:
        connection.execute(
            "analyze outreach.prospects, outreach.campaign_prospects,"
            " outreach.campaign_send_jobs, outreach.campaign_events"
        )
    return Import(
        read=read + len(refused),
        enrolled=enrolled,
        new_people=new_people,
        skipped=skipped,
        refused=tuple(sorted([*refused, *refused_by_sql], key=lambda row: row.line)),
        missing_fields=tuple(
            name for name in declared if name not in export.columns.custom.values()
        ),
    )


def _declared_fields(
    connection: psycopg.Connection, workspace_id: int, campaign_id: int
) -> list[str]:
    row = connection.execute(
        "select custom_fields, can_start, has_accounts"
        " from outreach.campaign_for_import(%s, %s)",
        [workspace_id, campaign_id],
    ).fetchone()
    if row is None:
        raise UnusableCampaignError(f"There is no campaign {campaign_id}.")
    custom_fields, can_start, has_accounts = row
    if not can_start:
        raise UnusableCampaignError(
            "The campaign has no step that does anything. Save its file first, with "
            "scripts/save_campaign.py."
        )
    if not has_accounts:
        raise UnusableCampaignError(
            "The campaign has no account that could send. Save its file with"
            " `accounts:` first, with scripts/save_campaign.py."
        )
    return custom_fields


def _counted(
    rows: Iterable[ProspectRow | RefusedRow], on_progress: Callable[[str, int], None]
) -> Iterable[ProspectRow | RefusedRow]:
    for number, row in enumerate(rows):
        if number % 1_000 == 0:
            on_progress("reading rows", row.line)
        yield row


def _copy(
    connection: psycopg.Connection,
    rows: Iterable[ProspectRow | RefusedRow],
    refused: list[RefusedRow],
) -> int:
    """Copy the readable rows into the import's table; how many those are."""
    count = 0
    with (
        connection.cursor() as cursor,
        cursor.copy(
            "copy pg_temp.imported_prospects (line_number, provider_id,"
            " public_identifier, first_name, last_name, company, job_title, email,"
            " location, industry, custom, is_connected, is_do_not_contact) from stdin"
        ) as copy,
    ):
        for row in rows:
            if isinstance(row, RefusedRow):
                refused.append(row)
                continue
            count += 1
            copy.write_row(
                (
                    row.line,
                    row.provider_id,
                    row.public_identifier,
                    row.first_name,
                    row.last_name,
                    row.company,
                    row.job_title,
                    row.email,
                    row.location,
                    row.industry,
                    Jsonb(row.custom),
                    row.is_connected,
                    row.is_do_not_contact,
                )
            )
    return count


def _not_enrolled(
    connection: psycopg.Connection,
) -> tuple[dict[str, int], list[RefusedRow]]:
    skipped: collections.Counter[str] = collections.Counter()
    refused: list[RefusedRow] = []
    for line, refusal in connection.execute(
        "select line_number, refusal from pg_temp.imported_prospects"
        " where refusal is not null"
    ):
        if refusal in SKIPPED:
            skipped[refusal] += 1
        else:
            reason = NO_LOOK_UP if refusal == "no_look_up" else refusal
            refused.append(RefusedRow(line, reason))
    return dict(skipped), refused
