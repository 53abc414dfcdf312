"""The rules of time zones: the package's, the server's, and names without rules."""

import datetime as dt
import shutil

import pytest
from psycopg.errors import CheckViolation

from tests.support.given_servers import is_server_given
from tests.support.rows import make_account, make_workspace
from trueup.alerts.timezone_rules import (
    compare_timezone_rules,
    differing_spans,
    offsets_of_server,
)
from trueup.postgres.data_directory import TIMEZONE_FILES
from trueup.postgres.timezone_files import (
    lay_over,
    offset_changes,
    zone_names,
    zone_of,
)

START = dt.datetime(2026, 11, 29, tzinfo=dt.UTC)
TWO_YEARS_ON = START + dt.timedelta(days=731)
HOUR = dt.timedelta(hours=1)
# Only the embedded server gets the package's rules; others are compared each day.
with_the_packages_rules = pytest.mark.skipif(
    is_server_given(), reason="A given server has the rules of its own system."
)


@with_the_packages_rules
def test_the_server_has_the_packages_rules_in_every_zone_for_two_years(connection):
    zones = [
        zone
        for (zone,) in connection.execute("select timezone from outreach.timezones")
    ]
    assert len(zones) > 500
    rows = connection.execute(
        "select timezone, changes_at, utc_offset"
        " from outreach.offset_changes(%s, %s, %s) order by timezone, changes_at",
        [zones, START, TWO_YEARS_ON],
    )
    ours = {zone: [] for zone in zones}
    for zone, *change in rows:
        ours[zone].append(tuple(change))
    assert ours == {zone: offset_changes(zone, START, TWO_YEARS_ON) for zone in zones}
    assert max(map(len, ours.values())) > 4


@with_the_packages_rules
@pytest.mark.parametrize(
    ("zone", "hours"),
    [("America/Winnipeg", -5), ("America/Inuvik", -6), ("America/Havana", -4)],
)
def test_zones_that_the_server_knew_wrongly_are_right(connection, zone, hours):
    assert offsets_of_server(connection, zone, START, START + HOUR) == [
        (START, hours * HOUR)
    ]


def test_names_with_a_fixed_offset_in_sql_are_those_that_no_account_may_have(
    connection,
):
    """Each name of the package with summer time, read by `at time zone`."""
    fixed = set()
    for name in zone_names():
        changes = offset_changes(name, START, TWO_YEARS_ON)
        ours = offsets_of_server(connection, name, START, TWO_YEARS_ON)
        if len(changes) > 1 and len(ours) == 1:
            fixed.add(name)
    rows = dict(
        connection.execute("select timezone, city from outreach.fixed_offset_timezones")
    )
    assert fixed == set(rows)
    for name, city in rows.items():
        assert offset_changes(name, START, TWO_YEARS_ON) == offset_changes(
            city, START, TWO_YEARS_ON
        )
        assert offsets_of_server(connection, city, START, TWO_YEARS_ON) == (
            offset_changes(city, START, TWO_YEARS_ON)
        )


@pytest.mark.parametrize(
    ("name", "city"),
    [
        ("CET", "Europe/Brussels"),
        ("MET", "Europe/Brussels"),
        ("EET", "Europe/Athens"),
        ("WET", "Europe/Lisbon"),
    ],
)
def test_a_name_with_a_fixed_offset_is_refused_with_its_city(connection, name, city):
    workspace_id = make_workspace(connection)
    account_id = make_account(connection, workspace_id)
    with pytest.raises(CheckViolation) as failure, connection.transaction():
        connection.execute(
            "select outreach.set_account_timezone(%s, %s, %s, 'Ada')",
            [workspace_id, account_id, name],
        )
    said = failure.value.diag
    assert said.message_primary == (
        f"LinkedIn account {account_id} (Anisha) of workspace {workspace_id} cannot"
        f' live in time zone "{name}": Postgres reads the name as an offset without'
        " summer time"
    )
    assert said.message_hint.startswith(f"Name the city, such as {city}. ")
    with pytest.raises(CheckViolation, match="without summer time"):
        make_account(connection, workspace_id, timezone=name)


