"""One code server for each location, shared by Dagster's webserver and daemon."""

import os
import stat

import psutil
import yaml

from launch.code_servers import (
    code_locations,
    code_server_services,
    write_workspace,
)
from launch.services import (
    CODE_LAYER,
    DAGSTER_LAYER,
    PROVIDER_LAYER,
    dagster_services,
)
from launch.supervisor_client import supervised


def test_the_servers_are_those_of_the_workspace_and_end_before_what_they_call(tmp_path):
    servers = code_server_services(os.environ, tmp_path)

    assert code_locations() == {
        "models": "dagster_project.definitions",
        "sender": "dagster_project.sender_definitions",
    }
    assert [server.name for server in servers] == ["code-models", "code-sender"]
    assert PROVIDER_LAYER < CODE_LAYER < DAGSTER_LAYER
    assert {server.layer for server in servers} == {CODE_LAYER}


def test_webserver_and_daemon_find_the_servers_by_one_file(tmp_path):
    stale = tmp_path / "sender.sock"
    stale.touch()
    path = write_workspace(tmp_path)

    entries = yaml.safe_load(path.read_text())["load_from"]
    named = {
        entry["grpc_server"]["location_name"]: entry["grpc_server"]["socket"]
        for entry in entries
    }
    assert named == {
        name: str(tmp_path / f"{name}.sock") for name in ("models", "sender")
    }
    for server in code_server_services(os.environ, tmp_path):
        assert named[server.name.removeprefix("code-")] in server.argv
    for service in dagster_services(os.environ, port=3000, workspace=path):
        assert str(path) in service.argv
    assert not stale.exists()


def test_a_server_is_ready_once_it_has_loaded_its_location(tmp_path):
    (server,) = [
        server
        for server in code_server_services(
            {**os.environ, "DAGSTER_HOME": str(tmp_path)}, tmp_path
        )
        if server.name == "code-sender"
    ]
    with supervised(tmp_path / "logs", grace_seconds=8) as supervisor:
        supervisor.start(server)
        supervisor.wait_until_ready(server)
        assert stat.S_ISSOCK((tmp_path / "sender.sock").stat().st_mode)
        parent = psutil.Process(supervisor.process.pid)
        processes = parent.children(recursive=True)
        assert processes
    assert not any(process.is_running() for process in processes)
