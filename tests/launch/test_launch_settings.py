"""What a start of trueup makes of a person's environment, before it starts anything."""

import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime

import click
import pytest

from demo.cli import main
from demo.incidents.cli import incident
from launch import virtualenv
from launch.commands import (
    materialize_everything,
    replay_incidents,
)
from launch.environment import (
    Chosen,
    SettingsError,
    chosen,
    embedded_postgres_environment,
    kept_secret,
    own_postgres_environment,
    web_environment,
    without_own_settings,
    write_shell_file,
)
from trueup.paths import PROJECT_ROOT


def test_nothing_set_means_the_embedded_postgres_and_the_sandbox():
    assert chosen({}) == Chosen(has_own_postgres=False, has_own_provider=False)


@pytest.mark.parametrize("name", ["PGHOST", "PGDATABASE"])
def test_a_host_or_a_database_means_a_persons_own_postgres(name):
    assert chosen({name: "x"}).has_own_postgres is True
    assert chosen({name: ""}).has_own_postgres is False


def test_a_real_provider_needs_its_key():
    with pytest.raises(SettingsError, match="UNIPILE_API_KEY is not"):
        chosen({"UNIPILE_DSN": "https://api1.unipile.com:13111"})
    both = {"UNIPILE_DSN": "https://api1.unipile.com:13111", "UNIPILE_API_KEY": "k"}
    assert chosen(both).has_own_provider is True


@pytest.mark.filterwarnings("ignore:.imghdr. is deprecated:DeprecationWarning")
def test_an_alert_address_that_cannot_be_used_is_refused_without_its_password(caplog):
    good, bad = "json://localhost/", "json://me:swordfish@localhost:port/"
    assert chosen({"TRUEUP_ALERT_URLS": good}) == chosen({})
    with pytest.raises(SettingsError, match=r"TRUEUP_ALERT_URLS .* number 2") as said:
        chosen({"TRUEUP_ALERT_URLS": f"{good}, {bad}"})
    assert "swordfish" not in str(said.value) + caplog.text


def test_no_setting_of_another_postgres_reaches_the_embedded_one():
    before = {"PATH": "/bin", "PGPASSWORD": "swordfish", "PGSERVICE": "elsewhere"}
    after = embedded_postgres_environment(before, {"PGHOST": "/tmp/socket"})
    assert after == {"PATH": "/bin", "PGHOST": "/tmp/socket"}


def test_a_persons_own_postgres_gets_a_database_name_for_every_tool():
    assert own_postgres_environment({"PGHOST": "db"})["PGDATABASE"] == "trueup"
    named = own_postgres_environment({"PGHOST": "db", "PGDATABASE": "mine"})
    assert named["PGDATABASE"] == "mine"


def test_settings_that_a_start_wrote_itself_name_no_foreign_server(tmp_path):
    before = {"PATH": "/bin"}
    own = {"PGHOST": "/tmp/a b", "UNIPILE_DSN": "http://127.0.0.1:1", "PATH": "/bin"}
    write_shell_file(tmp_path / "environment", before, own)
    sourced = without_own_settings(own, tmp_path / "environment")
    assert sourced == {"PATH": "/bin"}
    foreign = {**own, "PGHOST": "db.example.com"}
    kept = without_own_settings(foreign, tmp_path / "environment")
    assert kept == {"PATH": "/bin", "PGHOST": "db.example.com"}
    assert without_own_settings(own, tmp_path / "none") == own


