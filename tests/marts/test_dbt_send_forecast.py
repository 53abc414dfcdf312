"""send_forecast as an analyst reads it."""

import datetime as dt

from tests.support.dbt_runner import compiled_model, run_dbt
from tests.support.rows import (
    NOON,
    make_account,
    make_campaign,
    make_enrollments,
    make_workspace,
)

DAY = dt.timedelta(days=1)


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


def test_a_run_over_all_rows_looks_each_forecast_up_by_its_key(modelled, opened):
    run_dbt(modelled, "run", "+send_forecast", is_full_refresh=True)
    query = compiled_model(modelled, "send_forecast", as_of=NOON)

    plan = [line.strip() for (line,) in opened.execute("explain " + query)]

    look_ups = [line for line in plan if "= forecasts.enrollment_id" in line]
    assert len(look_ups) >= 2
    assert all(line.startswith(("Index Cond", "Filter")) for line in look_ups)


def test_a_build_forecasts_again_what_changed_as_a_run_over_all_rows_does(
    modelled, opened
):
    workspace_id = make_workspace(opened)
    campaign_id, (step_id, _) = make_campaign(opened, workspace_id)
    idle, moved, emptied, due = (
        make_account(opened, workspace_id, name=name)
        for name in ("idle", "moved", "emptied", "due")
    )
    now = opened.execute("select now()").fetchone()[0]
    jobs = {
        account_id: make_enrollments(
            opened, workspace_id, account_id, campaign_id, step_id, count=2, run_at=at
        )
        for account_id, at in (
            (idle, now + 2 * DAY),
            (moved, now + 2 * DAY),
            (emptied, now + 2 * DAY),
            (due, now - DAY),
        )
    }
    opened.commit()
    run_dbt(modelled, "run", "+send_forecast", is_full_refresh=True)
    opened.execute("update analytics.send_forecast set campaign_name = 'not computed'")
    opened.execute("set local session_replication_role = replica")
    opened.execute(
        "update outreach.campaign_send_jobs set run_at = run_at + interval '1 hour'"
        " where account_id = %s",
        [moved],
    )
    opened.execute(
        "update outreach.campaign_prospects set linkedin_status = 'failed'"
        " where account_id = %s",
        [emptied],
    )
    opened.commit()

    run_dbt(modelled, "run", "send_forecast")
    untouched = opened.execute(
        "select account_id, count(*) from analytics.send_forecast"
        " where campaign_name = 'not computed' group by account_id"
    ).fetchall()
    opened.execute(
        "update analytics.send_forecast set campaign_name = %s"
        " where campaign_name = 'not computed'",
        [name_of(opened, campaign_id)],
    )
    of_changes = mart_rows(opened)
    opened.commit()
    run_dbt(modelled, "run", "send_forecast", is_full_refresh=True)
    of_all = mart_rows(opened)
    opened.execute("update analytics.send_forecast set campaign_name = 'not computed'")
    # The new body of a release says the same here.
    opened.execute(
        "create or replace function outreach.exact_span(span interval)"
        " returns interval language sql immutable strict return"
        " make_interval(secs => extract(epoch from span)::double precision + 0)"
    )
    opened.commit()
    run_dbt(modelled, "run", "send_forecast")

    assert untouched == [(idle, 2)]
    assert of_all == of_changes
    assert {row["campaign_name"] for (row,) in mart_rows(opened)} == {
        name_of(opened, campaign_id)
    }
    assert len(of_changes) == len(jobs[idle] + jobs[moved] + jobs[due])


def name_of(connection, campaign_id):
    return connection.execute(
        "select name from outreach.campaigns where campaign_id = %s", [campaign_id]
    ).fetchone()[0]


def mart_rows(connection):
    """All that the mart says, but for what moves with the moment of a build.

    A job that is due goes at once, whenever that is.
    """
    return connection.execute(
        "select to_jsonb(forecast) - 'forecast_at' - 'lasts_until' - case"
        " when blocker in ('due_now', 'minimum_gap', 'behind_others') then array["
        "'expected_at', 'earliest_at', 'latest_at', 'contact_at',"
        " 'expected_local_time'] else '{}' end"
        " from analytics.send_forecast as forecast order by enrollment_id"
    ).fetchall()
