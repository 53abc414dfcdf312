"""Several senders at once, as processes that can be killed and replaced.

Belongs here: starting, killing, freezing and ending them. What they did is read from
the sandbox's journal and from the database.
"""

import functools
import multiprocessing
import multiprocessing.connection
import os
import signal

from trueup.postgres.connection import connect
from trueup.sender import drain
from trueup.sender.looping import connect_until_stopped, send_until_stopped
from trueup.sender.stopping import stopping_on_signals

# Each kill leaves at most this many accounts waiting for the lease's end.
BATCH = 2
LARGER_BATCH = 8
LOOK_AGAIN_SECONDS = 0.01


def send_until_nothing_is_due(database_name, dsn, api_key):
    with connect(database_name, autocommit=True, role="sender") as connection:
        drain(
            connection,
            worker=f"slot:{os.getpid()}",
            provider_dsn=dsn,
            api_key=api_key,
            until_seconds=300,
            batch=BATCH,
        )


def send_until_told_to_stop(database_name, dsn, api_key):
    """What `trueup send run` does, without the seconds that its start takes."""
    with stopping_on_signals() as is_stopping:
        connection = connect_until_stopped(
            functools.partial(connect, database_name, autocommit=True, role="sender"),
            is_once=False,
            is_stopping=is_stopping,
            on_trouble=lambda _: None,
        )
        if connection is None:
            return
        send_until_stopped(
            connection,
            worker=f"slot:{os.getpid()}",
            provider=(dsn, api_key),
            is_stopping=is_stopping,
            on_round=lambda _: None,
            on_trouble=lambda _: None,
            batch=LARGER_BATCH,
        )


class Slots:
    """Senders at once. A server forks them, so that each starts in no time."""

    def __init__(self, count, database, sandbox, send=send_until_nothing_is_due):
        self._send = send
        self._arguments = (database.name, sandbox.dsn, sandbox.api_key)
        self._processes = multiprocessing.get_context("forkserver")
        self._processes.set_forkserver_preload([__name__])
        self.senders = [self._start() for _ in range(count)]

    def _start(self):
        sender = self._processes.Process(target=self._send, args=self._arguments)
        sender.start()
        return sender

    def kill_after(self, slot, journal, after_invites):
        """Kill the slot's sender once so many were sent, and start another one there.

        Whether it was killed: it may have ended by itself.
        """
        sender = self.senders[slot]
        while sender.is_alive() and after_invites > 0:
            after_invites -= journal.read().count('"invite_sent"')
            multiprocessing.connection.wait([sender.sentinel], LOOK_AGAIN_SECONDS)
        return self.kill(slot)

    def kill(self, slot):
        """Kill the slot's sender now, and start another one; whether it was killed."""
        sender = self.senders[slot]
        sender.kill()
        sender.join()
        self.senders[slot] = self._start()
        return sender.exitcode == -signal.SIGKILL

    def replace_ended(self):
        """Start another sender where one ended by itself; how many there were."""
        ended = [slot for slot, each in enumerate(self.senders) if not each.is_alive()]
        for slot in ended:
            self.senders[slot] = self._start()
        return len(ended)

    def send_signal(self, slot, number):
        os.kill(self.senders[slot].pid, number)

    def finish(self):
        for sender in self.senders:
            sender.join(120)
        return [sender.exitcode for sender in self.senders]
