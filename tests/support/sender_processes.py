"""Senders as processes of their own, and single rounds in this one.

Belongs here: starting, and what tests wait for. What came of it is read from the
sandbox's journal and from a `SenderWorkspace`.
"""

import asyncio
import contextlib
import subprocess

from tests.support.command_line import trueup
from tests.support.rows import NOON
from trueup.sender.clocks import EventLoop
from trueup.sender.round import Work, run_round
from trueup.sender.session import Session
from trueup.unipile.addresses import settings_of
from trueup.unipile.client import UnipileClient

SEND = ("send", "run")
LOOK_AGAIN_SECONDS = 0.02
# Far beyond what an end takes on a busy machine: it is no measure of speed.
LONGEST_END_SECONDS = 60


def sender_environment(database, sandbox, **variables):
    provider = settings_of(sandbox.dsn)
    return database.environment() | {
        provider.dsn: sandbox.dsn,
        provider.api_key: sandbox.api_key,
        **variables,
    }


def start_sender(database, sandbox, *arguments, stderr=subprocess.DEVNULL, **variables):
    """`trueup send run`, forever unless the arguments say --once."""
    return subprocess.Popen(
        trueup(*SEND, *arguments),
        env=sender_environment(database, sandbox, **variables),
        stdout=subprocess.DEVNULL,
        stderr=stderr,
    )


def wait_until(sender, is_so):
    """Look again and again until is_so(); a sender that ends before is an error."""
    while not is_so():
        with contextlib.suppress(subprocess.TimeoutExpired):
            raise AssertionError(f"it ended with {sender.wait(LOOK_AGAIN_SECONDS)}")


def exit_code(sender):
    """Waits for its end; a sender that was told to end and goes on is an error."""
    return sender.wait(LONGEST_END_SECONDS)


def expire_leases(workspace):
    """What a rescuer does a lease and one tick of the schedule later."""
    workspace.connection.execute(
        "select outreach.expire_send_leases(%s, clock_timestamp() + '3 minutes')",
        [workspace.workspace_id],
    )


def client(workspace):
    return UnipileClient(workspace.sandbox.dsn, workspace.sandbox.api_key)


def one_round(workspace, provider=None, is_stopping=lambda: False, work=None):
    """One round over the workspace, at NOON unless `work` says otherwise."""

    async def run():
        async with provider or client(workspace) as opened:
            session = Session(workspace.connection)
            try:
                return await run_round(session, opened, work or default)
            finally:
                session.close()

    default = Work(
        workspace.workspace_id, "w1", workspace.sandbox.dsn, 100, NOON, is_stopping
    )
    with asyncio.Runner(loop_factory=EventLoop) as runner:
        return runner.run(run())
