"""Calls in progress: waiting for all of them, and cancelling them on a stop.

Belongs here: tasks and time. Does not: a call and its result (`calls.py`).
"""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from typing import Any, TypeVar

from trueup.sender.calls import CallAnswer, lost
from trueup.sender.clocks import elapsed_seconds

POLL_SECONDS = 0.1
# On a stop, calls have four seconds to finish. Then they are cancelled, with two more
# seconds to end, so that a stop with the recording takes less than ten seconds.
GRACE_SECONDS = 4.0
CANCELLING_SECONDS = 2.0

Result = TypeVar("Result")


async def answers_of(
    calls: Mapping[int, Coroutine[Any, Any, CallAnswer]],
    is_stopping: Callable[[], bool],
) -> tuple[list[CallAnswer], bool]:
    """The answer of each attempt, and whether this task was cancelled meanwhile.

    calls: by attempt id. A call that is cancelled or raises counts as unanswered,
        because it may have reached the provider.
    """
    tasks = {asyncio.create_task(each): attempt for attempt, each in calls.items()}
    pending = set(tasks)
    was_cancelled = False
    stops_at: float | None = None
    while pending:
        try:
            _, pending = await asyncio.wait(pending, timeout=POLL_SECONDS)
        except asyncio.CancelledError:
            was_cancelled = True
        now = elapsed_seconds()
        if stops_at is None and (was_cancelled or is_stopping()):
            stops_at = now + (0.0 if was_cancelled else GRACE_SECONDS)
        if stops_at is not None and now >= stops_at:
            for task in pending:
                task.cancel()
            if now >= stops_at + CANCELLING_SECONDS:
                break
    return [_answer_of(task, tasks[task]) for task in tasks], was_cancelled


async def unless_stopping(
    coroutine: Coroutine[Any, Any, Result], is_stopping: Callable[[], bool]
) -> Result | None:
    """The coroutine's result, or None if a stop comes first."""
    task = asyncio.create_task(coroutine)
    try:
        while not task.done():
            if is_stopping():
                return None
            await asyncio.wait({task}, timeout=POLL_SECONDS)
        return task.result()
    finally:
        task.cancel()


def _answer_of(task: asyncio.Task[CallAnswer], attempt_id: int) -> CallAnswer:
    if not task.done():
        return lost(attempt_id, "the call was given up because the sender stops")
    if task.cancelled():
        return lost(attempt_id, "the call was cancelled because the sender stops")
    error = task.exception()
    if error is not None:
        return lost(attempt_id, f"the call ended in {type(error).__name__}: {error}")
    return task.result()
