"""Each bench of scripts/bench still starts, and those that are quick run at tiny sizes.

What they measure is no matter of a test: a test holds no clock.
"""

import importlib.util
import json
import sys

import click
import pytest
from click.testing import CliRunner

from trueup.paths import PROJECT_ROOT
from trueup.postgres.copies import drop_database

FOLDER = PROJECT_ROOT / "scripts" / "bench"
BENCHES = sorted(path.stem for path in FOLDER.glob("*.py"))
# steady.py and peers.py run these with the interpreter of what they measure.
WITHOUT_OPTIONS = {"steady_waits", "checkout_drain", "peer_drain"}


def loaded(name):
    """A bench as a module. Its parts are found by name, which pickles need."""
    spec = importlib.util.spec_from_file_location(name, FOLDER / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(sys, "path", list(sys.path))
        patched.setitem(sys.modules, name, module)
        spec.loader.exec_module(module)
    return module


class OfTheSession:
    """The server of these tests, for a bench that would start one of its own."""

    def __init__(self, server):
        self.environment = server.environment

    def stop(self):
        """It ends with the session."""


def run(module, *arguments):
    """What a bench prints."""
    result = CliRunner().invoke(module.main, arguments, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


@pytest.mark.parametrize(
    "name", [each for each in BENCHES if each not in WITHOUT_OPTIONS]
)
def test_a_bench_says_what_it_measures_and_which_sizes_it_takes(name):
    module = loaded(name)

    assert isinstance(module.main, click.Command)
    said = run(module, "--help")
    assert "Usage:" in said
    assert module.main.help
    sized = [option for option in module.main.params if option.opts != ["--help"]]
    assert all(option.opts[0] in said for option in sized if option.opts[0][0] == "-")


def test_the_functions_of_a_due_job_are_counted():
    assert "\nall: " in run(loaded("reachable_functions"))


def test_templates_are_timed():
    said = run(loaded("templates"), "--repeats", "1", "--number", "1")
    assert "one strict parse" in said


def test_imports_are_timed():
    said = run(loaded("imports"), "--repeats", "1", "--scale", "0.05")
    assert said.count("twice as many") == 4


def test_status_flips_are_timed(server, monkeypatch):
    module = loaded("status_flips")
    monkeypatch.setattr(module, "start_server", lambda _folder: OfTheSession(server))
    try:
        said = run(module, "--rows", "20", "--runs", "1")
    finally:
        drop_database(module.DATABASE)

    assert "20 flips: checked / unchecked = " in said


def test_the_waits_of_a_steady_run_need_no_server_where_nothing_is_to_wait_for(
    connection,
):
    module = loaded("steady_waits")

    assert module.waits_of_webhooks(connection, 0, 0) == []


def test_a_queue_of_a_checkout_is_filled_and_drained(opened, monkeypatch):
    module, name = loaded("checkout_drain"), opened.info.dbname
    bench = module.bench_of_checkout()
    monkeypatch.setattr(bench, "BATCH", bench.BATCH)
    # In this process: others take seconds to start.
    monkeypatch.setattr(
        module,
        "jobs_per_second",
        lambda name, workspace_id, _workers, batch, seconds: module.send(
            batch, name, workspace_id, "w", seconds
        ),
    )
    opened.execute(bench.ROWS.read_bytes())
    queue = module.Queue(bench, opened, name)

    queue.fill(2)
    queue.fill(3)
    assert queue.queued() == 3
    assert queue.drain(60, 1, 10) == {"jobs": 3, "rate": 3, "left": 0}
    assert bench.BATCH == 10


def contestant(module, script):
    return module.Contestant(
        "another", ["sh", "-c", script], folder=FOLDER, environment={}, ways=[(7, 2)]
    )


def test_a_contestant_is_told_its_batch_and_its_connections(tmp_path):
    answer = json.dumps({"jobs": 5, "rate": 2.5, "left": 1})
    told = tmp_path / "told"
    script = f"read line; echo \"$line\" > {told}; echo '{answer}'"
    another = contestant(loaded("peers"), script)

    assert another.drain(4, 2)["rate"] == 2.5
    another.end()
    order = {"drain": 4, "workers": 2, "batch": 7, "connections": 2}
    assert json.loads(told.read_text()) == order


@pytest.mark.parametrize(
    ("script", "sentence"),
    [
        ('read line; echo \'{"jobs": 5, "rate": 1, "left": 0}\'', "--backlog"),
        ("exit 3", "another ended with 3"),
    ],
)
def test_a_contestant_without_a_rate_ends_the_run(script, sentence):
    another = contestant(loaded("peers"), script)

    with pytest.raises(click.ClickException, match=sentence):
        another.drain(4, 2)
    another.end()


def test_ratios_are_those_within_a_round(capsys):
    module = loaded("peers")
    rounds = module.Rounds()
    for ours, theirs in ((100, 50), (300, 100), (80, 20)):
        rounds.add(module.OURS, ours, 100, 1)
        rounds.add("procrastinate", theirs, 100, 1)

    rounds.report()

    said = capsys.readouterr().out
    assert (
        "this build / procrastinate (2.00 to 4.00): 3.00 (wanted: at least 4; NOT"
        in (said)
    )
    assert (
        "this build / reference (0.80 to 3.00): 1.00 (wanted: at least 1; met" in said
    )


def test_each_peer_can_be_drained():
    assert set(loaded("peer_drain").PEERS) == set(loaded("peers").WAYS_OF_PEERS)


def test_a_heal_is_seen_in_what_the_ui_answers():
    rows_healed = loaded("first_heal").rows_healed
    entries = [{"label": "rows_healed", "intValue": 41}, {"label": "before_and_after"}]
    listed = [{"timestamp": "0", "metadataEntries": entries}]

    assert rows_healed(None) == 0
    assert rows_healed({"data": {"assetOrError": {}}}) == 0
    asset = {"assetMaterializations": listed}
    assert rows_healed({"data": {"assetOrError": asset}}) == 41
