"""Dagster's four parts in one process, and what its webserver and daemon load."""

import os
import socket
import stat
import urllib.request

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


def test_dagster_is_ready_once_it_serves_its_location_and_its_pages(tmp_path):
    workspace = tmp_path / "workspace.yaml"
    path = tmp_path / "sender.sock"
    server = {"grpc_server": {"socket": str(path), "location_name": "sender"}}
    workspace.write_text(yaml.safe_dump({"load_from": [server]}))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    service = dagster_service(
        {**os.environ, "DAGSTER_HOME": str(tmp_path)},
        port=port,
        workspace=workspace,
        locations={"sender": ("dagster_project.sender_definitions", path)},
    )
    with supervised(tmp_path / "logs", grace_seconds=8) as supervisor:
        supervisor.start(service)
        supervisor.wait_until_ready(service)
        assert stat.S_ISSOCK(path.stat().st_mode)
        page = f"http://127.0.0.1:{port}/server_info"
        with urllib.request.urlopen(page, timeout=60) as answer:
            assert b"dagster_version" in answer.read()
        parent = psutil.Process(supervisor.process.pid)
        processes = parent.children(recursive=True)
        assert processes
    # What nobody waits for stays as a zombie.
    assert not any(
        process.is_running() and process.status() != psutil.STATUS_ZOMBIE
        for process in processes
    )
