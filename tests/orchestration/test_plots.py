"""Plots and row counts that Dagster shows beside a mart that was built."""

import base64
import datetime as dt

import pytest
from matplotlib.axes import Axes

from dagster_project.assets.mart_figures import PLOTS, figures_of
from tests.support.dbt_runner import modelled_copy

PNG = b"\x89PNG\r\n"


@pytest.fixture(scope="module")
def models(template_database):
    with modelled_copy(template_database) as copy:
        yield copy


@pytest.fixture
def opened(models):
    with models.connect() as connection:
        yield connection
        connection.rollback()


@pytest.fixture
def drawn(monkeypatch):
    """What was drawn, by the name of the method that drew it."""
    calls = {}
    for name in ("bar", "barh", "hlines", "plot"):
        original = getattr(Axes, name)

        def draw(axes, *args, _name=name, _original=original, **kwargs):
            calls.setdefault(_name, []).append((args, kwargs))
            return _original(axes, *args, **kwargs)

        monkeypatch.setattr(Axes, name, draw)
    return calls


def add_row(connection, mart, **values):
    """One row of a stored mart: what is not named is 1, x or a moment."""
    defaults = {"bigint": 1, "numeric": 1, "text": "x", "smallint": 1, "integer": 1}
    moment = dt.datetime(2026, 5, 1, tzinfo=dt.UTC)
    columns = connection.execute(
        "select column_name, data_type from information_schema.columns"
        " where table_schema = 'analytics' and table_name = %s",
        [mart],
    ).fetchall()
    row = {name: values.get(name, defaults.get(kind, moment)) for name, kind in columns}
    names, places = ", ".join(row), ", ".join(["%s"] * len(row))
    connection.execute(
        f"insert into analytics.{mart} ({names}) values ({places})", list(row.values())
    )


@pytest.mark.parametrize("mart", PLOTS)
def test_a_mart_without_rows_has_a_count_and_no_plot(opened, mart):
    assert figures_of(mart, opened) == {"dagster/row_count": 0}


@pytest.mark.parametrize("mart", PLOTS)
def test_a_plot_is_a_picture_inside_the_metadata(opened, mart):
    add_row(opened, mart)
    figures = figures_of(mart, opened)
    address = figures["plot"].value.removeprefix(f"![{mart}](data:image/png;base64,")

    assert figures["dagster/row_count"] == 1
    assert base64.b64decode(address.removesuffix(")")).startswith(PNG)


def test_a_view_has_a_count_and_no_plot(opened):
    assert figures_of("enrollment_blockers", opened) == {"dagster/row_count": 0}


def test_each_campaigns_rate_is_between_its_bounds(opened, drawn):
    add_row(
        opened,
        "campaign_accept_stats",
        campaign_name="Selva PIPL",
        invites_sent_count=200,
        accept_rate="0.25",
        accept_rate_lower="0.2",
        accept_rate_upper="0.5",
    )
    figures_of("campaign_accept_stats", opened)

    [(_, lower, upper), _] = drawn["hlines"][0]
    assert (lower, upper) == ([20.0], [50.0])
    assert drawn["plot"][0][0][0] == [25.0]


def test_the_days_of_two_accounts_are_added_and_actions_are_stacked(opened, drawn):
    day = dt.date(2026, 5, 1)
    for account_id, action, counter in (
        (1, "send_invite", 12),
        (2, "send_invite", 9),
        (1, "send_message", 4),
    ):
        add_row(
            opened,
            "daily_account_counters",
            counted_on=day,
            account_id=account_id,
            action=action,
            counter=counter,
        )
    figures_of("daily_account_counters", opened)

    (invites, messages) = drawn["bar"]
    assert invites == (([day], [21]), invites[1])
    assert messages[0] == ([day], [4])
    assert messages[1]["bottom"] == [21]


def test_each_step_shows_all_that_came_of_it(opened, drawn):
    add_row(
        opened,
        "campaign_step_stats",
        sent_count=9,
        accepted_count=4,
        replied_count=3,
        failed_count=2,
        parked_count=1,
    )
    figures_of("campaign_step_stats", opened)

    assert [args[1] for args, _ in drawn["barh"]] == [[9], [4], [3], [2], [1]]
