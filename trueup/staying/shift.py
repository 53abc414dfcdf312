"""A shift: the time in which one process does the work of all loops.

Belongs here: whose turn each loop is, starting and ending the loops, and what they
told. Does not: the loops (`work.py`), or showing what they told.

The next process waits for the turns while this one still works. As soon as one waits,
each loop ends after its work in progress and gives back its turn, so that there is
neither a gap nor two at once. A turn that another process has is waited for.
"""

import contextlib
import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import psycopg

from trueup.postgres.turns import LostTurnsError, Turns
from trueup.sender.clocks import elapsed_seconds
from trueup.staying.loops import Ends, Loop, keep_running

# The answers of calls in progress are recorded within ten seconds. A walk through a
# list may take longer, and is cut off.
SECONDS_TO_STOP = 12.0
_LOOK_SECONDS = 1.0
_WANTED_SECONDS = 2.0

Ending = Literal["stopped", "relieved", "time is up", "turns lost"]


class Audience(Protocol):
    """Is told what the loops do, in the thread that works the shift."""

    def started(self, loop: str) -> None:
        """The loop has its turn and works."""

    def report(self, asset: str, done: object) -> None:
        """What was done for this asset."""

    def trouble(self, loop: str, sentence: str) -> None:
        """The loop failed, and tries again by itself."""

    def ready(self, loop: str) -> None:
        """The loop works: for the first time, or again after a trouble."""

    def passed(self) -> None:
        """A second passed."""


@dataclass
class _Running:
    """A loop at work; its thread tells through the queue."""

    loop: Loop
    told: "queue.SimpleQueue[Callable[[Audience], None]]"
    ends: Ends
    has_ended: bool = False

    def start(self) -> None:
        threading.Thread(
            target=self._run,
            name=self.loop.name,
            daemon=True,  # a walk that is cut off must not keep the process
        ).start()

    def report(self, asset: str, done: object) -> None:
        self.told.put(lambda audience: audience.report(asset, done))

    def trouble(self, sentence: str) -> None:
        self.told.put(lambda audience: audience.trouble(self.loop.name, sentence))

    def ready(self) -> None:
        self.told.put(lambda audience: audience.ready(self.loop.name))

    def _run(self) -> None:
        try:
            keep_running(self.loop, self, self.ends)
        finally:
            self.has_ended = True
            self.told.put(lambda audience: audience.passed())


def work_shift(
    loops: Sequence[Loop],
    turns: Callable[[], psycopg.Connection],
    *,
    is_stopping: threading.Event,
    longest_seconds: float,
    audience: Audience,
) -> Ending:
    """Work the loops until stopped, relieved by the next process, or the time is up.

    turns: opens the connection that holds the turns. Where they are lost, with the
    connection, the work ends as for a relief.

    Raises UnusableDatabaseError if the database cannot be reached at the start; and
    what the audience raises, after the loops have ended.
    """
    with turns() as connection:
        shift = _Shift(list(loops), Turns(connection), is_stopping, audience)
        return shift.work(elapsed_seconds() + longest_seconds)


class _Shift:
    def __init__(
        self,
        loops: list[Loop],
        turns: Turns,
        is_stopping: threading.Event,
        audience: Audience,
    ) -> None:
        self._waiting = loops
        self._turns = turns
        self._ends = Ends(is_stopping, threading.Event())
        self._audience = audience
        self._running: list[_Running] = []
        self._told: queue.SimpleQueue[Callable[[Audience], None]] = queue.SimpleQueue()
        self._looked_at = elapsed_seconds()
        self._are_lost = False
        self._error: Exception | None = None

    def work(self, ends_at: float) -> Ending:
        ending = self._work_until(ends_at)
        self._ends.relieved.set()
        stops_at = elapsed_seconds() + SECONDS_TO_STOP
        while self._running:
            if not self._ends.stopping.is_set():
                stops_at = elapsed_seconds() + SECONDS_TO_STOP
            elif elapsed_seconds() >= stops_at:
                break
            self._pass(_LOOK_SECONDS)
            # The last loops may take long. A session that asks nothing is ended.
            self._is_wanted()
        self._tell(0.0)
        if self._error is not None:
            raise self._error
        return "stopped" if self._ends.stopping.is_set() else ending

    def _work_until(self, ends_at: float) -> Ending:
        while not (self._ends.stopping.is_set() or self._are_lost or self._error):
            if elapsed_seconds() >= ends_at:
                return "time is up"
            if self._waiting:
                self._take_next()
                self._pass(0.0)
            else:
                self._pass(_LOOK_SECONDS)
                if self._is_wanted():
                    return "relieved"
        return "turns lost" if self._are_lost else "stopped"

    def _take_next(self) -> None:
        loop = self._waiting[0]
        with self._noticing():
            if self._turns.take(loop.turn):
                del self._waiting[0]
                running = _Running(loop, self._told, self._ends)
                self._running.append(running)
                running.start()
                self._say(lambda audience: audience.started(loop.name))

    def _is_wanted(self) -> bool:
        if elapsed_seconds() < self._looked_at + _WANTED_SECONDS:
            return False
        self._looked_at = elapsed_seconds()
        with self._noticing():
            return self._turns.is_wanted()
        return False

    def _pass(self, seconds: float) -> None:
        """Pass on what was told, and give back the turns of loops that have ended."""
        self._tell(seconds)
        for ended in [each for each in self._running if each.has_ended]:
            self._running.remove(ended)
            with self._noticing():
                self._turns.give_back(ended.loop.turn)
        self._say(lambda audience: audience.passed())

    @contextlib.contextmanager
    def _noticing(self) -> Iterator[None]:
        """Makes a note where the turns were lost."""
        try:
            yield
        except LostTurnsError:
            self._are_lost = True

    def _tell(self, seconds: float) -> None:
        """Pass on what the loops told; wait so long for something to be told."""
        with contextlib.suppress(queue.Empty):
            self._say(self._told.get(timeout=seconds))
            while True:
                self._say(self._told.get_nowait())

    def _say(self, say: Callable[[Audience], None]) -> None:
        """Tell the audience; the loops end before an error of it is raised."""
        try:
            say(self._audience)
        except Exception as error:
            self._error = self._error or error
