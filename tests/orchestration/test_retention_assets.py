"""The retention assets: figures of what was emptied, and which old runs are deleted."""

import datetime as dt

import dagster as dg
import pytest

from dagster_project.assets.retention import (
    deleted_dagster_runs,
    emptied_raw_columns,
    old_runs,
)
from dagster_project.resources import Postgres

# A name of pydantic that dagster still reads by its old one.
pytestmark = pytest.mark.filterwarnings(
    "ignore:The .__fields__. attribute is deprecated"
)
LONG_AGO = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)


@pytest.fixture
def resources(database, monkeypatch):
    monkeypatch.setenv("PGDATABASE", database.name)
    return {"postgres": Postgres()}


@dg.op
def nothing():
    pass


@dg.job
def checks():
    nothing()


@dg.asset
def materialized_once():
    pass


@dg.asset
def another():
    pass


@dg.asset(partitions_def=dg.StaticPartitionsDefinition(["monday", "tuesday"]))
def daily():
    pass


def figures(result):
    (made,) = result.get_asset_materialization_events()
    return {name: value.value for name, value in made.materialization.metadata.items()}


def run_checks(instance):
    return checks.execute_in_process(instance=instance).run_id


def test_what_was_emptied_is_told_by_column(opened, instance, resources):
    opened.execute(
        "select outreach.record_webhook_deliveries("
        " array['{}'::bytea], array[null], %s)",
        [LONG_AGO],
    )
    opened.execute("delete from outreach.linkedin_webhook_inbox")
    told = figures(
        dg.materialize([emptied_raw_columns], instance=instance, resources=resources)
    )
    assert told["linkedin_webhook_deliveries.body rows"] == 1
    assert told["linkedin_webhook_deliveries.body bytes"] > 0


def test_finished_runs_beyond_the_bound_are_deleted(instance, monkeypatch):
    monkeypatch.setattr("dagster_project.assets.retention.RUNS_AT_ONCE", 2)
    run_ids = [run_checks(instance) for _ in range(6)]
    soon = dt.datetime.now(dt.UTC) + dt.timedelta(days=1)
    assert set(old_runs(instance, soon)) == set(run_ids[:-1])
    assert list(old_runs(instance, LONG_AGO)) == []


def test_the_newest_materialization_of_an_asset_is_kept(instance):
    run_ids = [
        dg.materialize(assets, instance=instance).run_id
        for assets in ([materialized_once], [materialized_once], [another])
    ]
    soon = dt.datetime.now(dt.UTC) + dt.timedelta(days=1)
    assert list(old_runs(instance, soon)) == run_ids[:1]


def test_the_newest_run_of_each_partition_is_kept(instance, monkeypatch):
    monkeypatch.setattr("dagster_project.assets.retention.RUNS_AT_ONCE", 1)
    old_monday, new_monday, old_tuesday, _ = [
        dg.materialize([daily], instance=instance, partition_key=day).run_id
        for day in ("monday", "monday", "tuesday", "tuesday")
    ]
    soon = dt.datetime.now(dt.UTC) + dt.timedelta(days=1)
    assert set(old_runs(instance, soon)) == {old_monday, old_tuesday}
    for run_id in list(old_runs(instance, soon)):
        instance.delete_run(run_id)
    assert instance.get_materialized_partitions(daily.key) == {"monday", "tuesday"}
    assert instance.get_run_by_id(new_monday) is not None


def test_a_run_under_way_is_kept(instance):
    instance.add_run(
        dg.DagsterRun(job_name="checks", status=dg.DagsterRunStatus.STARTED)
    )
    soon = dt.datetime.now(dt.UTC) + dt.timedelta(days=1)
    assert list(old_runs(instance, soon)) == []


def test_the_asset_deletes_old_runs_with_their_events(
    opened, instance, resources, monkeypatch
):
    old_id, newest_id = run_checks(instance), run_checks(instance)
    opened.execute(
        "update outreach.retention_bounds set days = 7 where what = 'dagster.runs'"
    )
    in_eight_days = dt.datetime.now(dt.UTC) + dt.timedelta(days=8)

    class Later(dt.datetime):
        @classmethod
        def now(cls, tz=None):
            return in_eight_days.astimezone(tz)

    monkeypatch.setattr("dagster_project.assets.retention.datetime", Later)
    told = figures(
        dg.materialize([deleted_dagster_runs], instance=instance, resources=resources)
    )
    assert told == {"runs": 1, "kept_days": 7}
    assert instance.get_run_by_id(old_id) is None
    assert instance.all_logs(old_id) == []
    assert instance.get_run_by_id(newest_id) is not None
