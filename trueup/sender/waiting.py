"""Waiting until a job is due, in a sender that stays.

Belongs here: the looks at the queue, and when they end. Does not: what is due, which
`outreach.has_due_jobs` decides, or sending it.

Looks, not notifications: a window opens and a limit is renewed without any program that
could notify. Each second a cheap look asks whether the time of a job was reached, which
is true of most new jobs too. A dear look each few seconds sees all other causes: a
window, a limit, a lifted pause, a job that was committed late.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import LiteralString

from trueup.postgres import isolation
from trueup.sender.clocks import elapsed_seconds
from trueup.sender.pace import pause_after
from trueup.sender.round import Work
from trueup.sender.session import Session

# After this a sender works the queue without a look: new workspaces, expired leases,
# and answers that a killed sender wrote down.
LONGEST_WAIT_SECONDS = 60.0
SECONDS_BETWEEN_DEAR_LOOKS = 4.0
_STOP_POLL_SECONDS = 0.2

_HAVE_COME_DUE = "select outreach.have_jobs_come_due(%s, %s, %s, %s)"
_HAS_DUE_JOBS = "select outreach.has_due_jobs(%s, %s, %s)"


async def until_due(
    session: Session, work: Work, since: datetime, spent_seconds: float
) -> None:
    """Return once a job is due, after a minute, or when the sender is to stop.

    since: the database's clock before the last work on the queue began.
    spent_seconds: how long the end of that work took, which found nothing.

    Raises LostConnectionError if the database does not answer.
    """
    dsn, share, as_of = work.provider_dsn, work.share, work.as_of
    now = elapsed_seconds()
    ends_at = now + LONGEST_WAIT_SECONDS
    # The work before this wait was the last dear look.
    dear_at = now + pause_after(spent_seconds, SECONDS_BETWEEN_DEAR_LOOKS)
    spent_seconds = 0.0
    while True:
        pause = min(pause_after(spent_seconds), ends_at - elapsed_seconds())
        await pause_unless(work.is_stopping, pause)
        looked_at = elapsed_seconds()
        if work.is_stopping() or looked_at >= ends_at:
            return
        if _is_true(session, _HAVE_COME_DUE, dsn, since, as_of, share):
            return
        spent_seconds = elapsed_seconds() - looked_at
        if looked_at >= dear_at:
            if _is_true(session, _HAS_DUE_JOBS, as_of, dsn, share):
                return
            now = elapsed_seconds()
            dear_at = now + pause_after(now - looked_at, SECONDS_BETWEEN_DEAR_LOOKS)


def _is_true(session: Session, query: LiteralString, *values: object) -> bool:
    return session.ask(lambda connection: isolation.is_any(connection, query, values))


async def pause_unless(is_stopping: Callable[[], bool], seconds: float) -> None:
    """Wait so long, or until the sender is to stop."""
    ends_at = elapsed_seconds() + seconds
    while not is_stopping() and (left := ends_at - elapsed_seconds()) > 0:
        await asyncio.sleep(min(left, _STOP_POLL_SECONDS))