def test_addresses_that_a_person_set_reach_another_shell_and_stay_theirs(tmp_path):
    theirs = {
        "UNIPILE_DSN": "https://api1.unipile.com:13111",
        "UNIPILE_API_KEY": "swordfish",
        "TRUEUP_WEBHOOK_URL": "https://trueup.test/webhooks/unipile",
    }
    path = tmp_path / "environment"
    write_shell_file(path, theirs, theirs | {"PGHOST": "/tmp/socket"})
    said = subprocess.run(
        [
            "/bin/sh",
            "-c",
            f". {path} && echo $PGHOST $TRUEUP_WEBHOOK_URL $UNIPILE_DSN",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout.split() == [
        "/tmp/socket",
        "https://trueup.test/webhooks/unipile",
        "https://api1.unipile.com:13111",
    ]
    assert "swordfish" not in path.read_text()
    sourced = theirs | {"PGHOST": "/tmp/socket"}
    assert without_own_settings(sourced, path) == theirs


OURS = Chosen(has_own_postgres=False, has_own_provider=False)
REAL_PROVIDER = Chosen(has_own_postgres=False, has_own_provider=True)


def test_the_sandbox_is_told_where_the_web_app_listens(tmp_path):
    settings = web_environment({}, OURS, port=8481, secrets_folder=tmp_path)
    assert settings["TRUEUP_WEBHOOK_URL"] == "http://127.0.0.1:8481/webhooks/unipile"
    assert len(settings["TRUEUP_WEBHOOK_SECRET"]) > 40
    assert settings["TRUEUP_API_TOKEN"] != settings["TRUEUP_WEBHOOK_SECRET"]
    assert web_environment({}, OURS, port=8481, secrets_folder=tmp_path) == settings


def test_nobody_guesses_the_address_at_which_a_real_provider_reaches_us(tmp_path):
    settings = web_environment({}, REAL_PROVIDER, port=8481, secrets_folder=tmp_path)
    assert set(settings) == {"TRUEUP_WEBHOOK_SECRET", "TRUEUP_API_TOKEN"}


def test_a_persons_own_web_settings_stay(tmp_path):
    own = {
        "TRUEUP_WEBHOOK_URL": "https://trueup.test/webhooks/unipile",
        "TRUEUP_WEBHOOK_SECRET": "mine",
        "TRUEUP_API_TOKEN": "mine too",
    }
    assert web_environment(own, OURS, port=8481, secrets_folder=tmp_path) == own


def test_a_secret_is_made_once_and_only_its_owner_reads_it(tmp_path):
    made = kept_secret(tmp_path / "secret")
    assert kept_secret(tmp_path / "secret") == made
    assert (tmp_path / "secret").stat().st_mode & 0o777 == 0o600


def test_a_shell_gets_what_a_start_has_set_and_no_secret_of_the_persons_own(tmp_path):
    before = {"UNIPILE_API_KEY": "theirs", "PATH": "/bin", "PGPASSWORD": "swordfish"}
    after = before | {"PGHOST": "/a b/c", "PATH": "/usr/bin", "TRUEUP_API_TOKEN": "t"}
    path = tmp_path / "environment"
    write_shell_file(path, before, after)
    said = subprocess.run(
        ["/bin/sh", "-c", f'. {path} && echo "$PGHOST" "$TRUEUP_API_TOKEN"'],
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout == "/a b/c t\n"
    assert path.read_text().count("export") == 2
    assert path.stat().st_mode & 0o777 == 0o600


def test_files_with_secrets_that_others_could_read_are_closed(tmp_path):
    secret, shell = tmp_path / "webhook-secret", tmp_path / "environment"
    for path in (secret, shell):
        path.write_text("kept\n")
        path.chmod(0o644)
    assert kept_secret(secret) == "kept"
    write_shell_file(shell, {}, {"TRUEUP_API_TOKEN": "t"})
    assert {path.stat().st_mode & 0o777 for path in (secret, shell)} == {0o600}


@pytest.mark.parametrize(
    ("hour", "first", "last"),
    [(0, "2026-05-09", "2026-05-10"), (11, "2026-05-09", "2026-05-11")],
)
def test_once_takes_each_date_that_is_somebodys_today(hour, first, last):
    as_of = datetime(2026, 5, 10, hour, tzinfo=UTC)
    argv = " ".join(materialize_everything(as_of)[0].argv)
    assert f'"dagster/asset_partition_range_start": "{first}"' in argv
    assert f'"dagster/asset_partition_range_end": "{last}"' in argv


def test_once_replays_all_incidents_by_the_command_that_a_person_runs(tmp_path):
    figures = tmp_path / "incidents.json"
    _, *arguments = replay_incidents(figures).argv
    assert arguments[:2] == ["-m", "demo.cli"]
    assert "-m demo.cli" in (PROJECT_ROOT / "scripts" / "trueup").read_text()
    noun, verb = arguments[2:4]
    group = main.get_command(click.Context(main), noun)
    assert group.get_command(click.Context(group), verb) is incident.commands["replay"]
    assert arguments[4:] == ["--all", "--to", str(figures)]


def test_up_names_a_missing_provider_key_in_a_sentence():
    result = subprocess.run(
        [sys.executable, "-m", "launch.up"],
        cwd=PROJECT_ROOT,
        env={**os.environ, "UNIPILE_DSN": "http://127.0.0.1:1", "UNIPILE_API_KEY": ""},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert result.returncode == 2
    assert result.stderr.startswith("UNIPILE_DSN is set and UNIPILE_API_KEY is not;")
    assert result.stdout == ""


def test_without_a_suitable_python_the_set_up_says_which_it_needs(tmp_path):
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("dirname", "sh"):
        (programs / name).symlink_to(shutil.which(name))
    old_python = programs / "python3"
    old_python.write_text("#!/bin/sh\nexit 1\n")
    old_python.chmod(0o755)
    result = subprocess.run(
        ["/bin/sh", PROJECT_ROOT / "scripts" / "ensure_venv"],
        env={"PATH": str(programs)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert result.returncode == 2
    assert result.stderr.startswith("No Python 3.11, 3.12 or 3.13")


@pytest.fixture
def made_virtualenv(tmp_path, monkeypatch):
    """A `.venv` that looks complete, and a lock file that it was made from."""
    programs = tmp_path / ".venv" / "bin"
    programs.mkdir(parents=True)
    (programs / "python").symlink_to(sys.executable)
    (tmp_path / ".venv" / "lib" / "python3.12" / "site-packages").mkdir(parents=True)
    (tmp_path / "requirements.lock").write_text("dagster==1.0\n")
    monkeypatch.setattr(virtualenv, "REQUIREMENTS", tmp_path / "requirements.lock")
    monkeypatch.setattr(virtualenv, "VIRTUALENV", tmp_path / ".venv")
    monkeypatch.setattr(virtualenv, "STAMP", tmp_path / ".venv" / "made-from")
    monkeypatch.setattr(virtualenv, "LOCAL_FOLDER", tmp_path / ".local")
    virtualenv.STAMP.write_text(virtualenv.wanted_stamp())
    return tmp_path


def test_a_complete_virtualenv_is_left_alone(made_virtualenv, monkeypatch):
    made = []
    monkeypatch.setattr(virtualenv, "_make", lambda: made.append("made"))
    virtualenv.main()
    assert made == []
    (path,) = made_virtualenv.glob(".venv/lib/*/site-packages/trueup.pth")
    assert path.read_text() == f"{PROJECT_ROOT}\n"
    (made_virtualenv / "requirements.lock").write_text("dagster==2.0\n")
    virtualenv.main()
    assert made == ["made"]


def test_a_virtualenv_in_use_is_not_made_anew(made_virtualenv, monkeypatch):
    monkeypatch.setattr(virtualenv, "_make", lambda: None)
    (made_virtualenv / "requirements.lock").write_text("dagster==2.0\n")
    with virtualenv._locked(made_virtualenv / "running-lock"):
        (made_virtualenv / ".local").mkdir()
        (made_virtualenv / "running-lock").rename(made_virtualenv / ".local" / "lock")
        with pytest.raises(SystemExit, match="trueup runs from"):
            virtualenv.main()
