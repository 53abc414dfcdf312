"""scripts/trueup: it takes the settings of scripts/up unless a person has some."""

import os
import shutil
import subprocess

import pytest

from trueup.paths import PROJECT_ROOT

SHOWS = '#!/bin/sh\necho "$PGHOST|$UNIPILE_DSN|$PYTHONPATH|$PWD|$*"\n'


@pytest.fixture
def checkout(tmp_path):
    """A checkout whose python only says how it was called."""
    root = tmp_path / "a checkout"
    for folder in ("scripts", ".venv/bin", ".local"):
        (root / folder).mkdir(parents=True)
    for script in ("trueup", "sandbox"):
        shutil.copy(PROJECT_ROOT / "scripts" / script, root / "scripts")
    for path, text in [
        (root / "scripts" / "ensure_venv", "#!/bin/sh\n"),
        (root / ".venv" / "bin" / "python", SHOWS),
    ]:
        path.write_text(text)
        path.chmod(0o755)
    return root


def run(checkout, *arguments, cwd, script="trueup", **environment):
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    done = subprocess.run(
        [checkout / "scripts" / script, *arguments],
        cwd=cwd,
        env=kept | environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.rstrip("\n").split("|")


def test_the_settings_of_a_start_are_used(checkout, tmp_path):
    (checkout / ".local" / "environment").write_text("export PGHOST='/a socket'\n")
    assert run(checkout, "docs", "a b", cwd=tmp_path) == [
        "/a socket",
        "",
        str(checkout),
        str(tmp_path),
        "-P -m demo.cli docs a b",
    ]


def test_a_database_of_ones_own_is_kept(checkout, tmp_path):
    (checkout / ".local" / "environment").write_text("export PGHOST=theirs\n")
    assert run(checkout, cwd=tmp_path, PGDATABASE="mine")[0] == ""


def test_a_provider_of_ones_own_is_used_with_the_database_of_a_start(
    checkout, tmp_path
):
    (checkout / ".local" / "environment").write_text(
        "export PGHOST=theirs\nexport UNIPILE_DSN=http://sandbox\n"
    )
    host, dsn, *_ = run(checkout, cwd=tmp_path, UNIPILE_DSN="http://my 'own'")
    assert (host, dsn) == ("theirs", "http://my 'own'")


def test_incidents_are_replayed_apart_from_what_was_started(checkout, tmp_path):
    (checkout / ".local" / "environment").write_text("export PGHOST=theirs\n")
    assert run(checkout, "incident", "replay", cwd=tmp_path)[0] == ""


def test_a_checkout_that_was_not_started_has_none(checkout, tmp_path):
    assert run(checkout, cwd=tmp_path)[0] == ""


def test_the_sandbox_keeps_its_journal_in_a_fresh_checkout(checkout, tmp_path):
    (checkout / ".local").rmdir()
    said = run(checkout, "--port", "0", cwd=tmp_path, script="sandbox")
    journal = checkout / ".local" / "provider.jsonl"
    assert said[2:] == [
        str(checkout),
        str(tmp_path),
        f"-P -m unipile_sandbox --journal {journal} --port 0",
    ]
    assert journal.parent.is_dir()
