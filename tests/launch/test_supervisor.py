"""Whatever ends a start of trueup, no process of it is left."""

import contextlib
import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import textwrap
from datetime import UTC, datetime
from pathlib import Path

import httpx
import psutil
import psycopg
import pytest
from click.testing import CliRunner

from launch import up
from launch.commands import materialize_everything, parse_dbt
from launch.lock import AlreadyRunningError, project_lock
from launch.ports import (
    PortInUseError,
    listener_of,
    refuse_used_ui_port,
    sandbox_port,
    web_port,
)
from launch.processes import marked_processes
from launch.restarts import Restarts
from launch.services import (
    DAGSTER_LAYER,
    PROVIDER_LAYER,
    Service,
    dagster_service,
    web_service,
)
from launch.supervisor import STOPPED_AT, Supervisor
from launch.supervisor_client import ServiceError, supervised
from trueup.paths import PROJECT_ROOT
from unipile_sandbox.control import start_sandbox

LONGEST_END_SECONDS = 30

# Ignores TERM and starts a child that does too, in a session of its own.
STUBBORN_SERVICE = textwrap.dedent(
    """
    import os, signal, subprocess, sys
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    if len(sys.argv) == 1:
        subprocess.Popen(
            [sys.executable, "-c", os.environ["SOURCE"], "child"],
            start_new_session=True,
        )
    print("ready", os.getpid(), flush=True)
    while True:
        signal.pause()
    """
)

# A start of trueup with two such services; says what it holds, then waits.
STARTER = textwrap.dedent(
    """
    import json, os, pathlib, sys, time
    from launch.services import Service
    from launch.supervisor_client import supervised
    from launch.up import Stopped, _stop_on_signals

    logs = pathlib.Path(sys.argv[1])
    _stop_on_signals()
    source = os.environ["SOURCE"]
    try:
        with supervised(logs, grace_seconds=0.3) as supervisor:
            for layer in (1, 2):
                service = Service(
                    name=f"stubborn-{layer}",
                    argv=(sys.executable, "-c", source),
                    environment=os.environ,
                    layer=layer,
                    ready_words="ready",
                    has_runs=layer == 2,
                )
                supervisor.start(service)
                supervisor.wait_until_ready(service)
            pid = supervisor.process.pid
            held = {"supervisor": pid, "id": supervisor.supervisor_id}
            print(json.dumps(held), flush=True)
            supervisor.watch()
    except Stopped:
        sys.exit(0)
    """
)


