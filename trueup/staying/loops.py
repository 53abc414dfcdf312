"""A loop that looks for work and does it, until its process ends or is relieved.

Belongs here: the pause between two looks, and going on after a failure. Does not: which
loops there are (`work.py`), or whose turn it is (`shift.py`).
"""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import psycopg

from trueup.inbound.settings import UnusableSettingError
from trueup.postgres.connection import UnusableDatabaseError
from trueup.postgres.witness import RefusedLedgerError
from trueup.sender.clocks import elapsed_seconds
from trueup.sender.looping import Waits
from trueup.sender.pace import LOOK_SECONDS, pause_after
from trueup.unipile.addresses import UnusableProviderError

_logger = logging.getLogger(__name__)


class Listener(Protocol):
    """Is told what a loop does; called from the loop's thread."""

    def report(self, asset: str, done: object) -> None:
        """What was done for this asset: its report, of a type that the asset knows."""

    def trouble(self, sentence: str) -> None:
        """The loop failed with this sentence, and tries again by itself."""

    def ready(self) -> None:
        """The loop works: at its start, and again after a trouble."""


@dataclass(frozen=True)
class Ends:
    """When a loop ends.

    stopping: at once, with calls in progress cancelled after their grace.
    relieved: after the work in progress.
    """

    stopping: threading.Event
    relieved: threading.Event

    @property
    def are_near(self) -> bool:
        return self.stopping.is_set() or self.relieved.is_set()

    def wait(self, seconds: float) -> None:
        """Wait so long; a stop ends the wait at once, a relief within a second."""
        ends_at = elapsed_seconds() + seconds
        while not self.are_near and (left := ends_at - elapsed_seconds()) > 0:
            self.stopping.wait(min(left, LOOK_SECONDS))


Work = Callable[[psycopg.Connection, Listener, Ends], bool]
"""Looks for work and does it; returns whether there was any."""


@dataclass(frozen=True)
class Loop:
    """A loop, and the name of its turn, which one process has at a time."""

    name: str
    turn: str
    run: Callable[[Listener, Ends], None]


def keep_running(loop: Loop, listener: Listener, ends: Ends) -> None:
    """Run the loop until it ends, again after each failure.

    A failure is told once, and tried again after a wait that grows to a minute.
    """
    listening = _Listening(listener, Waits(ends.stopping, listener.trouble))
    while not ends.are_near:
        try:
            loop.run(listening, ends)
        except (
            RefusedLedgerError,
            UnusableDatabaseError,
            UnusableProviderError,
            UnusableSettingError,
        ) as error:
            listening.waits.wait_out(error)
        except Exception as error:
            _logger.exception("The loop %s failed and is tried again", loop.name)
            sentence = f"{type(error).__name__}: {error}".strip()
            listening.waits.wait_out(RuntimeError(sentence))


@dataclass
class _Listening:
    """Passes on what a loop tells, and the end of a trouble only once."""

    listener: Listener
    waits: Waits
    is_in_trouble: bool = True

    def report(self, asset: str, done: object) -> None:
        self.listener.report(asset, done)

    def trouble(self, sentence: str) -> None:
        self.is_in_trouble = True
        self.listener.trouble(sentence)

    def ready(self) -> None:
        self.waits.end()
        if self.is_in_trouble:
            self.is_in_trouble = False
            self.listener.ready()


def repeat(
    connect: Callable[[], psycopg.Connection],
    work: Work,
    listener: Listener,
    ends: Ends,
    between_seconds: float = LOOK_SECONDS,
    again_seconds: float = LOOK_SECONDS,
) -> None:
    """Do the work again and again, with a pause after each look.

    again_seconds: the pause after work that the look before it had found too. What the
        provider could not answer is not asked each second.
    """
    had_worked = False
    with connect() as connection:
        while not ends.are_near:
            looked_at = elapsed_seconds()
            has_worked = work(connection, listener, ends)
            listener.ready()
            if has_worked and had_worked:
                ends.wait(max(between_seconds, again_seconds))
            elif has_worked:
                ends.wait(between_seconds)
            else:
                ends.wait(pause_after(elapsed_seconds() - looked_at, between_seconds))
            had_worked = has_worked
