"""`trueup incident replay`: before and after of one incident, and nothing left."""

import io

import pytest
from rich.console import Console

from demo.incidents import environment
from demo.incidents.figures import Figure, Replayed
from demo.incidents.registry import INCIDENTS
from demo.incidents.tables import (
    print_replay,
    print_replays,
    read_replays,
    write_replays,
)
from tests.support.command_line import invoke, ran_as_a_process, ran_here
from trueup.postgres.connection import connect

RIGHT = Figure("accepts of Founders", 89, 79, 89, 79)
WRONG = Figure("people parked", 0, 3, 0, 0)
GOOD = Replayed("LL#275", "The stats counted too many.", (RIGHT,), 1.25)
BAD = Replayed("LL#277", "A brace was missing.", (RIGHT, WRONG), 2.5)


def run(database, *arguments, how=ran_as_a_process):
    environment = database.environment()
    environment |= {"COLUMNS": "120", "UNIPILE_DSN": "http://real"}
    return how(environment, "incident", "replay", *arguments)


def databases():
    with connect("postgres", autocommit=True) as connection:
        rows = connection.execute("select datname from pg_database").fetchall()
    return {name for (name,) in rows if name.startswith("trueup_replay")}


def test_it_prints_before_and_after_beside_the_wanted_and_leaves_nothing(database):
    ran = run(database, "drift alert")

    assert ran.returncode == 0, ran.stderr
    assert "drift alert: A counter stood above 0 for two hours" in ran.stdout
    assert "All 4 figures are the wanted ones" in ran.stdout
    (line,) = [line for line in ran.stdout.splitlines() if "alerts open " in line]
    cells = [cell.strip() for cell in line.strip("│").split("│")]
    assert cells == ["alerts open", "1", "0", "1 → 0", "right"]
    assert databases() == set()
    with database.connect() as connection:
        (count,) = connection.execute(
            "select count(*) from outreach.workspaces"
        ).fetchone()
    assert count == 0


def test_an_unknown_name_is_a_sentence_that_lists_those_that_there_are(database):
    ran = run(database, "LL#999", how=ran_here)
    assert ran.returncode == 2
    assert 'There is no incident "LL#999". Give one of these: LL#273, ' in ran.stderr
    assert ran.stderr.count("\n") == 1
    for incident in INCIDENTS:
        assert incident.name in ran.stderr


@pytest.mark.parametrize("arguments", [(), ("LL#275", "--all")])
def test_one_incident_or_all_have_to_be_asked_for(arguments):
    ran = invoke("incident", "replay", *arguments)
    assert ran.exit_code == 2
    assert "Give one incident, or --all. There are: LL#273, " in ran.output


@pytest.mark.parametrize(("replayed", "code"), [(GOOD, 0), (BAD, 1)])
def test_a_figure_that_differs_ends_in_1(database, monkeypatch, replayed, code):
    monkeypatch.setenv("PGDATABASE", database.name)
    monkeypatch.setattr(
        environment, "replay_all", lambda _incidents, _on_incident: [replayed]
    )
    ran = invoke("incident", "replay", replayed.name)
    assert ran.exit_code == code


def printed(function, *arguments):
    console = Console(file=io.StringIO(), width=120)
    function(console, *arguments)
    return console.file.getvalue()


def test_what_differs_is_said_figure_by_figure():
    assert "1 of 2 figures differ from the wanted ones" in printed(print_replay, BAD)
    text = printed(print_replays, [GOOD, BAD])
    assert "LL#277: people parked went from 0 to 3, and should go from 0 → 0." in text
    assert "1 of 2" in text
    assert "1 of 1" in text


def test_figures_that_were_written_are_read_as_they_were(tmp_path):
    path = tmp_path / "incidents.json"
    write_replays(path, [GOOD, BAD])
    assert read_replays(path) == [GOOD, BAD]
