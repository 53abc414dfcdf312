"""What a dbt test leaves behind that alerts are made from."""

from trueup.alerts.records import CheckOutcome, sync_check

TEST = "an_account_is_over_a_cap"


def make_kept_rows(connection):
    """The table in which dbt would keep the failing rows of the test."""
    connection.execute("create schema if not exists analytics_failures")
    connection.execute(
        "create table analytics_failures.an_account_is_over_a_cap"
        " (workspace_id bigint, subject text, limit_count integer, message text)"
    )


def fail_for(connection, *subjects, workspace_id=1, message=None):
    """What dbt leaves behind when the test fails for these subjects, then the sync."""
    connection.execute("truncate analytics_failures.an_account_is_over_a_cap")
    connection.cursor().executemany(
        "insert into analytics_failures.an_account_is_over_a_cap values"
        " (%s, %s, 80, %s)",
        [(workspace_id, subject, message) for subject in subjects],
    )
    return sync_check(connection, outcome("failed" if subjects else "passed"))


def outcome(state, test_table=TEST):
    return CheckOutcome(
        name=TEST,
        asset="send_proofs",
        state=state,
        description="Fails for each account that passed a limit.",
        run_id="0b1e",
        test_table=test_table,
    )
