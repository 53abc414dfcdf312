"""LL#273: 51 accounts, 41 of their daily counters above what was sent.

Belongs here: the replay. The rows are those of the first look, which scripts/up loads.
"""

import datetime as dt

from demo.first_look.accounts import INFLATED_COUNT, NAMED
from demo.first_look.load import load_first_look
from demo.incidents.figures import Pair, Value, paired
from demo.incidents.replay import Incident, Stage
from trueup.heals.daily_counters import heal_daily_counters
from trueup.inbound.lists.reply_polls import poll_replies
from trueup.sender import drain

ACCOUNTS = 51
# By then something is due for each account.
SENDS_GO_ON_AFTER = dt.timedelta(minutes=4)


def _replay(stage: Stage) -> dict[str, Pair]:
    load_first_look(stage.connection, stage.sandbox, stage.as_of)
    stage.connection.execute("analyze")
    before = _look(stage)
    report = heal_daily_counters(stage.connection, as_of=stage.as_of)
    again = heal_daily_counters(stage.connection, as_of=stage.as_of)
    figures = paired(before, _look(stage)) | {
        "healed downward": (None, report.downward),
        "healed upward": (None, report.upward),
        "accounts left untouched": (None, report.untouched),
        "healed by a second heal": (None, len(again.healed)),
    }
    goes_on_at = stage.as_of + SENDS_GO_ON_AFTER
    poll_replies(stage.connection, stage.sandbox.dsn, stage.sandbox.api_key, goes_on_at)
    drain(
        stage.connection,
        worker="LL#273",
        provider_dsn=stage.sandbox.dsn,
        api_key=stage.sandbox.api_key,
        until_seconds=60,
        as_of=goes_on_at,
    )
    figures["healed accounts that send on"] = (
        None,
        stage.one(
            "select count(distinct account_id) from outreach.linkedin_counter_heals"
            " inner join outreach.campaign_events using (workspace_id, account_id)"
            " where event_type = 'invite_sent' and occurred_at > %s",
            stage.as_of,
        ),
    )
    return figures


def _look(stage: Stage) -> dict[str, Value]:
    counters: dict[str, Value] = {
        f"{name}'s invite counter": stage.one(
            "select cached from analytics.account_counter_drift"
            " where account_name = %s and action = 'send_invite'",
            name,
        )
        for _, name, _, _ in NAMED
    }
    return counters | {
        "invite counters that are too high": _count_of_kind(stage, "inflation"),
        "invite counters that are right": _count_of_kind(stage, "none"),
        "rows in the heal log": stage.one(
            "select count(*) from outreach.linkedin_counter_heals"
        ),
    }


def _count_of_kind(stage: Stage, kind: str) -> Value:
    return stage.one(
        "select count(*) from analytics.account_counter_drift"
        " where action = 'send_invite' and kind = %s",
        kind,
    )


INCIDENT = Incident(
    name="LL#273",
    says="Daily counters had drifted above what was sent, and held sends back.",
    replay=_replay,
    wanted={
        "Anisha's invite counter": (142, 12),
        "Pinki's invite counter": (87, 9),
        "Hafiz's invite counter": (73, 7),
        "invite counters that are too high": (INFLATED_COUNT, 0),
        "invite counters that are right": (ACCOUNTS - INFLATED_COUNT, ACCOUNTS),
        "healed downward": (None, 41),
        "healed upward": (None, 0),
        "accounts left untouched": (None, 10),
        "rows in the heal log": (0, 41),
        "healed by a second heal": (None, 0),
        "healed accounts that send on": (None, 41),
    },
)
