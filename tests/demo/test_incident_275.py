"""LL#275: phantom accepts. The stats count people, the forensic events stay."""

import pytest

from demo.incidents import ll_275
from tests.support.dbt_runner import modelled_copy, run_dbt
from tests.support.inbound_rows import DAY, HOUR, Invited, deliver, take_in
from tests.support.rows import DSN, NOON
from tests.support.web_apps import new_relation
from trueup.inbound.lists.accepts import resolve_inbound
from trueup.inbound.lists.leaked_accepts import find_leaks

# campaign → accepts, and the rate of those invited
WANTED = {
    "EU SaaS Outreach": (31, "0.1188"),
    "Founders": (79, "0.1881"),
    "PIPL Connection": (1_058, "0.1889"),
}


@pytest.fixture(scope="module")
def loaded(template_database):
    """The incident's rows as they lay after the reverter of May 1."""
    with modelled_copy(template_database) as database:
        with database.connect() as connection:
            ll_275.load(connection, DSN, NOON)
            connection.execute("analyze")
            connection.commit()
        yield database


@pytest.fixture(scope="module")
def first_stats(loaded):
    """The stats before anybody walks a list."""
    return stats(loaded)


def stats(database):
    """Rows of the mart by campaign."""
    run_dbt(database, "run", "+campaign_accept_stats", as_of=NOON)
    with database.connect() as connection:
        cursor = connection.execute("select * from analytics.campaign_accept_stats")
        names = [column.name for column in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor]
    return {row["campaign_name"]: row for row in rows}


def forensic_events(database):
    with database.connect() as connection:
        return connection.execute(
            "select campaigns.name, count(*),"
            " (select count(*) from outreach.linkedin_events as told"
            "  where told.workspace_id = campaigns.workspace_id)"
            " from outreach.campaign_events inner join outreach.campaigns"
            " using (workspace_id, campaign_id) where event_type = 'invite_accepted'"
            " group by campaigns.workspace_id, campaigns.name order by count(*)"
        ).fetchall()


def test_the_stats_come_to_31_79_and_1058(first_stats):
    assert {
        name: (row["accept_count"], str(row["accept_rate"]))
        for name, row in first_stats.items()
    } == WANTED


def test_the_sources_two_counts_stand_beside_it(first_stats):
    assert [
        (
            first_stats[name]["events_accept_count"],
            first_stats[name]["prospects_accept_count"],
            first_stats[name]["reverted_accept_count"],
        )
        for name in WANTED
    ] == [(47, 31, 16), (89, 79, 10), (1_208, 1_058, 150)]


def test_the_bounds_say_how_much_is_not_known(first_stats):
    talha = first_stats["EU SaaS Outreach"]
    assert (talha["proven_accept_count"], talha["open_invite_count"]) == (31, 230)
    assert (str(talha["accept_rate_lower"]), str(talha["accept_rate_upper"])) == (
        "0.1188",
        "1.0000",
    )
    assert str(talha["coverage"]) == "0.0000"
    assert talha["refreshed_at"] == NOON


def walk_relations(database, is_complete):
    """Selva's relations, asked for an hour before NOON, two of five pages or all."""
    with database.connect() as connection:
        connection.execute(
            "select outreach.record_provider_read(workspace_id, account_id,"
            " 'relations', null, %s, %s, %s, %s, %s, '[]')"
            " from outreach.linkedin_accounts where name = 'Selva'",
            [
                *[NOON - HOUR] * 2,
                is_complete,
                5 if is_complete else 2,
                None if is_complete else "page 3: 500 unexpected_error",
            ],
        )
        connection.commit()


def test_a_walk_that_broke_on_page_3_of_5_leaves_the_bounds_apart(loaded):
    walk_relations(loaded, is_complete=False)
    selva = stats(loaded)["PIPL Connection"]
    assert (str(selva["coverage"]), selva["covered_invite_count"]) == ("0.0000", 0)
    assert str(selva["accept_rate_upper"]) == "1.0000"


def test_a_complete_walk_brings_the_bounds_together(loaded):
    walk_relations(loaded, is_complete=True)
    selva = stats(loaded)["PIPL Connection"]
    assert str(selva["coverage"]) == "1.0000"
    assert selva["accept_rate_lower"] == selva["accept_rate"]
    assert selva["accept_rate_upper"] == selva["accept_rate"]


def test_the_forensic_events_are_all_still_there(loaded):
    before = forensic_events(loaded)
    with loaded.connect() as connection:
        resolve_inbound(connection, NOON)
        assert find_leaks(connection) == []
        connection.commit()
    stats(loaded)
    assert forensic_events(loaded) == before
    assert [row[1:] for row in before] == [(47, 47), (89, 89), (1_208, 1_208)]


def test_one_accept_of_one_person_in_two_campaigns_is_one_in_the_stats(
    template_database,
):
    """The cause: the bridge credited every enrollment of the person."""
    with modelled_copy(template_database) as database:
        with database.connect() as connection:
            invited = Invited(connection)
            invited.enroll_in_another()
            invited.send()
            deliver(
                connection,
                new_relation(invited.provider_account, invited.person),
                NOON + HOUR,
            )
            take_in(connection, NOON + DAY)
            connection.commit()
        run_dbt(database, "run", "+campaign_accept_stats", as_of=NOON + DAY)
        with database.connect() as connection:
            rows = connection.execute(
                "select campaign_id, invites_sent_count, accept_count,"
                " proven_accept_count from analytics.campaign_accept_stats"
                " order by campaign_id"
            ).fetchall()
    assert rows == [
        (invited.campaign_id, 1, 1, 1),
        (invited.campaign_id + 1, 0, 0, 0),
    ]