class Started:
    """A running starter, and every process that it and its supervisor have made."""

    def __init__(self, logs):
        self.process = subprocess.Popen(
            [sys.executable, "-c", STARTER, str(logs)],
            cwd=PROJECT_ROOT,
            env={**os.environ, "SOURCE": STUBBORN_SERVICE},
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        held = json.loads(self.process.stdout.readline())
        self.supervisor = psutil.Process(held["supervisor"])
        self.services = wait_for_marked(held["id"], 4)

    def left_after_its_end(self):
        """What is still alive once everything had time to end."""
        self.process.wait(LONGEST_END_SECONDS)
        self.process.stdout.close()
        _, alive = psutil.wait_procs(
            [self.supervisor, *self.services], timeout=LONGEST_END_SECONDS
        )
        return alive


def wait_for_marked(supervisor_id, count):
    """The marked processes, once there are `count`; each poll reads all of them."""
    for _ in range(10_000):
        found = marked_processes(supervisor_id)
        if len(found) >= count:
            return found
    raise AssertionError(f"{len(found)} of {count} processes came up")


@pytest.fixture
def started(tmp_path):
    start = Started(tmp_path / "logs")
    yield start
    for process in [start.supervisor, *start.services]:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    start.process.kill()
    start.process.wait()
    start.process.stdout.close()


@pytest.mark.parametrize(
    "number",
    [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL],
    ids=lambda number: number.name,
)
def test_a_signal_to_the_starter_leaves_no_process(started, number, tmp_path):
    assert len(started.services) == 4
    began_at = max(psutil.Process(one.pid).create_time() for one in started.services)
    started.process.send_signal(number)
    assert started.left_after_its_end() == []
    assert float((tmp_path / "logs" / STOPPED_AT).read_text()) >= began_at


def test_a_killed_supervisor_leaves_no_process(started, tmp_path):
    started.supervisor.kill()
    assert started.left_after_its_end() == []
    assert not (tmp_path / "logs" / STOPPED_AT).exists()


def test_an_end_without_runs_of_dagster_keeps_when_the_last_one_with_runs_began(
    tmp_path,
):
    (tmp_path / STOPPED_AT).write_text("7")
    supervisor = Supervisor("no-runs", tmp_path, grace_seconds=1)
    service = {
        "name": "web",
        "argv": [sys.executable, "-c", ""],
        "environment": dict(os.environ),
        "layer": 1,
        "has_open_stdin": False,
        "has_runs": False,
    }
    supervisor.serve(iter([{"service": service}]))
    supervisor.end_all()
    assert (tmp_path / STOPPED_AT).read_text() == "7"


def test_what_runs_dagster_has_runs(tmp_path):
    dagster = dagster_service({}, port=1, workspace=tmp_path, locations={})
    jobs = materialize_everything(datetime(2026, 5, 6, tzinfo=UTC))
    assert (dagster.has_runs, {job.has_runs for job in jobs}) == (True, {True})
    assert not parse_dbt().has_runs


def test_terminating_the_supervisor_leaves_no_process(started):
    started.supervisor.terminate()
    assert started.left_after_its_end() == []


def python_service(name, source):
    return Service(
        name=name,
        argv=(sys.executable, "-c", source),
        environment=os.environ,
        layer=DAGSTER_LAYER,
        ready_words="ready",
    )


def start_all(supervisor, *services):
    """Starts them beside one another, then waits for the last of them."""
    for service in services:
        supervisor.start(service)
    supervisor.wait_until_ready(services[-1])


def test_a_service_that_dies_early_is_told_with_the_end_of_its_log(tmp_path):
    service = python_service("short-lived", "raise SystemExit('no such campaign')")
    with (
        pytest.raises(ServiceError) as failure,
        supervised(tmp_path, grace_seconds=1) as supervisor,
    ):
        start_all(supervisor, service)
    sentence = str(failure.value)
    assert sentence.startswith("short-lived stopped by itself (exit code 1).")
    assert sentence.endswith("no such campaign")


def test_a_service_that_dies_while_another_starts_is_told(tmp_path):
    quiet = python_service("quiet", "import signal; signal.pause()")
    service = python_service("short-lived", "raise SystemExit('no such campaign')")
    with (
        pytest.raises(ServiceError, match="short-lived stopped by itself"),
        supervised(tmp_path, grace_seconds=1) as supervisor,
    ):
        start_all(supervisor, service, quiet)


def test_a_program_that_is_not_there_is_told(tmp_path):
    service = Service(
        name="missing",
        argv=("/no/such/program",),
        environment=os.environ,
        layer=DAGSTER_LAYER,
        ready_words="ready",
    )
    with (
        pytest.raises(ServiceError, match="/no/such/program could not be run"),
        supervised(tmp_path, grace_seconds=1) as supervisor,
    ):
        start_all(supervisor, service)


def test_a_command_that_fails_is_told_with_the_end_of_its_log(tmp_path):
    argv = (sys.executable, "-c", "print('half done'); raise SystemExit(3)")
    with (
        pytest.raises(ServiceError) as failure,
        supervised(tmp_path, grace_seconds=1) as supervisor,
    ):
        supervisor.run("command", argv, os.environ)
    assert str(failure.value).startswith("command failed with exit code 3.")
    assert str(failure.value).endswith("half done")


# Says which life this is, by a file that each life makes longer, and ends.
MORTAL_SERVICE = textwrap.dedent(
    """
    import pathlib, sys
    lives = pathlib.Path(sys.argv[1])
    count = len(lives.read_text()) if lives.exists() else 0
    lives.write_text("x" * (count + 1))
    raise SystemExit(f"life {count + 1} is over")
    """
)


class EnoughError(Exception):
    """Ends keep_running, which never returns by itself."""


def test_a_service_that_ends_is_started_again_after_growing_delays(tmp_path):
    service = Service(
        name="mortal",
        argv=(sys.executable, "-c", MORTAL_SERVICE, str(tmp_path / "lives")),
        environment=os.environ,
        layer=DAGSTER_LAYER,
    )
    ends = []

    def note(end):
        ends.append(end)
        if len(ends) == 3:
            raise EnoughError

    with supervised(tmp_path, grace_seconds=1) as supervisor:
        supervisor.restarts = Restarts(first_delay=0.01)
        supervisor.start(service)
        with pytest.raises(EnoughError):
            supervisor.keep_running(note, ends.append)
    assert [end.delay_seconds for end in ends] == [0.01, 0.02, 0.04]
    assert ends[2].sentence.startswith("mortal stopped by itself (exit code 1).")
    log = (tmp_path / "mortal.log").read_text().splitlines()
    assert log == ["life 1 is over", "life 2 is over", "life 3 is over"]


def test_a_killed_postgres_is_started_again_with_its_data(tmp_path):
    ends = []

    def recover(name):
        with psycopg.connect(**settings) as connection:
            row = connection.execute("select figure from kept").fetchone()
        raise EnoughError(f"{name} has {row[0]}")

    with supervised(tmp_path, grace_seconds=1) as supervisor:
        supervisor.restarts = Restarts(first_delay=0.01, recovered_after=0.01)
        environment = supervisor.start_postgres(tmp_path / "pg")
        settings = {
            "host": environment["PGHOST"],
            "port": environment["PGPORT"],
            "user": environment["PGUSER"],
            "dbname": "postgres",
        }
        with psycopg.connect(**settings) as connection:
            connection.execute("create table kept as select 7 as figure")
        pid_file = tmp_path / "pg" / "postmaster.pid"
        os.kill(int(pid_file.read_text().split()[0]), signal.SIGKILL)
        with pytest.raises(EnoughError, match="postgres has 7"):
            supervisor.keep_running(ends.append, recover)
    assert [end.service for end in ends] == ["postgres"]
    assert "postgres stopped by itself (signal 9)." in ends[0].sentence


def test_the_delays_double_to_a_minute_and_start_over_after_a_recovery():
    restarts = Restarts()
    delays = [restarts.note_end("web", now=0) for _ in range(9)]
    assert delays == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert restarts.take_due(now=59.9) == []
    assert restarts.take_due(now=60) == ["web"]
    restarts.note_start("web", now=60)
    assert restarts.take_recovered(now=359.9) == []
    assert restarts.seconds_until_next(now=350) == 10
    assert restarts.take_recovered(now=360) == ["web"]
    assert restarts.seconds_until_next(now=360) is None
    assert restarts.note_end("web", now=361) == 1


def test_commands_run_one_after_the_other(tmp_path):
    with supervised(tmp_path, grace_seconds=1) as supervisor:
        for word in ("first", "second"):
            argv = (sys.executable, "-c", f"print('{word}')")
            supervisor.run(word, argv, os.environ)
    assert (tmp_path / "first.log").read_text() == "first\n"
    assert (tmp_path / "second.log").read_text() == "second\n"


def test_a_second_start_is_refused_and_told_of_the_first(tmp_path):
    path = tmp_path / ".local" / "lock"
    waits = []
    with (
        project_lock(path, says="its UI at port 7", on_wait=list),
        pytest.raises(AlreadyRunningError) as refusal,
        project_lock(path, says="", on_wait=lambda: waits.append(1)),
    ):
        pass
    assert f"already running from {tmp_path} (process {os.getpid()}" in str(
        refusal.value
    )
    assert "its UI at port 7" in str(refusal.value)
    assert waits == []


def test_a_start_waits_for_one_that_was_killed_and_is_still_ending(tmp_path):
    path = tmp_path / ".local" / "lock"
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    path.parent.mkdir()
    path.write_text(json.dumps({"process": ended.pid, "says": "gone"}))
    with path.open() as keepers_hold:
        fcntl.flock(keepers_hold, fcntl.LOCK_EX)

        def let_go():
            fcntl.flock(keepers_hold, fcntl.LOCK_UN)

        with project_lock(path, says="second", on_wait=let_go):
            assert json.loads(path.read_text())["says"] == "second"


@pytest.fixture
def used_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_a_ui_port_in_use_is_told_with_what_to_do(used_port):
    with pytest.raises(PortInUseError) as refusal:
        refuse_used_ui_port(used_port)
    assert f"Port {used_port}, which the Dagster UI would use" in str(refusal.value)
    assert f"scripts/up --port {used_port + 1}" in str(refusal.value)


def test_a_port_of_another_program_is_told_with_its_process(used_port):
    assert listener_of(used_port).startswith("another program, ")
    assert listener_of(used_port).endswith(f"(process {os.getpid()})")


def test_a_port_that_trueup_itself_uses_is_told_as_such(tmp_path):
    with start_sandbox(tmp_path / "journal.jsonl") as sandbox:
        listener = listener_of(httpx.URL(sandbox.dsn).port)
    assert listener.startswith(f"trueup itself, started in {Path.cwd()} (process ")


def test_a_second_start_is_told_of_the_first_and_not_of_its_port(
    tmp_path, monkeypatch, used_port
):
    monkeypatch.setattr("launch.up.LOCAL_FOLDER", tmp_path)
    with project_lock(tmp_path / "lock", says="first", on_wait=pytest.fail):
        result = CliRunner().invoke(up.main, ["--port", str(used_port)])
    assert result.exit_code == 2
    assert "trueup is already running from" in result.output


@pytest.mark.parametrize("kept_port", [sandbox_port, web_port])
def test_the_sandbox_and_the_web_app_keep_their_ports(tmp_path, kept_port):
    first = kept_port(tmp_path / "port")
    assert kept_port(tmp_path / "port") == first


def test_the_web_app_never_takes_the_sandboxs_port(tmp_path):
    ports = sandbox_port(tmp_path / "sandbox-port"), web_port(tmp_path / "web-port")
    assert [port % 2 for port in ports] == [0, 1]


def test_the_sandboxs_port_in_use_is_told(tmp_path, used_port):
    (tmp_path / "sandbox-port").write_text(f"{used_port}\n")
    with pytest.raises(PortInUseError, match=f"Port {used_port}, the address"):
        sandbox_port(tmp_path / "sandbox-port")
    with pytest.raises(PortInUseError, match="the address at which the provider"):
        web_port(tmp_path / "sandbox-port")


def test_the_web_app_is_ready_once_it_answers_and_ends_after_who_calls_it(tmp_path):
    port = web_port(tmp_path / "web-port")
    service = web_service({**os.environ, "TRUEUP_WEBHOOK_SECRET": "x"}, port=port)
    assert service.layer < PROVIDER_LAYER < DAGSTER_LAYER
    with supervised(tmp_path, grace_seconds=5) as supervisor:
        supervisor.start(service)
        supervisor.wait_until_ready(service)
        answer = httpx.get(service.ready_url, trust_env=False)
        assert answer.json() == {"status": "ok"}
        (process,) = marked_processes(supervisor.supervisor_id)
    assert not process.is_running()


def test_up_refuses_a_used_port_before_it_starts_anything(used_port):
    environment = {
        name: value for name, value in os.environ.items() if name != "UNIPILE_DSN"
    }
    result = subprocess.run(
        [sys.executable, "-m", "launch.up", "--port", str(used_port)],
        cwd=PROJECT_ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert result.returncode == 2
    assert f"Port {used_port}, which the Dagster UI would use" in result.stderr
    assert "Traceback" not in result.stderr
    assert result.stdout == ""
