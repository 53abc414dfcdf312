"""What deploy/ names: its files parse, and each command in them runs as a process."""

import configparser
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
import yaml

from trueup.paths import PROJECT_ROOT

DEPLOY = PROJECT_ROOT / "deploy"
INSTALLED_IN = "/opt/trueup"
HARDENING = {
    "NoNewPrivileges": "yes",
    "ProtectSystem": "strict",
    "ProtectHome": "yes",
    "PrivateTmp": "yes",
    "PrivateDevices": "yes",
    "ProtectKernelModules": "yes",
    "ProtectKernelTunables": "yes",
    "ProtectControlGroups": "yes",
    "RestrictAddressFamilies": "AF_UNIX AF_INET AF_INET6",
    "RestrictSUIDSGID": "yes",
    "LockPersonality": "yes",
    "CapabilityBoundingSet": "",
}


@pytest.fixture(scope="module")
def unit():
    parser = configparser.ConfigParser(interpolation=None)
    parser.optionxform = str
    parser.read_string((DEPLOY / "trueup.service").read_text())
    return parser


@pytest.fixture(scope="module")
def services():
    return yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]


@pytest.fixture(scope="module")
def dockerfile():
    text = (DEPLOY / "Dockerfile").read_text().replace("\\\n", " ")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def run(*argv, **variables):
    return subprocess.run(
        argv,
        cwd=PROJECT_ROOT,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=False,
    )


def command_of(service):
    """The container's command, by this Python."""
    name, *arguments = service["command"]
    assert name == "python"
    return [sys.executable, *arguments]


def test_the_unit_starts_again_stops_in_time_and_is_hardened(unit):
    service = unit["Service"]
    assert service["Restart"] == "on-failure"
    assert int(service["TimeoutStopSec"]) >= 60
    assert service["EnvironmentFile"] == "-/etc/trueup/environment"
    assert service["WorkingDirectory"] == INSTALLED_IN
    assert {name: service[name] for name in HARDENING} == HARDENING
    assert unit["Install"]["WantedBy"] == "multi-user.target"


@pytest.mark.parametrize("setting", ["ExecStartPre", "ExecStart"])
def test_each_command_of_the_unit_exists_and_may_be_run(unit, setting):
    program, *_ = shlex.split(unit["Service"][setting])
    path = PROJECT_ROOT / Path(program).relative_to(INSTALLED_IN)
    assert os.access(path, os.X_OK)


def test_the_options_of_the_units_command_are_those_of_the_launcher(unit):
    _, *arguments = shlex.split(unit["Service"]["ExecStart"])
    helped = run(sys.executable, "-m", "launch.up", *arguments, "--help")
    assert helped.returncode == 0
    assert "Start trueup on this machine" in helped.stdout


def test_the_units_documentation_exists(unit):
    path = unit["Unit"]["Documentation"].removeprefix(f"file:{INSTALLED_IN}/")
    assert (PROJECT_ROOT / path).is_file()


def test_each_service_but_postgres_runs_one_image_after_its_preparation(services):
    assert services.keys() == {
        "postgres",
        "prepare",
        "web",
        "console",
        "webserver",
        "daemon",
    }
    for name in ("web", "console", "webserver", "daemon"):
        assert services[name]["depends_on"] == {
            "prepare": {"condition": "service_completed_successfully"}
        }
        assert services[name]["restart"] == "unless-stopped"
        assert services[name]["build"]["dockerfile"] == "deploy/Dockerfile"
        assert services[name]["environment"]["PGHOST"] == "postgres"
    assert services["prepare"]["restart"] == "no"


def test_every_published_port_is_this_machines_own(services):
    published = [
        port for service in services.values() for port in service.get("ports", ())
    ]
    assert len(published) == 3
    assert all(port.startswith("127.0.0.1:") for port in published)


@pytest.mark.parametrize("name", ["prepare", "web", "console", "webserver", "daemon"])
def test_each_command_of_a_container_takes_its_options(services, name):
    helped = run(*command_of(services[name]), "--help")
    assert helped.returncode == 0, helped.stderr
    assert "Usage" in helped.stdout


def test_the_preparation_makes_both_databases(services, empty_database):
    prepared = run(
        *command_of(services["prepare"]),
        PGDATABASE=empty_database.name,
        DAGSTER_HOME=str(PROJECT_ROOT / "launch"),
    )
    assert prepared.returncode == 0, prepared.stderr
    with empty_database.connect() as connection:
        assert connection.execute(
            "select count(*) > 0 from outreach.schema_migrations"
        ).fetchone() == (True,)


def test_the_receivers_container_answers_its_own_health_check(services, monkeypatch):
    monkeypatch.setenv("TRUEUP_WEBHOOK_SECRET", "a secret")
    argv = command_of(services["web"])
    argv[argv.index("--port") + 1] = "0"
    with subprocess.Popen(
        argv, cwd=PROJECT_ROOT, stdout=subprocess.PIPE, text=True
    ) as web:
        try:
            port = re.search(r":(\d+)$", web.stdout.readline().strip())[1]
            answer = httpx.get(f"http://127.0.0.1:{port}/healthz")
            check = services["web"]["healthcheck"]["test"]
            assert check[:3] == ["CMD", "python", "-c"]
            code = check[3].replace("8481", port)
            healthy = run(sys.executable, "-c", code)
        finally:
            web.terminate()
    assert answer.json() == {"status": "ok"}
    assert healthy.returncode == 0, healthy.stderr


def test_what_the_image_copies_and_runs_exists(dockerfile):
    copied = [line.split()[1:-1] for line in dockerfile if line.startswith("COPY")]
    paths = [path for line in copied for path in line if not path.startswith("--")]
    assert paths == ["requirements.lock", "."]
    assert all((PROJECT_ROOT / path).exists() for path in paths)
    linked = re.findall(r"ln -s /opt/trueup/(\S+)", " ".join(dockerfile))
    assert [(PROJECT_ROOT / path).is_file() for path in linked] == [True]
    assert dockerfile[0].startswith("FROM python:3.")
    assert "USER trueup" in dockerfile


def test_the_image_keeps_no_local_data_and_no_history():
    ignored = (PROJECT_ROOT / ".dockerignore").read_text().split()
    assert {".git", ".local", ".venv"} <= set(ignored)


def test_the_image_parses_dbt_without_a_database(dockerfile):
    (line,) = [line for line in dockerfile if "deploy.parse_dbt" in line]
    assert line == "RUN python -m deploy.parse_dbt"
    parsed = run(sys.executable, *line.split()[2:], PGHOST="nowhere.test")
    assert parsed.returncode == 0, parsed.stderr
