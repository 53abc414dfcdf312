"""send_forecast as an analyst reads it."""

import datetime as dt

from tests.support.dbt_runner import run_dbt
from tests.support.rows import (
    NOON,
    make_account,
    make_campaign,
    make_enrollments,
    make_workspace,
)


def test_an_analyst_reads_when_each_next_action_goes_and_why(modelled, opened):
    workspace_id = make_workspace(opened)
    account_id = make_account(
        opened,
        workspace_id,
        timezone="Asia/Kolkata",
        windows=[(None, "09:00", "20:00")],
        limits=[("send_invite", "day", 1)],
    )
    campaign_id, (step_id, _) = make_campaign(opened, workspace_id)
    make_enrollments(opened, workspace_id, account_id, campaign_id, step_id, count=2)
    opened.commit()
    run_dbt(modelled, "build", "send_forecast", as_of=NOON)
    opened.execute("set role analyst")
    rows = opened.execute(
        "select prospect_name, action, outlook, expected_local_time, blocker,"
        " contact_at = expected_at, forecast_at from analytics.send_forecast"
        " order by expected_at"
    ).fetchall()

    assert rows == [
        ("Ada", "send_invite", "expected", dt.datetime(2026, 5, 4, 17, 30), "due_now",
         True, NOON),
        ("Ada", "send_invite", "expected", dt.datetime(2026, 5, 5, 9, 0), "day_limit",
         True, NOON),
    ]  # fmt: skip
