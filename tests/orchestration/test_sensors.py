"""What follows from Dagster's own log: alerts, rechecks after heals, first builds."""

import datetime as dt

import dagster as dg
import pytest

from dagster_project.interrupted_runs import end_interrupted_runs
from dagster_project.resources import AlertAddresses, Postgres
from dagster_project.sensors.admin_alerts import (
    Check,
    admin_alerts_about,
    failure_reason,
)
from dagster_project.sensors.builds import BUILD_TAG, models_to_build_of
from dagster_project.sensors.rechecks import (
    recheck_after_audit,
    recheck_after_heal,
    recheck_after_move,
)
from tests.support.rows import (
    NOON,
    make_account,
    make_campaign,
    make_enrollments,
    make_workspace,
    send_one,
)

pytestmark = [
    pytest.mark.filterwarnings("ignore:The .__fields__. attribute is deprecated"),
]
CHECK = "an_account_is_over_a_cap"


class Outside:
    """What assets of these tests come to."""

    def __init__(self):
        self.is_right = True
        self.is_broken = False
        self.status = "fail"


@pytest.fixture
def outside():
    return Outside()


@pytest.fixture
def refresh_stats(outside, instance):
    """Runs a job of that name: an asset, and a check of severity warn."""

    @dg.asset(check_specs=[dg.AssetCheckSpec(CHECK, asset="send_proofs")])
    def send_proofs():
        if outside.is_broken:
            raise dg.Failure("The disk is full.")
        status = "pass" if outside.is_right else outside.status
        yield dg.MaterializeResult(
            check_results=[
                dg.AssetCheckResult(
                    passed=outside.is_right,
                    severity=dg.AssetCheckSeverity.WARN,
                    metadata={"status": status},
                )
            ]
        )

    definitions = dg.Definitions(
        assets=[send_proofs], jobs=[dg.define_asset_job("refresh_stats")]
    )
    job = definitions.resolve_job_def("refresh_stats")

    def run():
        return job.execute_in_process(instance=instance, raise_on_error=False)

    return run


@pytest.fixture
def look(database, instance, monkeypatch):
    """Evaluates the sensor of alerts; each look goes on from the one before."""
    monkeypatch.setenv("PGDATABASE", database.name)
    monkeypatch.delenv("TRUEUP_ALERT_URLS", raising=False)
    check = Check(
        key=dg.AssetCheckKey(dg.AssetKey("send_proofs"), CHECK),
        description="Fails for each account that passed a limit.",
        test_table=CHECK,
    )
    cursors = [None]

    def look_once(checks=(check,)):
        sensor = admin_alerts_about(checks)
        result = sensor(
            dg.build_sensor_context(
                instance=instance,
                cursor=cursors[-1],
                resources={
                    "postgres": Postgres(),
                    "alert_addresses": AlertAddresses(),
                },
            )
        )
        cursors.append(result.cursor)
        return result.skip_reason.skip_message

    return look_once


def open_alerts(database):
    with database.connect() as connection:
        return connection.execute(
            "select code, subject, message from outreach.linkedin_admin_alerts"
            " where resolved_at is null order by alert_id"
        ).fetchall()


def keep_failing_rows(database, *subjects):
    """What dbt's store_failures leaves behind."""
    with database.connect(autocommit=True) as connection:
        connection.execute("create schema if not exists analytics_failures")
        connection.execute(
            "drop table if exists analytics_failures.an_account_is_over_a_cap"
        )
        connection.execute(
            "create table analytics_failures.an_account_is_over_a_cap as"
            " select 1 as workspace_id, subject, 'Too many.' as message"
            " from unnest(%s::text[]) as subject",
            [list(subjects)],
        )


def test_a_warning_of_a_run_that_succeeded_opens_an_alert(
    database, outside, refresh_stats, look
):
    outside.is_right = False
    keep_failing_rows(database, "Anisha", "Pinki")
    assert refresh_stats().success

    assert look().startswith("2 alerts opened, 0 resolved")
    assert open_alerts(database) == [
        (CHECK, "Anisha", "Too many."),
        (CHECK, "Pinki", "Too many."),
    ]


