"""Dagster's four parts in one process, and what its webserver and daemon load."""

import os
import select
import socket
import stat

import httpx
import psutil
import yaml

from launch.code_servers import code_locations, served_locations, write_workspace
from launch.services import DAGSTER_LAYER, PROVIDER_LAYER, dagster_service
from launch.supervisor_client import supervised


def test_the_locations_are_those_of_the_workspace():
    assert code_locations() == {
        "models": "dagster_project.definitions",
        "sender": "dagster_project.sender_definitions",
    }


def test_dagster_serves_and_finds_each_location_at_one_socket(tmp_path):
    stale = tmp_path / "sender.sock"
    stale.touch()
    path = write_workspace(tmp_path)
    service = dagster_service(
        os.environ, port=3000, workspace=path, locations=served_locations(tmp_path)
    )

    entries = yaml.safe_load(path.read_text())["load_from"]
    named = {
        entry["grpc_server"]["location_name"]: entry["grpc_server"]["socket"]
        for entry in entries
    }
    assert named == {
        name: str(tmp_path / f"{name}.sock") for name in ("models", "sender")
    }
    assert set(named.values()) <= set(service.argv)
    assert str(path) in service.argv
    assert not stale.exists()


def test_dagster_ends_before_what_its_runs_call(tmp_path):
    service = dagster_service(
        os.environ, port=3000, workspace=tmp_path / "workspace.yaml", locations={}
    )
    assert service.layer == DAGSTER_LAYER > PROVIDER_LAYER


START_RUN = """
mutation ($job: JobOrPipelineSelector!) {
  launchRun(executionParams: {selector: $job}) { __typename }
}
"""


def test_dagster_serves_its_locations_and_pages_and_forks_its_runs(tmp_path):
    workspace = tmp_path / "workspace.yaml"
    modules = {
        "sender": "dagster_project.sender_definitions",
        "told": "tests.support.told_runs",
    }
    locations = {
        name: (module, tmp_path / f"{name}.sock") for name, module in modules.items()
    }
    servers = [
        {"grpc_server": {"socket": str(path), "location_name": name}}
        for name, (_, path) in locations.items()
    ]
    workspace.write_text(yaml.safe_dump({"load_from": servers}))
    pipe = tmp_path / "told"
    os.mkfifo(pipe)
    told = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    service = dagster_service(
        {**os.environ, "DAGSTER_HOME": str(tmp_path), "TOLD_RUNS_PIPE": str(pipe)},
        port=port,
        workspace=workspace,
        locations=locations,
    )
    with supervised(tmp_path / "logs", grace_seconds=8) as supervisor:
        supervisor.start(service)
        supervisor.wait_until_ready(service)
        for _, path in locations.values():
            assert stat.S_ISSOCK(path.stat().st_mode)
        page = f"http://127.0.0.1:{port}"
        info = httpx.get(f"{page}/server_info", trust_env=False, timeout=60)
        assert "dagster_version" in info.text

        job = {
            "repositoryLocationName": "told",
            "repositoryName": "__repository__",
            "jobName": "tell_processes",
        }
        started = httpx.post(
            f"{page}/graphql",
            json={"query": START_RUN, "variables": {"job": job}},
            trust_env=False,
            timeout=60,
        )
        assert "LaunchRunSuccess" in started.text
        assert select.select([told], [], [], 60)[0], "The run told nothing."
        fork, imported_by = (int(number) for number in os.read(told, 100).split())
        (dagster,) = (
            process
            for process in psutil.Process(supervisor.process.pid).children()
            if "dagster_project.server" in process.cmdline()
        )
        assert imported_by == dagster.pid
        assert fork in {child.pid for child in dagster.children()}

        processes = psutil.Process(supervisor.process.pid).children(recursive=True)
    os.close(told)
    # What nobody waits for stays as a zombie.
    assert not any(
        process.is_running() and process.status() != psutil.STATUS_ZOMBIE
        for process in processes
    )
