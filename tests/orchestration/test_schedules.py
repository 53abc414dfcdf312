"""When jobs start by themselves: dates of a tick, and ticks that start nothing."""

import datetime as dt

import dagster as dg
import pytest

from dagster_project.partitions import local_dates_from, local_todays
from dagster_project.resources import Postgres
from dagster_project.schedules.models import (
    ALL_ROWS_TAG,
    refresh_all_rows_each_day,
    refresh_stats_each_hour,
    true_up_counters_each_half_hour,
    true_up_last_week_each_day,
)
from dagster_project.schedules.queue import reconcile_orphans_each_half_hour
from dagster_project.schedules.staying import keep_working_each_minute

START = "dagster/asset_partition_range_start"
END = "dagster/asset_partition_range_end"


def utc(text):
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


@pytest.fixture
def evaluate(database, instance, monkeypatch):
    """Evaluates a schedule at a moment, against this test's own database."""
    monkeypatch.setenv("PGDATABASE", database.name)

    def evaluate_at(schedule, moment="2026-05-04T12:00:00"):
        context = dg.build_schedule_context(
            instance=instance,
            scheduled_execution_time=utc(moment),
            resources={"postgres": Postgres()},
        )
        return schedule(context)

    return evaluate_at


@pytest.fixture
def built_models(database):
    """The trace by which a schedule knows that the models were built."""
    with database.connect(autocommit=True) as connection:
        connection.execute("create schema if not exists analytics")
        connection.execute("create view analytics.account_counter_drift as select 1")


@pytest.mark.parametrize(
    ("moment", "first", "last"),
    [
        ("2026-05-04T13:00:00", "2026-05-04", "2026-05-05"),
        ("2026-05-04T23:30:00", "2026-05-04", "2026-05-05"),
        ("2026-05-04T03:00:00", "2026-05-03", "2026-05-04"),
        ("2026-05-04T09:59:59", "2026-05-03", "2026-05-04"),
        ("2026-05-04T10:00:00", "2026-05-03", "2026-05-05"),
        ("2026-05-04T12:00:00", "2026-05-04", "2026-05-05"),
    ],
)
def test_the_range_of_dates_is_every_local_today_of_the_tick(
    evaluate, built_models, moment, first, last
):
    request = evaluate(true_up_counters_each_half_hour, moment)

    assert request.tags[START] == first
    assert request.tags[END] == last


def test_once_a_day_the_last_week_is_recomputed_too(evaluate, built_models):
    request = evaluate(true_up_last_week_each_day, "2026-05-11T03:50:00")

    assert request.tags[START] == "2026-05-03"
    assert request.tags[END] == "2026-05-11"


@pytest.mark.parametrize("hour", range(24))
def test_every_date_that_is_today_somewhere_is_a_partition_at_that_time(hour):
    moment = utc(f"2026-05-04T{hour:02}:30:00")
    keys = local_dates_from(None, moment).get_partition_keys(current_time=moment)

    for day in local_todays(moment):
        assert day.isoformat() in keys


def test_partitions_begin_with_the_first_date_on_record():
    moment = utc("2026-05-04T12:00:00")
    keys = local_dates_from(dt.date(2026, 3, 2), moment).get_partition_keys(moment)

    assert keys[0] == "2026-03-02"


def test_partitions_cover_the_week_that_each_night_recomputes():
    moment = utc("2026-05-04T12:00:00")
    for first_date in (None, dt.date(2026, 5, 3)):
        keys = local_dates_from(first_date, moment).get_partition_keys(moment)
        assert keys[0] == "2026-04-27"


def test_all_rows_are_computed_once_a_day(evaluate, built_models):
    request = evaluate(refresh_all_rows_each_day)

    assert request.tags[ALL_ROWS_TAG] == "true"


def test_a_moment_without_a_time_zone_has_no_todays():
    with pytest.raises(ValueError, match="needs a time zone"):
        local_todays(dt.datetime(2026, 5, 4, 12))


@pytest.mark.parametrize(
    "schedule", [true_up_counters_each_half_hour, refresh_stats_each_hour]
)
def test_models_that_are_not_built_are_not_refreshed(evaluate, schedule):
    skip = evaluate(schedule)

    assert isinstance(skip, dg.SkipReason)
    assert "materialize_everything" in skip.skip_message


def test_stats_are_refreshed_without_dates(evaluate, built_models):
    request = evaluate(refresh_stats_each_hour)

    assert isinstance(request, dg.RunRequest)
    assert START not in request.tags


@pytest.mark.parametrize(
    ("schedule", "job_name"),
    [
        (reconcile_orphans_each_half_hour, "reconcile_orphans"),
        (true_up_counters_each_half_hour, "true_up_counters"),
        (refresh_stats_each_hour, "refresh_stats"),
    ],
)
@pytest.mark.parametrize(
    "status", [dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.NOT_STARTED]
)
def test_a_tick_starts_nothing_while_the_run_before_is_not_over(
    evaluate, database, built_models, instance, schedule, job_name, status
):
    instance.create_run_for_job(
        dg.GraphDefinition(name=job_name).to_job(), status=status
    )

    assert isinstance(evaluate(schedule), dg.SkipReason)


@pytest.mark.parametrize(
    "schedule",
    [
        keep_working_each_minute,
        true_up_counters_each_half_hour,
        refresh_stats_each_hour,
    ],
)
def test_schedules_run_by_default_on_utc(schedule):
    assert schedule.default_status == dg.DefaultScheduleStatus.RUNNING
    assert schedule.execution_timezone == "UTC"
