"""Invented people, enrolled in an incident's campaign by the rules of today.

Belongs here: the insert and its jobs. Who they are is in `people.py`.
"""

import datetime as dt
import importlib.resources
import itertools
from collections.abc import Iterator, Sequence

import psycopg

from demo.incidents.people import DemoPerson


def enroll(
    connection: psycopg.Connection,
    place: dict[str, int],
    people: Iterator[DemoPerson],
    run_ats: Sequence[dt.datetime],
    enrolled_at: dt.datetime,
    linkedin_status: str = "ready_to_invite",
) -> list[int]:
    """Enroll a new person for each time, with a job due then; the enrollments' ids.

    place: workspace_id, account_id, campaign_id and step_id. linkedin_status: theirs,
    as that step needs it.
    """
    chosen = list(itertools.islice(people, len(run_ats)))
    query = (
        importlib.resources.files("demo.incidents")
        .joinpath("enroll_people.sql")
        .read_text(encoding="utf-8")
    )
    enrolled = connection.execute(
        query,
        {
            **place,
            "provider_ids": [person.provider_id for person in chosen],
            "public_identifiers": [person.public_identifier for person in chosen],
            "first_names": [person.first_name for person in chosen],
            "last_names": [person.last_name for person in chosen],
            "companies": [person.company for person in chosen],
            "job_titles": [person.job_title for person in chosen],
            "run_ats": list(run_ats),
            "enrolled_at": enrolled_at,
            "linkedin_status": linkedin_status,
        },
    ).fetchall()
    with connection.cursor() as cursor:
        cursor.executemany(
            "select outreach.queue_send_job(%s, %s, %s)",
            [
                (place["workspace_id"], enrollment_id, run_at)
                for enrollment_id, run_at in enrolled
            ],
        )
    return [enrollment_id for enrollment_id, _ in enrolled]
