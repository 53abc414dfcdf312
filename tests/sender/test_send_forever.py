"""`trueup send run` without --once goes on, whatever the provider is like meanwhile."""

import contextlib
import signal
import socket

import pytest

from tests.conftest import Database
from tests.support.sender_campaigns import ACCEPTED, INVITE, SenderWorkspace
from tests.support.sender_processes import start_sender, wait_until
from trueup.postgres.copies import copy_database, drop_database
from unipile_sandbox.control import API_KEY, Sandbox, start_sandbox

# Less than the longest wait of a sender, and enough on a machine that is busy.
EXITS_WITHIN_SECONDS = 30


@pytest.fixture
def port():
    """A port where nobody answers."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def absent(port, tmp_path):
    return Sandbox(f"http://127.0.0.1:{port}", API_KEY, tmp_path / "absent.jsonl")


@contextlib.contextmanager
def sending(database, provider, told, *arguments):
    """A sender that writes to the file `told`; ended with the block."""
    with told.open("wb") as stderr:
        sender = start_sender(database, provider, *arguments, stderr=stderr)
    try:
        yield sender
    finally:
        sender.kill()
        sender.wait()


def test_a_sender_outlives_an_absent_provider_and_a_refused_key(
    database, absent, port, tmp_path
):
    told = tmp_path / "stderr"
    with (
        database.connect(autocommit=True) as connection,
        sending(database, absent, told) as sender,
    ):
        wait_until(sender, lambda: "cannot be reached" in told.read_text())
        with start_sandbox(tmp_path / "refusing.jsonl", port=port, api_key="another"):
            wait_until(sender, lambda: "refuses the API key" in told.read_text())
        with start_sandbox(tmp_path / "back.jsonl", port=port) as sandbox:
            workspace = SenderWorkspace(connection, sandbox)
            now = workspace.one("select clock_timestamp()")
            enrollment = workspace.enroll(
                workspace.campaign(INVITE, ACCEPTED), run_at=now
            )
            wait_until(sender, lambda: workspace.status(enrollment) == "pending_accept")
            sender.send_signal(signal.SIGTERM)
            assert sender.wait(EXITS_WITHIN_SECONDS) == 0
            assert workspace.one("select status from outreach.linkedin_accounts") == (
                "connected"
            )
            assert (
                workspace.one(
                    "select count(*) from outreach.linkedin_admin_alerts"
                    " where resolved_at is null"
                )
                == 0
            )
            assert workspace.violations() == []


def test_a_sender_that_waits_for_the_provider_ends_on_a_stop(
    database, absent, tmp_path
):
    told = tmp_path / "stderr"
    with sending(database, absent, told) as sender:
        wait_until(sender, lambda: "cannot be reached" in told.read_text())
        sender.send_signal(signal.SIGTERM)
        assert sender.wait(EXITS_WITHIN_SECONDS) == 0
    assert "Traceback" not in told.read_text()


def test_a_sender_that_works_once_ends_with_the_sentence(database, absent, tmp_path):
    told = tmp_path / "stderr"
    with sending(database, absent, told, "--once") as sender:
        assert sender.wait(60) == 1
    assert "cannot be reached" in " ".join(told.read_text().split())


@pytest.fixture
def later_database(template_database):
    """A database that does not exist yet, and what makes it."""
    later = Database("trueup_made_later")
    yield later, lambda: copy_database(template_database, later.name)
    drop_database(later.name)


def test_a_sender_waits_for_the_database_at_its_start(later_database, tmp_path):
    database, make_database = later_database
    told = tmp_path / "stderr"
    with (
        start_sandbox(tmp_path / "journal.jsonl") as sandbox,
        sending(database, sandbox, told) as sender,
    ):
        wait_until(sender, lambda: "cannot be reached" in told.read_text())
        make_database()
        with database.connect(autocommit=True) as connection:
            workspace = SenderWorkspace(connection, sandbox)
            now = workspace.one("select clock_timestamp()")
            enrollment = workspace.enroll(
                workspace.campaign(INVITE, ACCEPTED), run_at=now
            )
            wait_until(sender, lambda: workspace.status(enrollment) == "pending_accept")
        sender.send_signal(signal.SIGTERM)
        assert sender.wait(EXITS_WITHIN_SECONDS) == 0
    assert "Traceback" not in told.read_text()


@pytest.mark.parametrize(
    ("arguments", "signals", "status"),
    [((), [signal.SIGTERM], 0), (("--once",), [], 1)],
)
def test_a_sender_that_waits_for_the_database_ends(
    later_database, absent, tmp_path, arguments, signals, status
):
    told = tmp_path / "stderr"
    with sending(later_database[0], absent, told, *arguments) as sender:
        if signals:
            wait_until(sender, lambda: "cannot be reached" in told.read_text())
        for each in signals:
            sender.send_signal(each)
        assert sender.wait(60) == status
    assert "Traceback" not in told.read_text()
