"""The journal is written before the answer, and the world comes back from it."""

import fcntl
import os
import signal
import subprocess
import sys

import pytest

from tests.support.sandboxes import ANISHA, api_of, invite_fields, subscriber
from unipile_sandbox.control import (
    ROOT,
    SandboxError,
    launch_sandbox,
    start_sandbox,
)


@pytest.fixture
def journal(tmp_path):
    return tmp_path / "journal.jsonl"


def invited(api):
    page = api.get("/users/invite/sent", params={"account_id": "acc-anisha"}).json()
    return [item["invited_user_id"] for item in page["items"]]


def test_every_line_is_numbered_and_dated_twice(journal):
    with start_sandbox(journal) as sandbox, api_of(sandbox) as api:
        sandbox.register_accounts([ANISHA])
        api.post("/users/invite", json=invite_fields(message="Hello"))
        lines = sandbox.journal()

    assert [line["seq"] for line in lines] == list(range(1, len(lines) + 1))
    assert all(line["at"].endswith("Z") for line in lines)
    assert all(line["real_at"].endswith("Z") for line in lines)
    (sent,) = [line for line in lines if line["kind"] == "invite_sent"]
    assert sent["account_id"] == "acc-anisha"
    assert sent["provider_id"] == "ACoAAjulien"
    assert sent["message"] == "Hello"


def test_only_its_owner_reads_the_journal_which_holds_webhook_secrets(journal):
    with start_sandbox(journal):
        assert journal.stat().st_mode & 0o777 == 0o600


def test_every_request_is_counted_also_the_refused_ones(journal):
    with start_sandbox(journal) as sandbox, api_of(sandbox) as api:
        api.post("/users/invite", json={})
        api.get("/accounts", headers={"X-API-KEY": "no"})
        requests = sandbox.requests()

    assert [line["route"] for line in requests] == ["send_invite", "list_accounts"]


def test_a_killed_sandbox_forgets_nothing(journal):
    with start_sandbox(journal) as sandbox, api_of(sandbox) as api:
        sandbox.register_accounts([ANISHA])
        sandbox.set_person("ACoAAmei", accepts=True, accept_after_seconds=3_600)
        sandbox.connect_stranger("acc-anisha", "ACoAAold")
        sandbox.set_clock("2031-01-01T00:00:00Z")
        for person in ("ACoAAjulien", "ACoAAmei"):
            api.post("/users/invite", json=invite_fields(provider_id=person))
        os.kill(sandbox.process.pid, signal.SIGKILL)
        sandbox.process.wait()

    with start_sandbox(journal) as sandbox, api_of(sandbox) as api:
        again = api.post("/users/invite", json=invite_fields())
        before = sorted(invited(api))
        sandbox.advance(hours=2)
        after = invited(api)
        now = sandbox.health()["now"]

    assert again.json()["type"] == "errors/already_invited_recently"
    assert before == ["ACoAAjulien", "ACoAAmei"]
    assert after == ["ACoAAjulien"]
    assert now.startswith("2031-01-01T02:00")


def test_a_webhook_that_was_due_during_an_outage_is_delivered_afterwards(journal):
    with subscriber() as hook:
        with start_sandbox(journal) as sandbox, api_of(sandbox) as api:
            sandbox.register_accounts([ANISHA])
            api.post("/webhooks", json={"source": "users", "request_url": hook.url})
            sandbox.set_person("ACoAAjulien", webhook_delays_seconds=[3_600])
            sandbox.connect_stranger("acc-anisha", "ACoAAjulien")

        with start_sandbox(journal) as sandbox:
            sandbox.advance(hours=1)

        assert [body["user_provider_id"] for body in hook.bodies] == ["ACoAAjulien"]


def test_a_line_torn_by_a_kill_is_cut_off(journal):
    with start_sandbox(journal) as sandbox:
        sandbox.register_accounts([ANISHA])
    with journal.open("a") as file:
        file.write('{"seq":99,"kind":"invite_se')

    with start_sandbox(journal) as sandbox:
        sandbox.connect_stranger("acc-anisha", "ACoAAjulien")
        kinds = [line["kind"] for line in sandbox.journal()]

    assert kinds[:1] == ["account_registered"]
    assert kinds[-2:] == ["stranger_connected", "webhook_planned"]


def test_a_reset_forgets_the_world_and_keeps_the_file(journal):
    with start_sandbox(journal) as sandbox, api_of(sandbox) as api:
        sandbox.register_accounts([ANISHA])
        sandbox.reset()
        accounts = api.get("/accounts").json()["items"]
        lines = sandbox.journal()

    assert accounts == []
    assert [line["kind"] for line in lines] == ["request"]
    assert "account_registered" in journal.read_text()


def test_accounts_are_registered_once(journal):
    with start_sandbox(journal) as sandbox:
        first = sandbox.register_accounts([ANISHA])
        second = sandbox.register_accounts([ANISHA])
        with pytest.raises(SandboxError, match="taken"):
            sandbox.register_accounts([ANISHA | {"provider_id": "ACoAAother"}])

    assert (first["registered"], second["known"]) == (1, 1)


# The process


def test_a_port_in_use_is_a_sentence_and_exit_code_2(journal, tmp_path):
    with start_sandbox(journal) as sandbox:
        port = sandbox.dsn.rpartition(":")[2]
        other = launch_sandbox(tmp_path / "other.jsonl", port=port)
        output, problem = other.communicate(timeout=30)

    assert other.returncode == 2
    assert problem.startswith(f"The sandbox cannot serve on port {port}")
    assert "Traceback" not in problem + output


def test_a_journal_in_use_is_a_sentence(journal):
    with (
        start_sandbox(journal),
        pytest.raises(SandboxError, match="written by another sandbox"),
        start_sandbox(journal),
    ):
        pass


def test_a_journal_that_cannot_be_read_is_a_sentence(journal):
    journal.write_text("this is no journal\n")

    with (
        pytest.raises(SandboxError, match="cannot be replayed"),
        start_sandbox(journal),
    ):
        pass


def test_a_sandbox_ends_with_its_parent(journal):
    parent = subprocess.run(
        [
            sys.executable,
            "-c",
            "import os, pathlib, sys\n"
            "from unipile_sandbox.control import launch_sandbox\n"
            "from unipile_sandbox.control import wait_until_serving\n"
            "process = launch_sandbox(pathlib.Path(sys.argv[1]), port=0)\n"
            "wait_until_serving(process)\n"
            "os.write(1, b'serving')\n"
            "os._exit(1)\n",
            str(journal),
        ],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert parent.stdout == b"serving"

    # The journal's lock is free only once the orphan is gone.
    with start_sandbox_when_free(journal) as sandbox:
        assert sandbox.health()["status"] == "ok"


def start_sandbox_when_free(journal):
    """Wait for the lock that a living sandbox holds, then start another."""
    with journal.open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
    return start_sandbox(journal)