def test_the_same_result_is_looked_at_once(database, outside, refresh_stats, look):
    outside.is_right = False
    keep_failing_rows(database, "Anisha")
    refresh_stats()
    look()

    assert look().startswith("0 alerts opened, 0 resolved")


def test_a_check_that_passes_again_resolves_its_alerts(
    database, outside, refresh_stats, look
):
    outside.is_right = False
    keep_failing_rows(database, "Anisha")
    refresh_stats()
    look()
    outside.is_right = True
    refresh_stats()

    assert look().startswith("0 alerts opened, 1 resolved")
    assert open_alerts(database) == []


def test_a_test_whose_query_failed_is_an_alert_of_its_own(
    database, outside, refresh_stats, look
):
    outside.is_right, outside.status = False, "error"
    run_id = refresh_stats().run_id
    look()

    assert open_alerts(database) == [
        (CHECK, "send_proofs", f"The check could not run; see run {run_id}.")
    ]


def test_the_alerts_of_a_check_that_was_renamed_or_removed_are_closed(
    database, outside, refresh_stats, look
):
    outside.is_right = False
    refresh_stats()
    look()
    assert len(open_alerts(database)) == 1

    assert look(checks=()).startswith("0 alerts opened, 1 resolved")
    assert open_alerts(database) == []


def test_the_alert_of_a_job_that_is_no_more_is_closed(
    database, outside, refresh_stats, look, monkeypatch
):
    outside.is_broken = True
    refresh_stats()
    look()
    assert len(open_alerts(database)) == 1

    monkeypatch.setattr("dagster_project.sensors.admin_alerts.WATCHED_JOBS", [])
    assert look().startswith("0 alerts opened, 1 resolved")
    assert open_alerts(database) == []


def test_a_failed_run_opens_an_alert_with_the_steps_reason(
    database, outside, refresh_stats, look, instance
):
    outside.is_broken = True
    run_id = refresh_stats().run_id
    look()

    assert failure_reason(instance, run_id) == "The disk is full."
    assert open_alerts(database) == [
        ("run_failed", "refresh_stats", f"Run {run_id} failed: The disk is full.")
    ]


def test_the_jobs_next_success_resolves_it(database, outside, refresh_stats, look):
    outside.is_broken = True
    refresh_stats()
    look()
    outside.is_broken = False
    refresh_stats()
    look()

    assert open_alerts(database) == []


def test_a_run_that_stays_is_well_once_the_next_one_works(database, look, instance):
    def run(status):
        job = dg.GraphDefinition(name="keep_working").to_job()
        return instance.create_run_for_job(job, status=status)

    run(dg.DagsterRunStatus.FAILURE)
    look()
    assert [subject for _, subject, _ in open_alerts(database)] == ["keep_working"]
    next_run = run(dg.DagsterRunStatus.STARTED)
    look()
    assert open_alerts(database) == []
    instance.report_run_failed(next_run)
    look()
    assert [subject for _, subject, _ in open_alerts(database)] == ["keep_working"]


def test_a_run_that_the_end_of_trueup_interrupted_opens_no_alert(
    database, look, instance
):
    job = dg.GraphDefinition(name="keep_working").to_job()

    def run():
        return instance.create_run_for_job(job, status=dg.DagsterRunStatus.STARTED)

    def failed_at(run):
        instance.report_run_failed(run)
        return instance.get_run_record_by_id(run.run_id).end_time

    stopped_at = failed_at(run())
    run()
    assert end_interrupted_runs(instance, stopped_at) == 2
    look()
    assert open_alerts(database) == []

    stopped_at = failed_at(run()) + 1
    assert end_interrupted_runs(instance, stopped_at) == 0
    look()
    assert [subject for _, subject, _ in open_alerts(database)] == ["keep_working"]