def test_laying_the_files_over_replaces_what_differs_once(tmp_path):
    """A hard link to an old file, as another environment has, keeps its content."""
    names = ("America/Winnipeg", "Europe/Berlin", "Asia/Tokyo")
    for name in names:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(TIMEZONE_FILES / name, tmp_path / name)
    (tmp_path / "Europe/Berlin").write_bytes(b"TZif old")
    (tmp_path / "elsewhere").hardlink_to(tmp_path / "Europe/Berlin")

    assert lay_over(tmp_path) == len(zone_names()) - 2
    assert lay_over(tmp_path) == 0

    assert (tmp_path / "elsewhere").read_bytes() == b"TZif old"
    for name in zone_names():
        laid = tmp_path / name
        assert laid.read_bytes() == (TIMEZONE_FILES / name).read_bytes()
        assert laid.stat().st_mode & 0o777 == 0o644
    left_over = [path for path in tmp_path.rglob("*") if path.name.startswith(".")]
    assert left_over == []


def open_alerts(connection):
    return connection.execute(
        "select subject, message from outreach.linkedin_admin_alerts"
        " where code = 'timezone_rules_differ' and resolved_at is null"
    ).fetchall()


@with_the_packages_rules
def test_a_zone_in_use_whose_rules_differ_is_an_alert_until_they_agree(
    connection, monkeypatch
):
    """The package says Berlin, where Postgres says Winnipeg."""
    workspace_id = make_workspace(connection)
    make_account(connection, workspace_id, timezone="Asia/Tokyo")
    make_account(connection, workspace_id, timezone="America/Winnipeg")
    assert compare_timezone_rules(connection, START) == []
    assert open_alerts(connection) == []

    with monkeypatch.context() as patched:
        patched.setattr(
            "trueup.postgres.timezone_files.zone_of",
            lambda name: zone_of(
                "America/Chicago" if name == "America/Winnipeg" else name
            ),
        )
        (found,) = compare_timezone_rules(connection, START)
    assert (found.timezone, found.account_count) == ("America/Winnipeg", 1)
    ((subject, message),) = open_alerts(connection)
    assert subject == "America/Winnipeg"
    assert message.startswith(
        "America/Winnipeg: from 2026-11-29 00:00 to 2027-03-14 08:00 UTC Postgres has"
        " UTC-05:00 and tzdata 2026."
    )
    assert " UTC-06:00; from 2027-11-07 07:00 to " in message

    assert compare_timezone_rules(connection, START) == []
    assert open_alerts(connection) == []


def test_a_zone_that_one_of_the_two_does_not_know_is_an_alert(connection, monkeypatch):
    workspace_id = make_workspace(connection)
    make_account(connection, workspace_id, timezone="Asia/Tokyo")
    monkeypatch.setattr("trueup.postgres.timezone_files.zone_of", lambda _: None)
    (found,) = compare_timezone_rules(connection, START)
    assert "has no time zone Asia/Tokyo, in which accounts live." in found.says
    monkeypatch.undo()
    connection.execute(
        "insert into outreach.timezones (timezone) values ('America/Atlantis')"
    )
    connection.execute(
        "update outreach.linkedin_accounts set timezone = 'America/Atlantis'"
    )
    monkeypatch.setattr(
        "trueup.postgres.timezone_files.zone_of", lambda _: zone_of("Asia/Tokyo")
    )
    (found,) = compare_timezone_rules(connection, START)
    assert found.says == (
        "Postgres has no time zone America/Atlantis any more; accounts live in it."
    )


def test_spans_that_differ_have_both_ends():
    ours = [(START, HOUR), (START + 3 * HOUR, 2 * HOUR)]
    theirs = [(START, HOUR), (START + HOUR, 2 * HOUR)]
    until = START + 9 * HOUR
    assert differing_spans(ours, ours, until) == []
    assert differing_spans(ours, theirs, until) == [
        (START + HOUR, START + 3 * HOUR, HOUR, 2 * HOUR)
    ]
    assert differing_spans(theirs, ours, until) == [
        (START + HOUR, START + 3 * HOUR, 2 * HOUR, HOUR)
    ]
