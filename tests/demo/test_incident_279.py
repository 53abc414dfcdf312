"""LL#279: 89 next actions put off by days by a counter that was too high."""

import dagster as dg

from dagster_project.assets.heals import healed_next_actions
from dagster_project.resources import Postgres
from demo.incidents import ll_279
from tests.support.command_line import invoke
from tests.support.dbt_runner import run_dbt
from tests.support.inbound_rows import HOUR
from tests.support.rows import NOON, send_one
from trueup.heals.next_actions import heal_next_actions

INCIDENT = ll_279
ALERT = "a_next_action_is_stale"
LOOK = "int_checked_next_actions"


def listed(connection):
    return connection.execute(
        "select kind, clamped_to, count(*) from analytics.stale_next_actions"
        " group by 1, 2"
    ).fetchall()


def moments(connection, loaded):
    """Each enrollment's time with its job's, of those that were put off."""
    return connection.execute(
        "select enrollments.next_action_at, jobs.run_at, count(*)"
        " from outreach.campaign_prospects as enrollments"
        " inner join outreach.campaign_send_jobs as jobs"
        " using (workspace_id, enrollment_id)"
        " where enrollments.enrollment_id = any(%s) and jobs.status = 'queued'"
        " group by 1, 2 order by 1",
        [list(loaded.enrollment_ids)],
    ).fetchall()


def opens_at(connection, loaded):
    return connection.execute(
        "select outreach.clamp_to_sending_window(%s, %s, %s)",
        [loaded.workspace_id, loaded.account_id, NOON],
    ).fetchone()[0]


def test_her_counter_was_healed_from_142_to_12(incident):
    _, connection, loaded = incident
    assert connection.execute(
        "select before, after, kind from outreach.linkedin_counter_heals"
    ).fetchall() == [(142, 12, "inflation")]
    assert len(loaded.enrollment_ids) == 89


def test_89_are_listed_as_too_far_ahead_with_the_next_window(incident):
    _, connection, loaded = incident
    opening = opens_at(connection, loaded)
    assert opening > NOON
    assert listed(connection) == [("too_far_ahead", opening, 89)]


def test_the_asset_clamps_89_to_the_next_window_with_their_jobs(incident):
    database, connection, loaded = incident
    opening = opens_at(connection, loaded)
    assert run_dbt(database, "build", LOOK, ALERT, as_of=NOON)[ALERT] == "warn"

    done = dg.materialize([healed_next_actions], resources={"postgres": Postgres()})

    (made,) = done.asset_materializations_for_node("healed_next_actions")
    assert made.metadata["rows_healed"].value == 89
    assert made.metadata["healed_too_far_ahead"].value == 89
    assert moments(connection, loaded) == [(opening, opening, 89)]
    assert listed(connection) == []
    assert connection.execute(
        "select actor, details ->> 'reason', count(*) from outreach.campaign_events"
        " where event_type = 'rescheduled' group by 1, 2"
    ).fetchall() == [("healed_next_actions", "too_far_ahead", 89)]
    assert run_dbt(database, "build", LOOK, ALERT, as_of=NOON)[ALERT] == "pass"


def run_script(database, monkeypatch, *arguments, confirm=None):
    monkeypatch.setenv("PGDATABASE", database.name)
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.delenv("CONFIRM", raising=False)
    if confirm is not None:
        monkeypatch.setenv("CONFIRM", confirm)
    return invoke("heal", "next-actions", *arguments)


def test_a_dry_run_of_the_script_changes_nothing(incident, monkeypatch):
    database, connection, loaded = incident
    before = moments(connection, loaded)
    shown = run_script(database, monkeypatch)
    assert shown.exit_code == 0
    assert "would be healed" in shown.output
    assert moments(connection, loaded) == before
    opening = opens_at(connection, loaded)
    assert listed(connection) == [("too_far_ahead", opening, 89)]


def test_the_script_heals_her_account_and_keeps_the_proof(incident, monkeypatch):
    database, connection, loaded = incident
    done = run_script(database, monkeypatch, "--commit", confirm="yes")
    assert done.exit_code == 0
    opening = opens_at(connection, loaded)
    assert moments(connection, loaded) == [(opening, opening, 89)]
    assert connection.execute(
        "select before_count, after_count, outcome from outreach.heal_reports"
    ).fetchall() == [(89, 0, "kept")]


def test_a_second_heal_changes_nothing(incident):
    _, connection, _ = incident
    assert heal_next_actions(connection, as_of=NOON).moved == 89
    assert heal_next_actions(connection, as_of=NOON).moved == 0


def test_the_limit_of_the_day_holds_the_89_back_as_ever(incident):
    _, connection, loaded = incident
    heal_next_actions(connection, as_of=NOON)
    connection.execute(
        "update outreach.linkedin_account_limits set limit_count = 1"
        " where workspace_id = %s and action = 'send_invite' and per = 'day'",
        [loaded.workspace_id],
    )
    stamps = [
        stamp
        for (stamp,) in connection.execute(
            "select templates.validation_stamp from"
            " outreach.campaign_step_templates as templates"
            " inner join outreach.campaign_steps as steps"
            " using (workspace_id, step_id) where steps.action = 'send_invite'"
        )
    ]
    connection.execute("update outreach.reply_polls set read_until = 'infinity'")
    at = opens_at(connection, loaded)
    sent = [
        send_one(connection, loaded.workspace_id, at + number * HOUR, stamps=stamps)
        for number in range(2)
    ]
    assert sent == [["sent_proven"], []]
