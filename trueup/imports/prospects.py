"""Importing prospects: reading, checking and enrolling in one transaction.

Belongs here: the order of an import and its report. Does not: reading a file
(`prospect_rows.py`), or rules about people (`sql/functions/imports/`).
"""

import collections
import dataclasses
from collections.abc import Callable, Iterable
from datetime import datetime

import psycopg
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from trueup.campaigns.long_texts import TooLongText, too_long_of_saved
from trueup.campaigns.rearming import saved_templates
from trueup.imports.needed_values import needed_values
from trueup.imports.prospect_rows import (
    Export,
    HiddenMember,
    ProspectRow,
    RefusedRow,
    read_rows,
)

# The texts for the database's reasons why a person is not enrolled.
SKIPPED = {
    "already_enrolled": "enrolled in this campaign already",
    "enrolled_elsewhere": "under way in another campaign",
    "connected": "connected already",
    "not_connected": "no connections of the campaign's accounts, by their own lists of "
    "relations",
    "do_not_contact": "not to be contacted",
}
_REFUSALS = {
    "own_profile": "it is the profile of one of the workspace's own accounts",
}
PEOPLE_LISTED = 50
_CLEANED_SHOWN = 5
_LONGEST_SHOWN = 60
# After so many new rows the statistics are stale, which slows the next claim.
_ANALYZE_FROM = 1_000


@dataclasses.dataclass(frozen=True)
class LackedValue:
    """A field that a saved text needs, without a fallback, and some people lack.

    people: how many of those enrolled; first_line: where in the file the first is.
    """

    field: str
    people: int
    first_line: int

    def __str__(self) -> str:
        who = "1 person lacks" if self.people == 1 else f"{self.people} people lack"
        return (
            f"{who} {self.field} (first on line {self.first_line}), which a saved text "
            "needs without a fallback: they are parked when their turn comes"
        )


@dataclasses.dataclass
class CleanedNames:
    """Names that are read without what is no part of a name.

    count: of how many rows; first: a few of them, as (line, written, read).
    """

    count: int = 0
    first: list[tuple[int, str, str]] = dataclasses.field(default_factory=list)

    def add(self, row: ProspectRow) -> None:
        """Take in a row whose name is read as another one."""
        self.count += 1
        if len(self.first) < _CLEANED_SHOWN:
            self.first.append((row.line, row.written_name, row.name))

    def __str__(self) -> str:
        names = "1 name is" if self.count == 1 else f"{self.count:,} names are"
        listed = "; ".join(
            f"line {line}, “{_shortened(written)}” as "
            + (f"“{_shortened(read)}”" if read else "no name")
            for line, written, read in self.first
        )
        more = self.count - len(self.first)
        return (
            f"{names} read without titles, degrees, signs or markup, or in another "
            f"order: {listed}{f'; and {more:,} more' if more else ''}"
        )


def _shortened(name: str) -> str:
    return name if len(name) <= _LONGEST_SHOWN else f"{name[:_LONGEST_SHOWN]}…"


@dataclasses.dataclass(frozen=True)
class EnrolledPerson:
    """One of the people whom an import enrolls, and how their campaign begins.

    name: their public identifier or id if they have none. action: of the first job.
    """

    line: int
    name: str
    company: str | None
    account: str
    action: str


@dataclasses.dataclass(frozen=True)
class Import:
    """The result of an import or of its dry run.

    skipped: by a kind of SKIPPED. refused: rows that do not go in, by line.
    missing_fields: declared custom fields that no column gives. lacked: values that
    texts need and people lack. hidden: rows of connections whom LinkedIn does not name.
    cancelled_jobs: what was queued for people whom the file says not to contact.
    people: the first PEOPLE_LISTED of those enrolled. too_long: texts that are too long
    with the values of some people of the campaign. cleaned_names: those that are read
    as others than they are written.
    """

    read: int
    enrolled: int
    new_people: int
    skipped: dict[str, int]
    refused: tuple[RefusedRow, ...]
    missing_fields: tuple[str, ...]
    lacked: tuple[LackedValue, ...] = ()
    hidden: int = 0
    cancelled_jobs: int = 0
    people: tuple[EnrolledPerson, ...] = ()
    too_long: tuple[TooLongText, ...] = ()
    cleaned_names: CleanedNames = dataclasses.field(default_factory=CleanedNames)


class UnusableCampaignError(Exception):
    """The campaign cannot enroll people; the text is a sentence for a person."""


