"""Sends by the queue's functions, without a provider.

Belongs here: claim, begin and record, as the sender calls them, for incidents that are
not about the provider.
"""

import datetime as dt

import psycopg
from psycopg.types.json import Jsonb

from trueup.sender import queue

WORKER = "an incident's load"


def send_one(
    connection: psycopg.Connection,
    workspace_id: int,
    provider_dsn: str,
    at: dt.datetime,
) -> None:
    """Send the one job that is due, with an answer of success."""
    jobs = connection.execute(
        "select claimed.job_id, array(select templates.validation_stamp"
        " from outreach.campaign_step_templates as templates"
        " where templates.workspace_id = claimed.workspace_id"
        " and templates.step_id = claimed.step_id)"
        " from outreach.claim_send_jobs(%s, %s, 1, %s, %s) as claimed",
        [workspace_id, WORKER, at, provider_dsn],
    ).fetchall()
    rendered = [
        {"job_id": job_id, "request_sha256": "0", "validation_stamps": stamps}
        for job_id, stamps in jobs
    ]
    begun = connection.execute(
        "select attempt_id from outreach.begin_send_attempts(%s, %s, %s, %s)",
        [workspace_id, WORKER, Jsonb(rendered), at],
    ).fetchall()
    answers = [
        {
            "attempt_id": attempt_id,
            "reached": "answered",
            "http_status": 201,
            "is_well_formed": True,
            "provider_reference": f"invitation-{attempt_id}",
        }
        for (attempt_id,) in begun
    ]
    queue.record(connection, workspace_id, WORKER, answers, at)
