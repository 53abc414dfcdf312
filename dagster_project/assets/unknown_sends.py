"""What the queue left open: unanswered calls, and enrollments without a job.

Belongs here: the assets `resolved_unknown_sends` and `reconciled_orphans` and their
metadata. What they do is in `trueup.inbound`, `trueup.heals` and
`sql/functions/`.
"""

import functools

import dagster as dg
import psycopg

from dagster_project.assets.names import markdown_table, names_of
from dagster_project.assets.providers import each_provider, summed
from dagster_project.resources import Postgres, Provider
from trueup.heals.orphans import OrphanReport, reconcile_orphans
from trueup.inbound.lists.unknown_sends import ResolveReport, resolve_unknown_sends

MOST_ROWS = 60


@dg.asset(
    group_name="heals",
    kinds={"python", "postgres"},
    owners=["team:data"],
    deps=["unknown_sends"],
)
def resolved_unknown_sends(
    postgres: dg.ResourceParam[Postgres],
    provider: dg.ResourceParam[Provider],
) -> dg.MaterializeResult:
    """Unanswered calls, decided by the provider's lists.

    Calls whose lease ended 15 minutes ago or more are looked up. A send that is found
    is completed. An invite that is absent from two complete reads of each list, and of
    which the person's profile shows no trace, is queued again. All others stay in
    `unknown_sends` for a person. Nothing is sent here.
    """
    with postgres.connect() as connection:
        reports = each_provider(
            provider, functools.partial(resolve_unknown_sends, connection)
        )
        report = summed(reports)
        decisions = decision_table(connection, report)
    return dg.MaterializeResult(
        metadata={
            "asked_about": report.asked,
            "decided": len(report.decisions),
            "undecided": report.undecided,
            "reads": report.reads,
            "incomplete_reads": report.incomplete_reads,
            "decisions": dg.MetadataValue.md(decisions),
        }
    )


@dg.asset(
    group_name="heals",
    kinds={"python", "postgres"},
    owners=["team:data"],
    deps=["enrollment_blockers"],
)
def reconciled_orphans(postgres: dg.ResourceParam[Postgres]) -> dg.MaterializeResult:
    """Jobs for enrollments that should have a live job and have none, once each.

    None is made for an enrollment that failed, is unknown, parked or done, or whose
    step may have been sent. An enrollment and a job with different times get one time.
    A kept answer that could not be settled is settled now. A queued job below its
    watermark becomes visible to claims.
    """
    with postgres.connect() as connection:
        report = reconcile_orphans(connection)
        changes = reconciled_table(connection, report)
    return dg.MaterializeResult(
        metadata={
            "recreated": report.recreated,
            "paired": report.paired,
            "settled": report.settled,
            "shown": report.shown,
            "changes": dg.MetadataValue.md(changes),
        }
    )


def decision_table(connection: psycopg.Connection, report: ResolveReport) -> str:
    """Each decision, and each account that could not be asked about, as Markdown."""
    decisions = report.decisions[:MOST_ROWS]
    attempts = [(row.workspace_id, row.attempt_id) for row in decisions]
    people = names_of(connection, "attempt", attempts)
    rows = [
        (people[key], row.outcome, row.detail)
        for key, row in zip(attempts, decisions, strict=True)
    ]
    not_asked = dict(list(report.not_asked.items())[:MOST_ROWS])
    accounts = names_of(connection, "account", not_asked)
    rows += [(accounts[key], "not asked", why) for key, why in not_asked.items()]
    rows += [("", "failed", why) for why in report.problems[:MOST_ROWS]]
    return markdown_table(("of whom", "outcome", "why"), rows)


def reconciled_table(connection: psycopg.Connection, report: OrphanReport) -> str:
    """What was changed as Markdown, at most 60 rows."""
    reconciled = report.reconciled[:MOST_ROWS]
    keys = [(row.workspace_id, row.enrollment_id) for row in reconciled]
    names = names_of(connection, "enrollment", keys)
    rows = [
        (
            names[key],
            row.repair,
            "" if row.next_action_at is None else row.next_action_at.isoformat(),
        )
        for key, row in zip(keys, reconciled, strict=True)
    ]
    table = markdown_table(("person", "repair", "next action at"), rows)
    if len(report.reconciled) > MOST_ROWS:
        table += f"\n\nand {len(report.reconciled) - MOST_ROWS} more"
    return table