def test_alerts_that_cannot_be_synced_are_tried_again(
    database, outside, refresh_stats, look
):
    outside.is_right = False
    with database.connect(autocommit=True) as connection:
        connection.execute("create schema if not exists analytics_failures")
        connection.execute(
            "create table analytics_failures.an_account_is_over_a_cap as"
            " select 'not a number' as workspace_id, 'Anisha' as subject"
        )
    refresh_stats()
    assert look().startswith("0 alerts opened")
    keep_failing_rows(database, "Anisha")

    assert look().startswith("1 alerts opened")


def test_without_addresses_rows_are_kept_and_nothing_is_sent(look):
    assert "TRUEUP_ALERT_URLS is not set" in look()


@pytest.mark.filterwarnings("ignore:.imghdr. is deprecated:DeprecationWarning")
def test_an_address_that_is_none_is_said_and_rows_are_kept(
    database, outside, refresh_stats, look, monkeypatch
):
    monkeypatch.setenv("TRUEUP_ALERT_URLS", "carrier-pigeon://roof")
    outside.is_right = False
    keep_failing_rows(database, "Anisha")
    refresh_stats()

    assert "cannot use" in look()
    assert len(open_alerts(database)) == 1


@pytest.fixture
def is_rechecked(database, monkeypatch, instance):
    """Whether a sensor asks for a recheck, once these marts are built."""
    monkeypatch.setenv("PGDATABASE", database.name)

    def evaluate(sensor, *built):
        with database.connect(autocommit=True) as connection:
            connection.execute("create schema if not exists analytics")
            for mart in built:
                connection.execute(f"create view analytics.{mart} as select 1")
        context = dg.build_sensor_context(
            instance=instance, resources={"postgres": Postgres()}
        )
        return bool(sensor.evaluate_tick(context).run_requests)

    return evaluate


@pytest.mark.parametrize(("rows_healed", "expected"), [(41, True), (0, False)])
@pytest.mark.parametrize(
    ("heal", "mart", "sensor"),
    [
        ("healed_daily_counters", "account_counter_drift", recheck_after_heal),
        ("healed_next_actions", "stale_next_actions", recheck_after_move),
    ],
)
def test_only_a_heal_that_changed_something_asks_for_a_recheck(
    instance, is_rechecked, heal, mart, sensor, rows_healed, expected
):
    @dg.asset(name=heal)
    def healed():
        return dg.MaterializeResult(metadata={"rows_healed": rows_healed})

    dg.materialize([healed], instance=instance)

    assert is_rechecked(sensor, mart) is expected


@pytest.mark.parametrize(
    ("registered", "deleted", "built", "expected"),
    [
        (3, 0, ["webhook_coverage"], True),
        (0, 1, ["webhook_coverage"], True),
        (0, 0, ["webhook_coverage"], False),
        (3, 0, [], False),
    ],
)
def test_only_an_audit_that_repaired_something_asks_for_a_recheck_of_what_is_built(
    instance, is_rechecked, registered, deleted, built, expected
):
    @dg.asset
    def webhook_subscriptions():
        return dg.MaterializeResult(
            metadata={"registered": registered, "deleted": deleted}
        )

    dg.materialize([webhook_subscriptions], instance=instance)

    assert is_rechecked(recheck_after_audit, *built) is expected


def make_marts(connection):
    """The marts' tables: these models are not really built."""
    connection.execute("create schema analytics")
    for mart in ("accounts", "campaigns", "enrollments", "sends", "replies"):
        connection.execute(f"create table analytics.{mart} ()")


@pytest.fixture
def build(database, monkeypatch, instance):
    """What the sensor asks for, for a text of the dbt project."""
    monkeypatch.setenv("PGDATABASE", database.name)

    with database.connect(autocommit=True) as connection:
        make_marts(connection)

    def evaluate(fingerprint, cursor=None):
        context = dg.build_sensor_context(
            instance=instance, resources={"postgres": Postgres()}, cursor=cursor
        )
        return models_to_build_of(fingerprint)(context)

    return evaluate


