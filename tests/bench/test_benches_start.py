"""Each bench of scripts/bench still starts, and those that are quick run at tiny sizes.

What they measure is no matter of a test: a test holds no clock.
"""

import importlib.util
import sys

import click
import pytest
from click.testing import CliRunner

from trueup.paths import PROJECT_ROOT
from trueup.postgres.copies import drop_database

FOLDER = PROJECT_ROOT / "scripts" / "bench"
BENCHES = sorted(path.stem for path in FOLDER.glob("*.py"))
# steady.py runs it with the interpreter of the checkout that it measures.
WITHOUT_OPTIONS = {"steady_waits"}


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
