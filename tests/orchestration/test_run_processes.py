"""Runs are forks of a process that has loaded their code, while it lives and after."""

import contextlib
import os
import select
import signal
import subprocess
import sys

import pytest

from tests.support.forked_runs import MODULE

END_SECONDS = 30


@pytest.fixture
def ran(tmp_path):
    """The lines of the process and its runs, as numbers, and what it said of errors."""

    def run(what=""):
        return subprocess.run(
            [sys.executable, "-m", MODULE, tmp_path / "runs.sock", what],
            capture_output=True,
            text=True,
            timeout=120,
        )

    return run


def numbers(ended):
    assert ended.returncode == 0, ended.stderr
    return [[int(part) for part in line.split()] for line in ended.stdout.splitlines()]


def test_a_run_is_a_fork_and_imports_nothing_again(ran):
    (process, server), *runs = numbers(ran())
    assert len(runs) == 2
    for pid, parent, imported_by in runs:
        assert pid not in (process, server)
        assert (parent, imported_by) == (server, process)


@pytest.mark.skipif(sys.platform != "linux", reason="Only Linux has pidfd_open.")
def test_the_process_that_is_forked_ends_with_the_one_that_started_it(ran):
    (_, server), *_ = numbers(ran())
    with contextlib.suppress(ProcessLookupError):
        # Readable at its end, also where nobody waits for it and it stays as a zombie.
        end = os.pidfd_open(server)
        assert select.select([end], [], [], END_SECONDS)[0]
        os.close(end)


def test_once_it_is_killed_runs_start_from_a_new_python(ran):
    (process, server), first, second = numbers(ran("killed"))
    assert first[1:] == [server, process]
    assert second[1] not in (process, server)
    assert second[2] != process


def test_a_run_that_has_not_begun_its_work_ends_with_a_signal(ran):
    assert numbers(ran("stopped"))[1:] == [[-signal.SIGTERM]]


@pytest.mark.skipif(sys.platform != "linux", reason="Linux tells of a parent's end.")
def test_a_run_is_told_to_stop_when_what_it_was_forked_from_is_killed(ran):
    assert numbers(ran("orphaned"))[1:] == [[signal.SIGTERM]]


def test_a_process_with_threads_is_not_forked(ran):
    ended = ran("threaded")
    assert ended.returncode == 1
    assert "Runs cannot be forked from this process" in ended.stderr
    assert "['MainThread', 'w']" in ended.stderr
