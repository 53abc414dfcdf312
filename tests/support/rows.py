"""Rows that tests start from: workspaces, accounts, campaigns, enrollments.

Belongs here: inserts with sensible defaults, by the same rules as any other writer.
"""

import datetime as dt
import itertools

DSN = "http://sandbox.test:1"
NOON = dt.datetime(2026, 5, 4, 12, 0, tzinfo=dt.UTC)  # a Monday
_numbers = itertools.count(1)


def make_workspace(connection, provider_dsn=DSN):
    return connection.execute(
        "insert into outreach.workspaces (name, provider_dsn) values (%s, %s)"
        " returning workspace_id",
        ["Acme", provider_dsn],
    ).fetchone()[0]


def provider_account_id(dsn, account_id):
    """The account's id at the provider: version 2 has ids of its own."""
    return f"acc_{account_id}" if dsn.endswith("/v2") else f"acc{account_id}"


def make_account(
    connection,
    workspace_id,
    name="Anisha",
    timezone="UTC",
    status="connected",
    windows=((None, "00:00", "24:00"),),
    limits=(("send_invite", "day", 80),),
    minimum_gap="0",
):
    """Its messages are read. windows: (weekday, None for all, opens, closes)."""
    account_id = connection.execute(
        "insert into outreach.linkedin_accounts (workspace_id, name, first_name,"
        " timezone) values (%s, %s, %s, %s) returning account_id",
        [workspace_id, name, name, timezone],
    ).fetchone()[0]
    (dsn,) = connection.execute(
        "select provider_dsn from outreach.workspaces where workspace_id = %s",
        [workspace_id],
    ).fetchone()
    connection.execute(
        "insert into outreach.provider_accounts (linkedin_identity,"
        " provider_account_id, workspace_id, account_id) values (%s, %s, %s, %s)",
        [
            f"ACoAA{workspace_id}-{account_id}",
            provider_account_id(dsn, account_id),
            workspace_id,
            account_id,
        ],
    )
    # For good, so that tests of other things need no poll of its messages.
    connection.execute(
        "insert into outreach.reply_polls (workspace_id, account_id, read_until)"
        " values (%s, %s, 'infinity')",
        [workspace_id, account_id],
    )
    for weekday, opens, closes in windows:
        days = list(range(1, 8)) if weekday is None else [weekday]
        connection.execute(
            "insert into outreach.linkedin_account_sending_windows"
            " select %s, %s, day, %s, %s from unnest(%s::integer[]) as day",
            [workspace_id, account_id, opens, closes, days],
        )
    for action, per, limit_count in limits:
        connection.execute(
            "insert into outreach.linkedin_account_limits values (%s, %s, %s, %s, %s,"
            " case when %s = 'day' then %s::interval else '0' end)",
            [workspace_id, account_id, action, per, limit_count, per, minimum_gap],
        )
    if status != "connecting":
        flip(connection, workspace_id, account_id, status)
    return account_id


def flip(connection, workspace_id, account_id, to_status):
    return connection.execute(
        "select outreach.flip_linkedin_account_status(%s, %s, %s, 'a test', 'test')",
        [workspace_id, account_id, to_status],
    ).fetchone()[0]


def make_campaign(connection, workspace_id, actions=("send_invite", "wait_accept")):
    """A running campaign; returns its id and its steps' ids in order."""
    campaign_id = connection.execute(
        "insert into outreach.campaigns (workspace_id, name, status)"
        " values (%s, %s, 'running') returning campaign_id",
        [workspace_id, f"Campaign {next(_numbers)}"],
    ).fetchone()[0]
    step_ids = [
        connection.execute(
            "insert into outreach.campaign_steps (workspace_id, campaign_id, position,"
            " action) values (%s, %s, %s, %s) returning step_id",
            [workspace_id, campaign_id, position, action],
        ).fetchone()[0]
        for position, action in enumerate(actions)
    ]
    return campaign_id, step_ids


