"""Alerts: opened once, repeated silently, resolved, opened anew."""

import pytest

from tests.support.alert_rows import TEST, fail_for, outcome
from trueup.alerts.records import RunOutcome, sync_check, sync_run


def open_subjects(connection):
    rows = connection.execute(
        "select subject from outreach.linkedin_admin_alerts"
        " where resolved_at is null order by alert_id"
    )
    return [subject for (subject,) in rows]


def count_alerts(connection):
    return connection.execute(
        "select count(*) from outreach.linkedin_admin_alerts"
    ).fetchone()[0]


def test_a_failing_row_opens_one_alert_that_says_where_and_what(autocommitted):
    synced = fail_for(autocommitted, "Anisha")

    assert (synced.opened, synced.open, synced.resolved) == (1, 1, 0)
    row = autocommitted.execute(
        "select workspace_id, code, subject, message, details->>'limit_count',"
        " details->>'failing_rows', details->>'what_to_do'"
        " from outreach.linkedin_admin_alerts"
    ).fetchone()
    assert row == (
        1,
        TEST,
        "Anisha",
        "Fails for each account that passed a limit.",
        "80",
        "analytics_failures.an_account_is_over_a_cap",
        "Fails for each account that passed a limit.",
    )


def test_the_same_failure_again_opens_nothing_and_is_seen_later(autocommitted):
    fail_for(autocommitted, "Anisha")
    synced = fail_for(autocommitted, "Anisha")

    assert (synced.opened, synced.open) == (0, 1)
    assert count_alerts(autocommitted) == 1
    assert autocommitted.execute(
        "select last_seen_at > opened_at from outreach.linkedin_admin_alerts"
    ).fetchone() == (True,)


def test_only_the_subject_that_is_right_again_is_resolved(autocommitted):
    fail_for(autocommitted, "Anisha", "Pinki")
    synced = fail_for(autocommitted, "Pinki", "Hafiz")

    assert (synced.opened, synced.open, synced.resolved) == (1, 2, 1)
    assert open_subjects(autocommitted) == ["Pinki", "Hafiz"]


def test_a_check_that_passes_resolves_all_its_alerts_and_no_others(autocommitted):
    sync_run(autocommitted, RunOutcome("refresh_stats", "r1", False, "out of disk"))
    fail_for(autocommitted, "Anisha", "Pinki")
    synced = fail_for(autocommitted)

    assert synced.resolved == 2
    assert open_subjects(autocommitted) == ["refresh_stats"]


def test_a_failure_after_a_resolution_is_a_new_row(autocommitted):
    fail_for(autocommitted, "Anisha")
    fail_for(autocommitted)
    synced = fail_for(autocommitted, "Anisha")

    assert synced.opened == 1
    assert count_alerts(autocommitted) == 2


def test_fifty_alerts_of_a_check_stand_open_and_one_counts_the_others(autocommitted):
    fail_for(autocommitted, *[f"Account {number:03}" for number in range(120)])

    subjects = open_subjects(autocommitted)
    assert len(subjects) == 51
    assert subjects[-1] == "others"
    assert autocommitted.execute(
        "select message from outreach.linkedin_admin_alerts where subject = 'others'"
    ).fetchone() == ("70 more beside those listed",)


def test_an_open_alert_is_not_resolved_because_others_come_before_it(autocommitted):
    fail_for(autocommitted, "Zoe")
    fail_for(autocommitted, "Zoe", *[f"Account {number:03}" for number in range(120)])

    assert "Zoe" in open_subjects(autocommitted)
    assert len(open_subjects(autocommitted)) == 51


def test_the_row_for_the_others_goes_once_few_are_left(autocommitted):
    fail_for(autocommitted, *[f"Account {number:03}" for number in range(60)])
    fail_for(autocommitted, "Account 059", "Account 001")

    assert open_subjects(autocommitted) == ["Account 001", "Account 059"]


def test_the_same_name_in_two_workspaces_is_two_alerts(autocommitted):
    autocommitted.execute(
        "insert into analytics_failures.an_account_is_over_a_cap"
        " values (1, 'Anisha', 80), (2, 'Anisha', 80)"
    )
    assert sync_check(autocommitted, outcome("failed")).opened == 2


def test_rows_without_a_subject_are_one_alert_named_after_the_test(autocommitted):
    autocommitted.execute(
        "create table analytics_failures.not_null_x as"
        " select n from generate_series(1, 3) as n"
    )
    sync_check(autocommitted, outcome("failed", test_table="not_null_x"))

    assert open_subjects(autocommitted) == [TEST]
    assert autocommitted.execute(
        "select details->>'failing_row_count' from outreach.linkedin_admin_alerts"
    ).fetchone() == ("3",)


@pytest.mark.parametrize("test_table", [None, "a_table_that_dbt_never_made"])
def test_a_failure_without_kept_rows_is_still_an_alert(autocommitted, test_table):
    sync_check(autocommitted, outcome("failed", test_table=test_table))

    assert len(open_subjects(autocommitted)) == 1


def test_a_check_that_could_not_run_says_where_to_look(autocommitted):
    sync_check(autocommitted, outcome("errored"))

    assert autocommitted.execute(
        "select subject, message from outreach.linkedin_admin_alerts"
    ).fetchone() == ("send_proofs", "The check could not run; see run 0b1e.")


def test_a_check_that_could_not_run_calls_nothing_right(autocommitted):
    fail_for(autocommitted, "Anisha")
    synced = sync_check(autocommitted, outcome("errored"))

    assert synced.resolved == 0
    assert open_subjects(autocommitted) == ["Anisha", "send_proofs"]
    fail_for(autocommitted, "Anisha")
    assert open_subjects(autocommitted) == ["Anisha"]
    assert count_alerts(autocommitted) == 2


def test_a_failed_run_opens_an_alert_that_the_next_success_resolves(autocommitted):
    sync_run(autocommitted, RunOutcome("refresh_stats", "r1", False, "out of disk"))
    sync_run(autocommitted, RunOutcome("refresh_stats", "r2", False, "out of disk"))
    assert autocommitted.execute(
        "select code, subject, message from outreach.linkedin_admin_alerts"
    ).fetchall() == [("run_failed", "refresh_stats", "Run r2 failed: out of disk")]

    assert sync_run(autocommitted, RunOutcome("refresh_stats", "r3", True)).resolved
    assert open_subjects(autocommitted) == []