def import_prospects(
    connection: psycopg.Connection,
    workspace_id: int,
    campaign_id: int,
    export: Export,
    *,
    is_dry_run: bool,
    as_of: datetime | None = None,
    exported_by: int | None = None,
    actor: str = "import",
    on_progress: Callable[[str, int], None] = lambda phase, count: None,  # noqa: ARG005
) -> Import:
    """Enroll the people of an export, except those with a reason against it.

    `exported_by` is the account of the export: people who are marked as connected are
    connections of that account. `actor` is stored with the enrollments, with
    do-not-contact marks, and with fields that are filled. A dry run does the same and
    rolls it back. `on_progress` gets the phase and how many rows of the file it has
    done. The connection must be in autocommit. Raises UnusableCampaignError.
    """
    refused: list[RefusedRow] = []
    hidden: list[HiddenMember] = []
    cleaned_names = CleanedNames()
    with connection.transaction(force_rollback=is_dry_run):
        declared = _declared_fields(connection, workspace_id, campaign_id)
        connection.execute(
            "select outreach.begin_prospect_import(%s, %s)", [workspace_id, campaign_id]
        )
        rows = _counted(read_rows(export), on_progress)
        read = _copy(connection, rows, refused, hidden, cleaned_names)
        on_progress("comparing with who is known", 0)
        connection.execute(
            "select outreach.find_imported_prospects(%s)", [workspace_id]
        )
        connection.execute(
            "select outreach.find_imported_connections(%s, %s)",
            [workspace_id, campaign_id],
        )
        connection.execute(
            "select outreach.judge_imported_prospects(%s, %s, %s)",
            [workspace_id, campaign_id, exported_by],
        )
        on_progress("adding people", 0)
        connection.execute(
            "select outreach.lock_imported_prospects(%s)", [workspace_id]
        )
        new_people = connection.execute(
            "select outreach.add_imported_prospects(%s, %s, %s)",
            [workspace_id, actor, as_of],
        ).fetchone()[0]
        cancelled_jobs = connection.execute(
            "select outreach.mark_imported_prospects(%s, %s, %s)",
            [workspace_id, actor, as_of],
        ).fetchone()[0]
        on_progress("enrolling", 0)
        enrolled = connection.execute(
            "select outreach.enroll_imported_prospects(%s, %s, %s, %s)",
            [workspace_id, campaign_id, as_of, actor],
        ).fetchone()[0]
        skipped, refused_by_sql = _not_enrolled(connection)
        people = _people(connection, workspace_id)
        lacked = _lacked(connection, workspace_id, campaign_id, declared)
        too_long = too_long_of_saved(connection, workspace_id, campaign_id)
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
        lacked=lacked,
        hidden=len(hidden),
        cancelled_jobs=cancelled_jobs,
        people=people,
        too_long=too_long,
        cleaned_names=cleaned_names,
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
            "`trueup campaign save`."
        )
    if not has_accounts:
        raise UnusableCampaignError(
            "The campaign has no account that could send. Save its file with"
            " `accounts:` first, with `trueup campaign save`."
        )
    return custom_fields


def _counted(
    rows: Iterable[ProspectRow | RefusedRow | HiddenMember],
    on_progress: Callable[[str, int], None],
) -> Iterable[ProspectRow | RefusedRow | HiddenMember]:
    for number, row in enumerate(rows):
        if number % 1_000 == 0:
            on_progress("reading rows", row.line)
        yield row


def _copy(
    connection: psycopg.Connection,
    rows: Iterable[ProspectRow | RefusedRow | HiddenMember],
    refused: list[RefusedRow],
    hidden: list[HiddenMember],
    cleaned_names: CleanedNames,
) -> int:
    """Copy the readable rows into the import's table; returns their number.

    A refused row is copied too if it has a do-not-contact mark.
    """
    count = 0
    with (
        connection.cursor() as cursor,
        cursor.copy(
            "copy pg_temp.imported_prospects (line_number, provider_id,"
            " public_identifier, first_name, last_name, company, job_title, email,"
            " location, industry, custom, is_connected, is_do_not_contact, refusal)"
            " from stdin"
        ) as copy,
    ):
        for row in rows:
            match row:
                case ProspectRow():
                    count += 1
                    copy.write_row(_as_record(row))
                    if row.written_name:
                        cleaned_names.add(row)
                case RefusedRow(marked=None):
                    refused.append(row)
                case RefusedRow():
                    copy.write_row(_as_mark(row))
                case HiddenMember():
                    hidden.append(row)
    return count


def _as_record(row: ProspectRow) -> tuple[object, ...]:
    return (
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
        None,
    )


def _as_mark(row: RefusedRow) -> tuple[object, ...]:
    marked = row.marked
    names = (None,) * 7
    found = (row.line, marked.provider_id, marked.public_identifier)
    return (*found, *names, Jsonb({}), False, True, row.reason)


def _lacked(
    connection: psycopg.Connection,
    workspace_id: int,
    campaign_id: int,
    declared: list[str],
) -> tuple[LackedValue, ...]:
    texts = [
        saved.template
        for saved in saved_templates(connection, workspace_id, campaign_id)
    ]
    needed = needed_values(texts, declared)
    if not needed:
        return ()
    rows = connection.execute(
        "select field, people_count, first_line"
        " from outreach.values_that_imported_lack(%s, %s)",
        [workspace_id, needed],
    ).fetchall()
    return tuple(LackedValue(*row) for row in rows)


def _people(
    connection: psycopg.Connection, workspace_id: int
) -> tuple[EnrolledPerson, ...]:
    with connection.cursor(row_factory=class_row(EnrolledPerson)) as cursor:
        cursor.execute(
            "select * from outreach.people_of_import(%s, %s)",
            [workspace_id, PEOPLE_LISTED],
        )
        return tuple(cursor.fetchall())


def _not_enrolled(
    connection: psycopg.Connection,
) -> tuple[dict[str, int], list[RefusedRow]]:
    skipped: collections.Counter[str] = collections.Counter()
    refused: list[RefusedRow] = []
    for line, refusal, name in connection.execute(
        "select line_number, refusal, concat_ws(' ', first_name, last_name)"
        " from pg_temp.imported_prospects where refusal is not null"
    ):
        if refusal in SKIPPED:
            skipped[refusal] += 1
        else:
            reason = _REFUSALS.get(refusal, refusal)
            refused.append(RefusedRow(line, reason, name=name))
    return dict(skipped), refused
