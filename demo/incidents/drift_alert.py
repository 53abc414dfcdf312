"""A counter above 0 whose truth is 0 for over two hours: one alert, delivered once.

Belongs here: the counter, and what becomes of its alert until the heal closes it.
"""

import datetime as dt

import psycopg

from demo.incidents.accounts import make_account, make_workspace
from demo.incidents.figures import Pair
from demo.incidents.replay import Incident, Stage
from trueup.alerts.delivery import Answer, Message, deliver
from trueup.alerts.records import CheckOutcome, sync
from trueup.heals.daily_counters import heal_daily_counters

TEST = "counter_without_events_for_two_hours"
COUNTED = 38
WRITTEN_BEFORE = dt.timedelta(hours=2, minutes=1)


def load(connection: psycopg.Connection, provider_dsn: str, as_of: dt.datetime) -> None:
    """Load Anisha's counter of today, which no event and no attempt explains."""
    with connection.transaction():
        workspace_id = make_workspace(connection, "PIPL", provider_dsn)
        account_id = make_account(
            connection, workspace_id, "Anisha", f"{workspace_id}-anisha", "UTC", as_of
        )
        connection.execute(
            "insert into outreach.linkedin_daily_counters (workspace_id, account_id,"
            " action, counted_on, count, updated_at)"
            " values (%s, %s, 'send_invite', %s, %s, %s)",
            [workspace_id, account_id, as_of.date(), COUNTED, as_of - WRITTEN_BEFORE],
        )


def _replay(stage: Stage) -> dict[str, Pair]:
    load(stage.connection, stage.sandbox.dsn, stage.as_of)
    sent: list[Message] = []

    def send(message: Message) -> Answer:
        sent.append(message)
        return Answer(is_delivered=True)

    for _ in range(2):
        _check(stage)
        deliver(stage.connection, send)
    opened = stage.one("select count(*) from outreach.linkedin_admin_alerts")
    open_before = _open(stage)
    heal_daily_counters(stage.connection, as_of=stage.as_of)
    sent_at_opening = len(sent)
    _check(stage)
    deliver(stage.connection, send)
    return {
        "alerts open": (open_before, _open(stage)),
        "alerts opened by two checks": (None, opened),
        "messages about two checks": (None, sent_at_opening),
        "messages that it is over": (None, sum(one.is_good for one in sent)),
    }


def _check(stage: Stage) -> None:
    """The dbt test, and what the alert sensor makes of it."""
    status = stage.test(TEST)
    sync(
        stage.connection,
        CheckOutcome(
            name=TEST,
            asset="account_counter_drift",
            state="passed" if status == "pass" else "failed",
            description="Fails for each counter that no event explains for two hours.",
            run_id="replay",
            test_table=TEST,
        ),
    )


def _open(stage: Stage) -> int:
    row = stage.connection.execute(
        "select count(*) from outreach.linkedin_admin_alerts"
        " where code = %s and resolved_at is null",
        [TEST],
    ).fetchone()
    return row[0]


INCIDENT = Incident(
    name="drift alert",
    says="A counter stood above 0 for two hours without an event that explains it.",
    replay=_replay,
    wanted={
        "alerts open": (1, 0),
        "alerts opened by two checks": (None, 1),
        "messages about two checks": (None, 1),
        "messages that it is over": (None, 1),
    },
)
