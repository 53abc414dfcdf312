"""`scripts/up`: starts all services in order, keeps them running, ends them together.

Belongs here: the command's options, the order of the start, and the handling of
errors. Does not: how one service starts, or the words of the report.
"""

import contextlib
import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from types import FrameType

import click
from rich.console import Console

from demo.incidents.tables import print_replays, read_replays
from launch import report
from launch.code_servers import served_locations, write_workspace
from launch.commands import (
    Command,
    make_dagster_tables,
    materialize_everything,
    parse_dbt,
    replay_incidents,
)
from launch.database import (
    first_account_id,
    has_dagster_tables,
    has_interrupted_runs,
    load_first_look_if_empty,
    make_first_workspace_if_none,
    migrate_database,
    open_service_alert,
    resolve_service_alert,
)
from launch.environment import (
    Chosen,
    SettingsError,
    chosen,
    console_tokens,
    embedded_postgres_environment,
    own_postgres_environment,
    quiet_environment,
    sandbox_environment,
    web_environment,
    without_own_settings,
    write_shell_file,
)
from launch.lock import AlreadyRunningError, project_lock
from launch.ports import (
    PortInUseError,
    console_port,
    refuse_used_ui_port,
    sandbox_port,
    web_port,
)
from launch.services import (
    HOST,
    console_service,
    dagster_service,
    sandbox_service,
    web_service,
)
from launch.supervisor import STOPPED_AT
from launch.supervisor_client import (
    ServiceEnd,
    ServiceError,
    SupervisorClient,
    supervised,
)
from trueup.paths import LOCAL_FOLDER, PROJECT_ROOT
from trueup.postgres.connection import UnusableDatabaseError
from trueup.postgres.migration_files import MigrationError
from unipile_sandbox.control import SandboxError

REFUSALS = (
    AlreadyRunningError,
    MigrationError,
    PortInUseError,
    SandboxError,
    ServiceError,
    SettingsError,
    UnusableDatabaseError,
)


class Stopped(BaseException):
    """A signal asked this process to stop."""


class Start:
    """One run of scripts/up, step by step."""

    def __init__(
        self, console: Console, supervisor: SupervisorClient, own: Chosen
    ) -> None:
        self._console = console
        self._supervisor = supervisor
        self._own = own
        self._dagster_home = LOCAL_FOLDER / "dagster"
        self._web_url = ""
        self._sign_in_url = ""
        self._first_workspace: str | None = None

    def prepare(self) -> report.Loaded | None:
        """Starts Postgres, migrates, starts web and provider, loads the first look."""
        environment = dict(os.environ)
        if self._own.has_own_postgres:
            adopt(own_postgres_environment(environment))
        else:
            with report.step(self._console, "Starting the embedded Postgres"):
                data_directory = LOCAL_FOLDER / "postgres"
                server = self._supervisor.start_postgres(data_directory)
            adopt(embedded_postgres_environment(environment, server))
        adopt({**os.environ, **quiet_environment(self._dagster_home)})
        with report.step(self._console, "Migrating the database"):
            migrate_database()
        self._start_web()
        loaded = None
        if self._own.has_own_provider:
            self._first_workspace = make_first_workspace_if_none()
        else:
            loaded = self._start_sandbox()
        write_shell_file(LOCAL_FOLDER / "environment", environment, os.environ)
        self._make_dagster_home()
        if not has_dagster_tables():
            self._run(make_dagster_tables())
        self._run(parse_dbt())
        return loaded

    def serve(self, port: int, loaded: report.Loaded | None) -> None:
        """Starts Dagster and keeps all services running until a signal."""
        workspace = write_workspace(LOCAL_FOLDER)
        self._start_console()
        service = dagster_service(
            os.environ,
            port=port,
            workspace=workspace,
            locations=served_locations(LOCAL_FOLDER),
        )
        with report.step(self._console, "Starting Dagster (UI, daemon and code)"):
            self._end_interrupted_runs()
            self._supervisor.start(service)
            self._supervisor.wait_until_ready(service)
        report.print_welcome(
            self._console,
            report.Started(
                port=port,
                sign_in_url=self._sign_in_url,
                web_url=self._web_url,
                loaded=loaded,
                first_workspace=self._first_workspace,
                first_account_id=first_account_id(),
            ),
            LOCAL_FOLDER,
        )
        self._supervisor.keep_running(self._tell_end, self._tell_recovery)

    def materialize(self) -> None:
        """Builds everything once and prints what was found."""
        self._end_interrupted_runs()
        moment = report.database_time()
        for command in materialize_everything(moment):
            self._run(command)
        report.print_findings(self._console, moment)

    def replay(self) -> None:
        """Replays the incidents on a Postgres and beside a sandbox of their own."""
        figures = LOCAL_FOLDER / "incidents.json"
        command = replay_incidents(figures)
        environment = embedded_postgres_environment(os.environ, {})
        with report.step(self._console, command.says):
            self._supervisor.run(command.name, command.argv, environment)
        print_replays(self._console, read_replays(figures))

    def _tell_end(self, end: ServiceEnd) -> None:
        seconds = f"{end.delay_seconds:.0f} s"
        self._console.print(f"{end.sentence}\nIt starts again in {seconds}.")
        open_service_alert(end.service, end.sentence)

    def _tell_recovery(self, service: str) -> None:
        self._console.print(f"{service} has stayed up since its last start.")
        resolve_service_alert(service)

    def _run(self, command: Command) -> None:
        with report.step(self._console, command.says):
            self._supervisor.run(
                command.name, command.argv, os.environ, has_runs=command.has_runs
            )

    def _end_interrupted_runs(self) -> None:
        """Marks what the last end of Dagster interrupted, before Dagster runs again."""
        # On a Postgres of one's own, another machine may be running them.
        stopped_at = _stopped_at()
        if not self._own.has_own_postgres and has_interrupted_runs(stopped_at):
            module = "dagster_project.interrupted_runs"
            when = [] if stopped_at is None else [f"{stopped_at}"]
            argv = (sys.executable, "-m", module, *when)
            self._supervisor.run("interrupted-runs", argv, os.environ)
        (_logs() / STOPPED_AT).unlink(missing_ok=True)

    def _start_web(self) -> None:
        port = web_port(LOCAL_FOLDER / "web-port")
        settings = web_environment(
            os.environ, self._own, port=port, secrets_folder=LOCAL_FOLDER
        )
        adopt({**os.environ, **settings})
        service = web_service(os.environ, port=port)
        with report.step(self._console, "Starting the webhook receiver"):
            self._supervisor.start(service)
            self._supervisor.wait_until_ready(service)
        self._web_url = f"http://{HOST}:{port}"

    def _start_console(self) -> None:
        port = console_port(LOCAL_FOLDER / "console-port")
        tokens = console_tokens(os.environ, LOCAL_FOLDER)
        environment = {**os.environ, **tokens.environment()}
        service = console_service(environment, port=port)
        with report.step(self._console, "Starting the console"):
            self._supervisor.start(service)
            self._supervisor.wait_until_ready(service)
        self._sign_in_url = tokens.sign_in_url(HOST, port)

    def _start_sandbox(self) -> report.Loaded | None:
        port = sandbox_port(LOCAL_FOLDER / "sandbox-port")
        journal = LOCAL_FOLDER / "sandbox-journal.jsonl"
        adopt({**os.environ, **sandbox_environment(port)})
        service = sandbox_service(os.environ, port=port, journal=journal)
        with report.step(self._console, "Starting the Unipile sandbox"):
            self._supervisor.start(service)
            self._supervisor.wait_until_ready(service)
        with report.step(self._console, "Loading the first look, if nothing is there"):
            return load_first_look_if_empty(journal)

    def _make_dagster_home(self) -> None:
        self._dagster_home.mkdir(parents=True, exist_ok=True)
        link = self._dagster_home / "dagster.yaml"
        link.unlink(missing_ok=True)
        link.symlink_to(PROJECT_ROOT / "launch" / "dagster.yaml")


