"""How long a started trueup lets due jobs and webhooks wait; `steady.py` runs this.

It runs with the interpreter, the packages and the environment of the checkout that is
measured, and prints the waits in seconds as JSON. `due` makes accounts with one job
each, due at random moments, and reads from the sandbox's journal when each was called.
`webhooks` posts the accept of each of these people to the receiver at a random moment,
and reads from the database when it was credited.
"""

import datetime as dt
import json
import os
import pathlib
import random
import sys
import time
import urllib.request

import psycopg

from tests.support.rows import (
    make_account,
    make_campaign,
    make_enrollments,
    make_workspace,
)
from tests.support.web_apps import new_relation
from trueup.postgres.connection import connect
from unipile_sandbox.control import Sandbox

LONGEST_WAIT_SECONDS = 180.0
LOOK_AGAIN_SECONDS = 1.0
JOURNAL = pathlib.Path(".local/sandbox-journal.jsonl")
PORT = pathlib.Path(".local/web-port")


def waits_of_due_jobs(
    connection: psycopg.Connection, jobs: int, seconds: float
) -> list[float]:
    """Seconds from each job's time until the provider was called, within `seconds`."""
    draw = random.Random(16)
    sandbox = Sandbox(os.environ["UNIPILE_DSN"], os.environ["UNIPILE_API_KEY"], JOURNAL)
    now = connection.execute("select clock_timestamp()").fetchone()[0]
    due_at = {}
    with connection.transaction():
        workspace_id = make_workspace(connection, sandbox.dsn)
        campaign_id, (step_id, _) = make_campaign(connection, workspace_id)
        accounts = []
        for number in range(jobs):
            account_id = make_account(connection, workspace_id, f"Bench {number}")
            run_at = now + dt.timedelta(seconds=10 + draw.random() * seconds)
            make_enrollments(
                connection,
                workspace_id,
                account_id,
                campaign_id,
                step_id,
                run_at=run_at,
            )
            due_at[f"acc{account_id}"] = run_at
            accounts.append(
                {
                    "id": f"acc{account_id}",
                    "name": f"Bench {number}",
                    "provider_id": f"ACoAA{workspace_id}-{account_id}",
                    "public_identifier": f"bench-{account_id}",
                }
            )
        sandbox.register_accounts(accounts)
    called: dict[str, dt.datetime] = {}
    ends_at = time.monotonic() + 10 + seconds + LONGEST_WAIT_SECONDS
    while len(called) < jobs and time.monotonic() < ends_at:
        time.sleep(LOOK_AGAIN_SECONDS)
        called = {
            line["account_id"]: dt.datetime.fromisoformat(line["real_at"])
            for line in map(json.loads, JOURNAL.read_text().splitlines())
            if line["kind"] == "invite_sent" and line["account_id"] in due_at
        }
    return [
        (called[account] - moment).total_seconds() if account in called else None
        for account, moment in due_at.items()
    ]


def waits_of_webhooks(
    connection: psycopg.Connection, webhooks: int, seconds: float
) -> list[float]:
    """Seconds from each webhook's arrival until its accept was credited."""
    draw = random.Random(17)
    invited = connection.execute(
        "select campaign_events.workspace_id, campaign_events.enrollment_id,"
        " provider_accounts.provider_account_id, prospects.provider_id"
        " from outreach.campaign_events"
        " inner join outreach.provider_accounts using (workspace_id, account_id)"
        " inner join outreach.prospects using (workspace_id, prospect_id)"
        " where event_type = 'invite_sent'"
        " and provider_accounts.provider_account_id like 'acc%%'"
        " order by event_id limit %s",
        [webhooks],
    ).fetchall()
    posted_at = {}
    started = time.monotonic()
    moments = sorted(draw.random() * seconds for _ in invited)
    for moment, (workspace_id, enrollment_id, account, person) in zip(
        moments, invited, strict=True
    ):
        time.sleep(max(0.0, started + moment - time.monotonic()))
        posted_at[workspace_id, enrollment_id] = dt.datetime.now(dt.UTC)
        post(new_relation(account, person))
    credited: dict[tuple[int, int], dt.datetime] = {}
    ends_at = time.monotonic() + LONGEST_WAIT_SECONDS
    while len(credited) < len(posted_at) and time.monotonic() < ends_at:
        time.sleep(LOOK_AGAIN_SECONDS)
        credited = {
            (workspace_id, enrollment_id): recorded_at
            for workspace_id, enrollment_id, recorded_at in connection.execute(
                "select workspace_id, enrollment_id, recorded_at"
                " from outreach.campaign_events where event_type = 'invite_accepted'"
            )
            if (workspace_id, enrollment_id) in posted_at
        }
    return [
        (credited[key] - moment).total_seconds() if key in credited else None
        for key, moment in posted_at.items()
    ]


def post(body: object) -> None:
    """One webhook to the receiver, as the provider sends it."""
    port = PORT.read_text().strip()
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/webhooks/unipile",
        json.dumps(body).encode(),
        {
            "Content-Type": "application/json",
            "Unipile-Auth": os.environ["TRUEUP_WEBHOOK_SECRET"],
        },
    )
    urllib.request.urlopen(request, timeout=30).close()


def main() -> None:
    """Arguments: due or webhooks, how many, and over how many seconds."""
    what, count, seconds = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
    measure = {"due": waits_of_due_jobs, "webhooks": waits_of_webhooks}[what]
    with connect(autocommit=True) as connection:
        print(json.dumps(measure(connection, count, seconds)))


if __name__ == "__main__":
    main()
