"""When the run that stays starts, what it shows while it works, and its handover."""

import datetime as dt
import threading

import dagster as dg
import pytest

from dagster_project import sender_definitions, staying
from dagster_project.resources import Postgres, Provider
from dagster_project.schedules.staying import (
    FIRST_LOOP,
    STARTS_WITHIN,
    STAYS,
    keep_working_each_minute,
)
from dagster_project.staying import RunAudience, merged
from tests.support.connected_accounts import open_alerts
from tests.support.sender_campaigns import ACCEPTED, INVITE
from trueup.postgres.turns import Turns
from trueup.sender import DrainReport
from trueup.staying.work import turn_of

# A name of pydantic that dagster still reads by its old one.
pytestmark = [
    pytest.mark.usefixtures("configured"),
    pytest.mark.filterwarnings("ignore:The .__fields__. attribute is deprecated"),
    pytest.mark.filterwarnings("ignore:.imghdr. is deprecated:DeprecationWarning"),
]
LOOK_AGAIN_SECONDS = 0.1
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def tick(instance):
    """One tick: why it starts no run, or None if it starts one."""

    def tick_once():
        resources = {"postgres": Postgres(), "provider": Provider()}
        with dg.build_schedule_context(instance, resources=resources) as context:
            asked = keep_working_each_minute(context)
        return asked.skip_message if isinstance(asked, dg.SkipReason) else None

    return tick_once


@pytest.fixture
def run_of_age(instance, monkeypatch):
    """Makes the run that works, and sets how old it is."""
    instance.create_run_for_job(
        dg.GraphDefinition(name="keep_working").to_job(),
        status=dg.DagsterRunStatus.STARTED,
    )

    read = dg.DagsterInstance.get_run_records

    def set_age(age):
        def aged(*arguments, **settings):
            return [
                record._replace(create_timestamp=dt.datetime.now(dt.UTC) - age)
                for record in read(*arguments, **settings)
            ]

        monkeypatch.setattr(dg.DagsterInstance, "get_run_records", aged)

    return set_age


@pytest.fixture
def turn(database, sandbox):
    """The first turn of a run, taken by the session that it gives."""
    with database.connect(autocommit=True) as connection:
        turns = Turns(connection)
        assert turns.take(turn_of(FIRST_LOOP, sandbox.dsn))
        yield turns


def test_a_tick_starts_a_run_where_none_works(tick):
    assert tick() is None


def test_a_tick_starts_none_beside_a_young_run(tick, run_of_age, turn):
    run_of_age(STARTS_WITHIN - MINUTE)
    assert tick() == "A run has just started."
    run_of_age(STAYS - MINUTE)
    assert tick() == "A run works."


def test_after_half_an_hour_the_next_run_starts_once(tick, run_of_age, turn, database):
    run_of_age(STAYS + MINUTE)
    assert tick() is None
    with database.connect(autocommit=True) as connection:
        next_run = Turns(connection, taking="60s")
        name = turn_of(FIRST_LOOP, Provider().dsns()[0])
        waiting = threading.Thread(target=next_run.take, args=[name])
        waiting.start()
        while not turn.is_wanted():
            pass
        assert tick() == "The next run waits for its turns."
        turn.give_back(name)
        waiting.join()


def test_a_run_that_has_lost_its_turn_is_followed_at_once(tick, run_of_age):
    run_of_age(STARTS_WITHIN + MINUTE)
    assert tick() is None


@pytest.mark.parametrize("name", ["UNIPILE_DSN", "UNIPILE_API_KEY"])
def test_a_missing_setting_is_named_by_the_skipped_tick(tick, monkeypatch, name):
    monkeypatch.delenv(name)
    assert f"{name} is not set" in tick()


def test_a_run_shows_what_it_sends_and_ends_when_the_next_one_waits(
    database, sandbox, workspace, instance, monkeypatch
):
    monkeypatch.setattr(staying, "SECONDS_BETWEEN_REPORTS", 0.0)
    enrollment = workspace.enroll(
        workspace.campaign(INVITE, ACCEPTED),
        run_at=workspace.one("select clock_timestamp()"),
    )
    job = sender_definitions.defs.resolve_job_def("keep_working")
    results = []
    running = threading.Thread(
        target=lambda: results.append(job.execute_in_process(instance=instance))
    )
    running.start()
    while workspace.status(enrollment) != "pending_accept" or not materialized(
        instance, "refreshed_accounts"
    ):
        running.join(LOOK_AGAIN_SECONDS)
        assert running.is_alive()
    with database.connect(autocommit=True) as connection:
        next_run = Turns(connection, taking="60s")
        assert next_run.take(turn_of(FIRST_LOOP, sandbox.dsn))
        running.join()

    assert [result.success for result in results] == [True]
    assert materialized(instance, "send_queue")["sent"].value == 1
    logged = [
        record.user_message
        for record in instance.all_logs(results[0].run_id)
        if not record.is_dagster_event
    ]
    assert "The next run goes on with the work." in logged
    assert any(line.startswith("send_queue: ") and "1 sent" in line for line in logged)
    assert workspace.violations() == []


def materialized(instance, asset):
    event = instance.get_latest_materialization_event(dg.AssetKey(asset))
    return event and event.asset_materialization.metadata


def test_a_trouble_that_lasts_opens_an_alert_that_its_end_closes(opened):
    with dg.build_op_context() as context:
        run = RunAudience(context, Postgres(), alert_after_seconds=0.0)
        run.trouble("polled_lists", "The provider cannot be reached.")
        run.passed()
        run.passed()
        assert open_alerts(opened) == {"work_failed": "polled_lists"}
        run.ready("polled_lists")
        assert open_alerts(opened) == {}


def test_a_short_trouble_opens_no_alert(opened):
    with dg.build_op_context() as context:
        run = RunAudience(context, Postgres())
        run.trouble("polled_lists", "The provider cannot be reached.")
        run.passed()
    assert open_alerts(opened) == {}


def test_a_minutes_counts_are_added_and_its_last_table_stays():
    assert merged([{"a": 1, "why": "x"}, {"a": 2, "b": True}]) == {
        "a": 3,
        "why": "x",
        "b": True,
    }
    assert not DrainReport(claimed=1).is_empty
    assert DrainReport(rounds=7).is_empty