def adopt(environment: Mapping[str, str]) -> None:
    """Makes this process's environment the given one."""
    for name in set(os.environ) - set(environment):
        del os.environ[name]
    os.environ.update(environment)


@click.command()
@click.option("--once", is_flag=True, help="Materialize everything once, then end.")
@click.option(
    "--port",
    default=3000,
    show_default=True,
    type=click.IntRange(1, 65_535),
    help="Where the Dagster UI listens, on this machine only.",
)
def main(once: bool, port: int) -> None:
    """Start trueup on this machine; Ctrl-C ends all of it."""
    console = Console(highlight=False, soft_wrap=True)
    stop_signals = _stop_on_signals()
    try:
        _run(console, once=once, port=port)
    except REFUSALS as error:
        click.echo(str(error), err=True)
        sys.exit(2)
    except Stopped:
        console.print("Stopped; nothing is left running.")
        sys.exit(128 + stop_signals[0])


def _run(console: Console, *, once: bool, port: int) -> None:
    adopt(without_own_settings(os.environ, LOCAL_FOLDER / "environment"))
    own = chosen(os.environ)
    says = "materializing once" if once else f"its UI at http://127.0.0.1:{port}"
    with (
        project_lock(
            LOCAL_FOLDER / "lock",
            says=says,
            on_wait=lambda: console.print("Waiting for the last start to end…"),
        ) as lock,
        contextlib.ExitStack() as running,
    ):
        # After the lock: a second start of this checkout is told of the first one.
        if not once:
            refuse_used_ui_port(port)
        supervisor = running.enter_context(supervised(_logs(), lock=lock))
        start = Start(console, supervisor, own)
        loaded = start.prepare()
        if once:
            start.materialize()
            if not own.has_own_provider:
                start.replay()
        else:
            start.serve(port, loaded)


def _logs() -> Path:
    return LOCAL_FOLDER / "logs"


def _stopped_at() -> float | None:
    """When Dagster's last end began; None if it was killed, or there was none."""
    try:
        return float((_logs() / STOPPED_AT).read_text())
    except (OSError, ValueError):
        return None


def _stop_on_signals() -> list[int]:
    """Makes the first signal raise Stopped; later signals are ignored."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    received: list[int] = []

    def stop(number: int, _frame: FrameType | None) -> None:
        received.append(number)
        for ignored in numbers:
            signal.signal(ignored, signal.SIG_IGN)
        raise Stopped

    for number in numbers:
        signal.signal(number, stop)
    return received


if __name__ == "__main__":
    main(prog_name="scripts/up")
