"""LL#274: 1,247 people past their time in 23 workspaces, and nothing held them."""

import dagster as dg

from dagster_project.assets.heals import healed_next_actions
from dagster_project.resources import Postgres
from demo.incidents import ll_274
from tests.support.dbt_runner import run_dbt
from tests.support.rows import NOON
from trueup.heals.next_actions import heal_next_actions

INCIDENT = ll_274
ALERT = "a_next_action_is_stale"
DIFFER = "next_action_at_and_run_at_differ"
LOOK = "int_checked_next_actions"


def listed(connection):
    return connection.execute(
        "select count(*), count(distinct workspace_id), bool_and(is_unpaired)"
        " from analytics.stale_next_actions"
    ).fetchone()


def test_the_rows_are_those_that_the_source_describes(incident):
    _, connection, loaded = incident
    assert sum(loaded.lagging.values()) == 1_247
    assert connection.execute(
        "select count(*), count(distinct enrollments.workspace_id)"
        " from outreach.campaign_prospects as enrollments"
        " left join outreach.campaign_send_jobs as jobs"
        " using (workspace_id, enrollment_id)"
        " where linkedin_status in ('ready_to_invite', 'ready_to_message')"
        " and next_action_at < %s - interval '5 minutes'"
        " and jobs.run_at is distinct from enrollments.next_action_at",
        [NOON],
    ).fetchone() == (1_247, 23)


def alerts(database):
    """What both alerts say after the look that they read, in one call of dbt."""
    built = run_dbt(database, "build", LOOK, ALERT, DIFFER, as_of=NOON)
    return {alert: built[alert] for alert in (ALERT, DIFFER)}


def test_1247_are_listed_and_after_the_asset_none(incident):
    database, connection, _ = incident
    assert listed(connection) == (1_247, 23, True)
    assert alerts(database) == {ALERT: "warn", DIFFER: "warn"}

    done = dg.materialize([healed_next_actions], resources={"postgres": Postgres()})

    (made,) = done.asset_materializations_for_node("healed_next_actions")
    assert made.metadata["rows_healed"].value == 1_247
    assert made.metadata["left"].value == 0
    assert listed(connection)[0] == 0
    assert alerts(database) == {ALERT: "pass", DIFFER: "pass"}


def test_each_has_one_job_inside_a_window_at_its_own_time_and_one_event(incident):
    _, connection, _ = incident
    heal_next_actions(connection, as_of=NOON)
    assert connection.execute(
        "select count(*), count(jobs.job_id), bool_and(jobs.run_at ="
        " outreach.clamp_to_sending_window(enrollments.workspace_id,"
        " enrollments.account_id, enrollments.next_action_at))"
        " from outreach.campaign_prospects as enrollments"
        " left join outreach.campaign_send_jobs as jobs"
        " on enrollments.workspace_id = jobs.workspace_id"
        " and enrollments.enrollment_id = jobs.enrollment_id"
        " and jobs.status = 'queued'"
        " and jobs.run_at = enrollments.next_action_at"
        " and jobs.step_id = enrollments.current_step_id"
    ).fetchone() == (1_247, 1_247, True)
    assert connection.execute(
        "select count(*), count(distinct enrollment_id) from outreach.campaign_events"
        " where event_type = 'rescheduled'"
    ).fetchone() == (1_247, 1_247)


def test_a_second_heal_changes_nothing(incident):
    _, connection, _ = incident
    assert heal_next_actions(connection, as_of=NOON).moved == 1_247
    assert heal_next_actions(connection, as_of=NOON).moved == 0
