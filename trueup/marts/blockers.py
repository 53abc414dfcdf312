"""Why a person has not been messaged, and when the reason lifts.

Belongs here: enrollments joined with the mart enrollment_blockers. Does not: finding
the person.
"""

from collections.abc import Iterable
from typing import Any

import psycopg
from psycopg.rows import dict_row

ENDED = {
    "completed": "Every step of the campaign was sent.",
    "replied": "They replied, and the campaign stops there.",
    "failed": "A step failed for good: {failed_classification}.",
    "withdrawn": "Their invite was withdrawn.",
}
_DO_NOT_CONTACT = "do_not_contact"
_MARK_LIFTED = (
    "It ended when they were marked do-not-contact. The mark is lifted; import them "
    "into a campaign again to write to them."
)


class ModelsNotBuiltError(Exception):
    """The mart enrollment_blockers is not built; the text says what to do."""


def why_not_messaged(
    connection: psycopg.Connection,
    people: Iterable[tuple[int, int]],
    enrollment_id: int | None = None,
) -> list[dict[str, Any]]:
    """A row for each enrollment of the people, ordered by the time when it lifts.

    people: workspace id and prospect id of each. enrollment_id: used instead of people,
        in any workspace. Raises ModelsNotBuiltError.
    """
    row = connection.execute(
        "select to_regclass('analytics.enrollment_blockers')"
    ).fetchone()
    if row == (None,):
        raise ModelsNotBuiltError(
            "The models are not built yet. scripts/up builds them within minutes of "
            "its first start; ask again then. The job materialize_everything in the "
            "Dagster UI builds them at once."
        )
    people = [*people] if enrollment_id is None else [(None, None)]
    with connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute(
            "select found.*, blockers.blocker, blockers.explanation, blockers.lifts_at,"
            " to_char(blockers.lifts_at at time zone found.account_timezone, %(clock)s)"
            " || ' in ' || found.account_timezone as lifts_there"
            " from outreach.workspaces"
            " cross join unnest(%(workspaces)s::bigint[], %(prospects)s::bigint[])"
            " as wanted (workspace_id, prospect_id)"
            " cross join lateral outreach.enrollments_of_person("
            "workspaces.workspace_id, wanted.prospect_id, %(enrollment)s) as found"
            " left join analytics.enrollment_blockers as blockers"
            " on found.workspace_id = blockers.workspace_id"
            " and found.enrollment_id = blockers.enrollment_id"
            " where wanted.workspace_id is null"
            " or wanted.workspace_id = workspaces.workspace_id"
            " order by blockers.lifts_at, found.enrollment_id desc",
            {
                "clock": "YYYY-MM-DD HH24:MI",
                "workspaces": [one for one, _ in people],
                "prospects": [one for _, one in people],
                "enrollment": enrollment_id,
            },
        )
        rows = cursor.fetchall()
    keys = {(found["workspace_id"], found["prospect_id"]) for found in rows}
    marks = {key: mark_sentence(connection, *key) for key in keys}
    return [
        _as_shown(found, marks[found["workspace_id"], found["prospect_id"]])
        for found in rows
    ]


def mark_sentence(
    connection: psycopg.Connection, workspace_id: int, prospect_id: int
) -> str | None:
    """Since when, by whom and why a person is marked do-not-contact; None if not."""
    row = connection.execute(
        "select sentence from outreach.do_not_contact_mark(%s, %s)",
        [workspace_id, prospect_id],
    ).fetchone()
    return None if row is None else row[0]


def _as_shown(found: dict[str, Any], mark: str | None) -> dict[str, Any]:
    status = found["linkedin_status"]
    ended = ENDED.get(status, "").format(**found) or None
    is_ended_by_mark = found["failed_classification"] == _DO_NOT_CONTACT
    if status == "failed" and is_ended_by_mark:
        status, ended = _DO_NOT_CONTACT, mark or _MARK_LIFTED
    elif found["blocker"] == _DO_NOT_CONTACT and mark:
        found["explanation"] = mark
    return {
        "person": found["prospect_name"],
        "profile": found["profile"],
        "prospect_id": found["prospect_id"],
        "workspace": found["workspace_name"],
        "campaign": found["campaign_name"],
        "enrollment_id": found["enrollment_id"],
        "account": found["account_name"],
        "why": found["blocker"] or status,
        "explanation": found["explanation"] or ended,
        "until": found["lifts_at"],
        "until_there": found["lifts_there"],
    }