def run_build(instance, request, is_right=True):
    """A run of materialize_everything, as the sensor's request would start it."""

    @dg.op
    def build_models():
        if not is_right:
            raise dg.Failure("The disk is full.")

    @dg.job(name="materialize_everything")
    def materialize_everything():
        build_models()

    materialize_everything.execute_in_process(
        instance=instance,
        raise_on_error=False,
        tags={BUILD_TAG: request.tags[BUILD_TAG]},
    )


def test_models_are_built_once_for_each_text_of_the_project(build, instance):
    run_build(instance, build("one"))
    assert isinstance(build("one"), dg.SkipReason)
    run_build(instance, build("two"))
    assert isinstance(build("two"), dg.SkipReason)


def test_a_project_that_goes_back_to_an_earlier_text_is_built_again(build, instance):
    run_build(instance, build("one"))
    run_build(instance, build("two"))
    assert isinstance(build("one"), dg.RunRequest)


def test_a_build_that_failed_is_tried_again_but_not_at_once(
    build, instance, monkeypatch
):
    run_build(instance, build("one"), is_right=False)
    assert "after ten minutes" in build("one").skip_message
    monkeypatch.setattr("dagster_project.sensors.builds.BUILD_AGAIN", dt.timedelta(0))
    assert isinstance(build("one"), dg.RunRequest)


def test_a_build_that_was_interrupted_starts_again_at_once(build, instance):
    instance.add_run(
        dg.DagsterRun(
            job_name="materialize_everything",
            run_id="11111111-1111-4111-8111-111111111111",
            status=dg.DagsterRunStatus.STARTED,
            tags={BUILD_TAG: build("one").tags[BUILD_TAG]},
        )
    )
    assert build("one").skip_message == "A build is under way."
    assert end_interrupted_runs(instance) == 1
    assert isinstance(build("one"), dg.RunRequest)


def test_the_first_rows_of_a_mart_are_built_at_once_and_once(build, database, instance):
    run_build(instance, build("one"))
    assert isinstance(build("one"), dg.SkipReason)
    with database.connect(autocommit=True) as connection:
        workspace_id = make_workspace(connection)
        make_account(connection, workspace_id)
        first = build("one")
        assert [one.job_name for one in first.run_requests] == ["refresh_stats"]
        # The next hour builds what a refresh could not.
        assert isinstance(build("one", first.cursor), dg.SkipReason)

        make_campaign(connection, workspace_id)
        second = build("one", first.cursor)
        assert len(second.run_requests) == 1
        instance.add_run(
            dg.DagsterRun(
                job_name="refresh_stats",
                run_id="22222222-2222-4222-8222-222222222222",
                status=dg.DagsterRunStatus.STARTED,
            )
        )
        waits = build("one", first.cursor)
        assert waits.skip_message == "A refresh of the marts is under way."
        for mart in ("accounts", "campaigns"):
            connection.execute(f"insert into analytics.{mart} default values")
        assert "are those of this dbt project" in build("one").skip_message


def test_a_look_up_is_not_the_first_send_that_marts_wait_for(connection):
    workspace_id = make_workspace(connection)
    limits = [(action, "day", 9) for action in ("resolve_profile", "send_invite")]
    account_id = make_account(connection, workspace_id, limits=limits)
    campaign_id, step_ids = make_campaign(
        connection, workspace_id, ("resolve_profile", "send_invite")
    )
    make_enrollments(connection, workspace_id, account_id, campaign_id, step_ids[0])
    connection.execute("update outreach.prospects set provider_id = null")
    make_marts(connection)

    waiting = "select array(select outreach.marts_before_their_first_row())"
    before = connection.execute(waiting).fetchone()
    assert send_one(connection, workspace_id, provider_reference="ACoAAada") == [
        "sent_proven"
    ]
    assert connection.execute(waiting).fetchone() == before
    later = NOON + dt.timedelta(hours=1)
    assert send_one(connection, workspace_id, later) == ["sent_proven"]
    assert connection.execute(waiting).fetchone() == ([*before[0], "sends"],)


def test_the_first_build_covers_every_local_today(build):
    tags = build("one").tags

    assert tags.keys() == {
        "dagster/asset_partition_range_start",
        "dagster/asset_partition_range_end",
        BUILD_TAG,
    }
