"""Accepts and replies: the effects of the provider's events on enrollments.

Belongs here: the order of the steps, workspace by workspace, and the report. Which
invite an accept answers is `outreach.accept_matches`.
"""

import dataclasses
from datetime import datetime

import psycopg
from psycopg.rows import class_row

ACTOR = "resolved_accepts"


@dataclasses.dataclass(frozen=True)
class AcceptDecision:
    """One accept, credited to an enrollment or stored with the reason why not.

    is_first: False if the accept was decided before, for example with a less exact
        time. problem: why it could not be credited yet; it is tried again.
    """

    workspace_id: int
    account_id: int
    person: str
    enrollment_id: int | None
    is_credited: bool
    is_first: bool
    reason: str | None
    problem: str | None


@dataclasses.dataclass
class InboundReport:
    """The changes of enrollments by one processing of all events."""

    decisions: list[AcceptDecision] = dataclasses.field(default_factory=list)
    replies: int = 0
    stopped: int = 0
    marked: int = 0

    @property
    def credited(self) -> int:
        return sum(one.is_credited and one.is_first for one in self._made())

    @property
    def uncredited(self) -> int:
        return sum(not one.is_credited and one.is_first for one in self._made())

    @property
    def repeated(self) -> int:
        return sum(not one.is_first for one in self._made())

    @property
    def problems(self) -> list[AcceptDecision]:
        return [one for one in self.decisions if one.problem is not None]

    def _made(self) -> list[AcceptDecision]:
        return [one for one in self.decisions if one.problem is None]


def resolve_inbound(
    connection: psycopg.Connection,
    as_of: datetime | None = None,
    *,
    actor: str = ACTOR,
    only_workspace_id: int | None = None,
) -> InboundReport:
    """Credit accepts, record replies and end the sequences of people who replied.

    Each step is its own transaction per workspace, in which accounts are locked in
    their order. It is safe to repeat and to run concurrently; without new events it
    changes nothing.
    """
    report = InboundReport()
    messages = connection.execute(
        "select coalesce(array_agg(delivery_id), '{}')"
        " from outreach.linkedin_webhook_inbox where taken_in_at is not null"
    ).fetchone()
    rows = connection.execute(
        "select workspace_id from outreach.workspaces"
        " where %(only)s::bigint is null or workspace_id = %(only)s::bigint"
        " order by workspace_id",
        {"only": only_workspace_id},
    ).fetchall()
    for (workspace_id,) in rows:
        _resolve(connection, workspace_id, actor, as_of, report)
    if only_workspace_id is None:
        connection.execute("select outreach.end_webhook_intake(%s)", messages)
    return report


def _resolve(
    connection: psycopg.Connection,
    workspace_id: int,
    actor: str,
    as_of: datetime | None,
    report: InboundReport,
) -> None:
    arguments: list[object] = [workspace_id, actor, as_of]
    with (
        connection.transaction(),
        connection.cursor(row_factory=class_row(AcceptDecision)) as cursor,
    ):
        report.decisions += cursor.execute(
            "select %s::bigint as workspace_id, decisions.*"
            " from outreach.resolve_accepts(%s, %s, %s) as decisions",
            [workspace_id, *arguments],
        ).fetchall()
    report.replies += _count(
        connection,
        "select count(*) from outreach.record_replies(%s, %s, %s)",
        arguments,
    )
    report.stopped += _count(
        connection,
        "select count(*) from outreach.stop_replied_enrollments(%s, %s, %s)",
        arguments,
    )
    report.marked += _count(
        connection,
        "select count(*) from outreach.act_on_opt_outs(%s, %s, %s)",
        arguments,
    )


def _count(connection: psycopg.Connection, call: str, arguments: list[object]) -> int:
    with connection.transaction():
        row = connection.execute(call, arguments).fetchone()
    assert row is not None
    return row[0]
