"""What a heal of the daily counters says that it did."""

import datetime as dt

import dagster as dg
import pytest

from dagster_project.assets.heals import healed_daily_counters
from dagster_project.partitions import todays_range_tags
from dagster_project.resources import Postgres
from tests.support import rows
from trueup.heals.daily_counters import heal_daily_counters, heal_table


@pytest.fixture
def inflated(database):
    """Anisha's cached counter says 142 today, and nothing was sent."""
    with database.connect(autocommit=True) as connection:
        workspace_id = rows.make_workspace(connection)
        for name, count in (("Anisha", 142), ("Pinki", 0)):
            account_id = rows.make_account(connection, workspace_id, name=name)
            connection.execute(
                "insert into outreach.linkedin_daily_counters values (%s, %s,"
                " 'send_invite', (clock_timestamp() at time zone 'UTC')::date, %s,"
                " clock_timestamp())",
                [workspace_id, account_id, count],
            )
        yield connection


def test_a_heal_reports_set_and_unchanged_counters(inflated):
    report = heal_daily_counters(inflated)

    assert (report.downward, report.upward, report.untouched) == (1, 0, 1)
    assert "| Anisha | send_invite |" in heal_table(report)
    assert "| 142 | 0 | 0 | 0 | inflation |" in heal_table(report)
    again = heal_daily_counters(inflated)
    assert (len(again.healed), again.untouched) == (0, 2)


def test_a_heal_refuses_to_hold_the_locks_of_all_workspaces(connection):
    with pytest.raises(ValueError, match="autocommit"):
        heal_daily_counters(connection)


def test_the_heal_asset_carries_before_and_after(inflated, database, monkeypatch):
    monkeypatch.setenv("PGDATABASE", database.name)
    metadata = metadata_of_heal({})

    assert metadata["rows_healed"].value == 1
    assert metadata["accounts_untouched"].value == 1
    assert "Anisha" in metadata["before_and_after"].value


@pytest.mark.parametrize(("back", "looked"), [(0, 2), (1, 24), (7, 168), (40, 168)])
def test_the_heal_asset_looks_at_the_dates_of_its_run_and_a_week_at_most(
    inflated, database, monkeypatch, back, looked
):
    monkeypatch.setenv("PGDATABASE", database.name)
    metadata = metadata_of_heal(
        todays_range_tags(dt.datetime.now(dt.UTC), days_before=dt.timedelta(days=back))
    )

    assert metadata["looked_back_hours"].value == looked
    assert metadata["rows_healed"].value == 1


def metadata_of_heal(tags):
    result = dg.materialize(
        [healed_daily_counters], resources={"postgres": Postgres()}, tags=tags
    )
    [made] = result.asset_materializations_for_node("healed_daily_counters")
    return made.metadata