def make_enrollments(
    connection, workspace_id, account_id, campaign_id, step_id, count=1, run_at=NOON
):
    """People enrolled on a step, each with a queued job due at run_at (if any)."""
    numbers = [next(_numbers) for _ in range(count)]
    prospect_ids = _ids(
        connection,
        "insert into outreach.prospects (workspace_id, provider_id,"
        " public_identifier, first_name)"
        " select %s, provider_id, public_identifier, 'Ada'"
        " from unnest(%s::text[], %s::text[]) as given (provider_id, public_identifier)"
        " returning prospect_id",
        workspace_id,
        [f"ACoAAperson{number:029}" for number in numbers],
        [f"person-{number}" for number in numbers],
    )
    enrollment_ids = _ids(
        connection,
        "insert into outreach.campaign_prospects (workspace_id, campaign_id,"
        " prospect_id, account_id, current_step_id)"
        " select %s, %s, prospect_id, %s, %s"
        " from unnest(%s::bigint[]) as prospect_id returning enrollment_id",
        workspace_id,
        campaign_id,
        account_id,
        step_id,
        prospect_ids,
    )
    if run_at is not None:
        connection.execute(
            "select outreach.queue_send_job(%s, enrollment_id, %s)"
            " from unnest(%s::bigint[]) as enrollment_id",
            [workspace_id, run_at, enrollment_ids],
        )
    return enrollment_ids


def _ids(connection, query, *values):
    return [one for (one,) in connection.execute(query, values)]


def claim(connection, workspace_id, worker="w1", batch=100, as_of=NOON, dsn=DSN):
    """The claimed jobs' ids."""
    return [
        row[0]
        for row in connection.execute(
            "select job_id from outreach.claim_send_jobs(%s, %s, %s, %s, %s)",
            [workspace_id, worker, batch, as_of, dsn],
        )
    ]


def begin(connection, workspace_id, job_ids, worker="w1", as_of=NOON, stamps=()):
    """Rows of (job_id, attempt_id, refusal)."""
    from psycopg.types.json import Jsonb

    rendered = [
        {"job_id": job_id, "request_sha256": "0", "validation_stamps": list(stamps)}
        for job_id in job_ids
    ]
    return connection.execute(
        "select * from outreach.begin_send_attempts(%s, %s, %s, %s)",
        [workspace_id, worker, Jsonb(rendered), as_of],
    ).fetchall()


def record(connection, workspace_id, attempt_id, worker="w1", as_of=NOON, **answer):
    """The outcome class that an answer was recorded as."""
    (outcome,) = record_all(
        connection, workspace_id, [attempt_id], worker, as_of, **answer
    )
    return outcome


def record_all(
    connection, workspace_id, attempt_ids, worker="w1", as_of=NOON, **answer
):
    """The outcome classes that an answer to each attempt was recorded as."""
    from trueup.sender import queue

    answers = [
        {
            "attempt_id": attempt_id,
            "reached": "answered",
            "http_status": 201,
            "is_well_formed": True,
            "provider_reference": f"invitation-{attempt_id}",
        }
        | answer
        for attempt_id in attempt_ids
    ]
    recorded = queue.record(connection, workspace_id, worker, answers, as_of)
    return [one.outcome for one in recorded]


REFUSED = {"is_well_formed": False, "provider_reference": None}


def send_one(
    connection, workspace_id, as_of=NOON, worker="w1", stamps=(), dsn=DSN, **answer
):
    """Claim, read, begin and record whatever is due; the outcome classes."""
    job_ids = claim(connection, workspace_id, worker, as_of=as_of, dsn=dsn)
    # Reading claimed jobs draws the wording of each, as in a round of the sender.
    connection.execute(
        "select from outreach.claimed_send_jobs(%s, %s, %s)",
        [workspace_id, job_ids, as_of],
    )
    begun = begin(connection, workspace_id, job_ids, worker, as_of, stamps)
    return [
        record(connection, workspace_id, attempt_id, worker, as_of, **answer)
        for _, attempt_id, _ in begun
        if attempt_id is not None
    ]
