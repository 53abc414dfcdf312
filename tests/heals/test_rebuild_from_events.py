"""Everything that is derived, made again from what was only ever appended."""

import psycopg
import pytest
from psycopg import sql

from tests.support.campaign_history import (
    CampaignHistory,
    make_first_events,
    make_later_events,
)
from tests.support.dbt_runner import modelled_copy, parsed_manifest, run_dbt
from tests.support.ledger_rows import loading
from trueup.paths import PROJECT_ROOT

REBUILD = PROJECT_ROOT / "tests/support/rebuild_from_events.sql"
# What happened, and what the provider said.
APPENDED = (
    "linkedin_events",
    "send_attempts",
    "send_attempt_outcomes",
    "campaign_events",
    "accept_credits",
    "linkedin_account_status_audit",
    "provider_reads",
    "provider_wide_reads",
)
# What people set up and events refer to.
SET_UP = (
    "workspaces",
    "linkedin_accounts",
    "provider_accounts",
    "linkedin_account_limits",
    "linkedin_account_sending_windows",
    "campaigns",
    "campaign_steps",
    "campaign_step_templates",
    "prospects",
)


@pytest.fixture(scope="module")
def lived(template_database):
    """(a database with a history in which all that was queued went, a moment after)"""
    with modelled_copy(template_database) as database:
        with database.connect() as connection:
            connection.autocommit = True
            history = CampaignHistory(connection)
            make_first_events(history)
            make_later_events(history)
            moment = history.settle()
        yield database, moment


@pytest.fixture(scope="module")
def rebuilt(template_database, lived):
    """An empty migrated database with the appended and the set-up rows, rebuilt."""
    origin, moment = lived
    with modelled_copy(template_database) as database:
        with (
            origin.connect() as source,
            database.connect() as target,
            loading(target),
        ):
            for table in (*SET_UP, *APPENDED):
                copy_rows(source, target, table)
            rebuild(target, moment)
        yield database


def rebuild(connection, moment=None):
    """The engine never rebuilds itself, so the function is made by the test."""
    connection.execute(REBUILD.read_text("utf-8"))
    connection.execute("select outreach.rebuild_from_events(%s)", [moment])


def copy_rows(source, target, table):
    name = sql.Identifier("outreach", table)
    read = sql.SQL("copy {} to stdout (format binary)").format(name)
    write = sql.SQL("copy {} from stdin (format binary)").format(name)
    with (
        source.cursor().copy(read) as rows,
        target.cursor().copy(write) as written,
    ):
        for block in rows:
            written.write(block)


def marts(database, as_of):
    """Rows of every mart by its name, as of one moment."""
    run_dbt(database, "run", as_of=as_of)
    names = [
        node.name
        for node in parsed_manifest().nodes.values()
        if node.resource_type == "model" and node.path.startswith("marts/")
    ]
    with database.connect() as connection:
        return {name: rows_of(connection, name) for name in names}


def rows_of(connection, mart):
    """The rows without what is no event: when a call that was made had been planned,
    and what tells whether the plans of an account changed (account_digest)."""
    query = sql.SQL("select * from analytics.{} order by 1, 2, 3, 4")
    found = connection.execute(query.format(sql.Identifier(mart)))
    names = [column.name for column in found.description]
    return [
        {
            name: value
            for name, value in zip(names, row, strict=True)
            if name not in ("next_action_at", "account_digest")
        }
        for row in found
    ]


def test_every_mart_is_the_same_again(lived, rebuilt):
    origin, moment = lived
    before = marts(origin, moment)
    after = marts(rebuilt, moment)

    assert after == before
    filled = {name for name, rows in before.items() if rows}
    assert filled == before.keys() - {"stale_next_actions", "template_fix_backlog"}


def test_every_enrollment_and_counter_is_the_same_again(lived, rebuilt):
    queries = (
        "select workspace_id, enrollment_id, campaign_id, prospect_id, account_id,"
        " linkedin_status, status_seq, current_step_id,"
        " linkedin_invited_at, linkedin_accepted_at, created_at"
        " from outreach.campaign_prospects order by 1, 2",
        "select workspace_id, account_id, action, counted_on, count"
        " from outreach.linkedin_daily_counters order by 1, 2, 3, 4",
    )
    for query in queries:
        with lived[0].connect() as source, rebuilt.connect() as target:
            assert target.execute(query).fetchall() == source.execute(query).fetchall()


def test_the_rebuilt_database_contradicts_itself_nowhere(rebuilt):
    with rebuilt.connect() as connection:
        assert (
            connection.execute(
                "select * from outreach.consistency_violations()"
            ).fetchall()
            == []
        )


def test_a_rebuild_over_rows_that_are_there_is_refused(lived):
    with (
        lived[0].connect() as connection,
        loading(connection),
        pytest.raises(psycopg.errors.ObjectNotInPrerequisiteState, match="has"),
        connection.transaction(),
    ):
        rebuild(connection)
