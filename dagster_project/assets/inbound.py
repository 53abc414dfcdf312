"""Inbound from the provider: webhooks, list reads, credited accepts.

Belongs here: the assets `inbound_events`, `polled_lists`, `polled_replies` and
`resolved_accepts` and their metadata. What each does is in `trueup.inbound` and
`sql/functions/`.
"""

import functools

import dagster as dg
import psycopg

from dagster_project.assets.names import markdown_table, names_of
from dagster_project.assets.providers import each_provider, summed
from dagster_project.resources import Postgres, Provider
from trueup.inbound.lists.accepts import InboundReport, resolve_inbound
from trueup.inbound.lists.polls import PollReport, poll_due_accounts
from trueup.inbound.lists.reply_polls import ReplyPollReport, keep_replies_read
from trueup.inbound.settings import webhook_address
from trueup.inbound.webhooks.events import Intake, take_in_deliveries


@dg.asset(
    group_name="inbound",
    kinds={"python", "postgres"},
    owners=["team:data"],
    pool="inbound",
)
def inbound_events(postgres: dg.ResourceParam[Postgres]) -> dg.MaterializeResult:
    """Received webhooks, read into `linkedin_events`, each event once.

    A webhook that cannot be read, or that names an unknown account, stays in the inbox
    with the reason. It is read again once its account is known.
    """
    with postgres.connect() as connection:
        taken = take_in_deliveries(connection)
    return dg.MaterializeResult(metadata=intake_metadata(taken))


@dg.asset(
    group_name="inbound",
    kinds={"python", "postgres"},
    owners=["team:data"],
    pool="inbound",
)
def polled_lists(
    postgres: dg.ResourceParam[Postgres], provider: dg.ResourceParam[Provider]
) -> dg.MaterializeResult:
    """Pending invitations, relations and chats of each account whose poll is due.

    Each account is polled four times a day at minutes of its own, and at once after it
    was connected again. Each walk is kept in `provider_reads` with its completeness. A
    walk yields the same events as webhooks, so it finds what they missed.
    """
    with postgres.connect() as connection:
        reports = each_provider(
            provider, functools.partial(poll_due_accounts, connection)
        )
        report = summed(reports)
        return dg.MaterializeResult(metadata=poll_metadata(connection, report))


@dg.asset(
    group_name="inbound",
    kinds={"python", "postgres"},
    owners=["team:data"],
    pool="inbound",
)
def polled_replies(
    postgres: dg.ResourceParam[Postgres], provider: dg.ResourceParam[Provider]
) -> dg.MaterializeResult:
    """New messages of each account: every few minutes where no webhook tells of them.

    Where one does, they are read before a step is due, because the webhook may not have
    come. A reply ends its sequence in the same transaction; a due step waits while the
    messages were read too long ago.
    """
    with postgres.connect() as connection:
        reports = each_provider(
            provider,
            lambda dsn, api_key: keep_replies_read(
                connection, dsn, api_key, webhook_address(dsn)
            ),
        )
        metadata = reply_metadata(connection, summed(reports))
    return dg.MaterializeResult(metadata=metadata)


@dg.asset(
    group_name="inbound",
    kinds={"python", "postgres"},
    owners=["team:data"],
    deps=[inbound_events, polled_lists, polled_replies, "refreshed_accounts"],
    pool="inbound",
)
def resolved_accepts(postgres: dg.ResourceParam[Postgres]) -> dg.MaterializeResult:
    """Each accept, credited to the one enrollment whose invite it answers.

    An accept without such an invite is kept as uncredited, with the reason. Replies are
    recorded too; a reply ends the sequence unless the campaign goes on after replies.
    """
    with postgres.connect() as connection:
        report = resolve_inbound(connection)
        return dg.MaterializeResult(metadata=accept_metadata(connection, report))


def intake_metadata(taken: Intake) -> dict[str, int]:
    """The counts of the webhooks that were read."""
    return {
        "deliveries": taken.deliveries,
        "new_events": taken.new_events,
        "already_known": taken.already_known,
        "quarantined": taken.quarantined,
    }


def reply_metadata(
    connection: psycopg.Connection, report: ReplyPollReport
) -> dict[str, int | dg.MarkdownMetadataValue]:
    """The counts of a round, and the accounts whose messages were not read."""
    return {
        "accounts": report.accounts,
        "new_messages": report.new_messages,
        "replies": report.replies,
        "stopped": report.stopped,
        "incomplete_reads": report.incomplete,
        "coverage_changed": report.changed,
        **_not_polled(connection, report.not_polled),
    }


def poll_metadata(
    connection: psycopg.Connection, report: PollReport
) -> dict[str, int | dg.MarkdownMetadataValue]:
    """The counts of a round, and the accounts whose lists were not read."""
    return {
        "accounts": report.accounts,
        "reads": report.reads,
        "incomplete_reads": report.incomplete,
        "new_events": sum(report.new_events.values()),
        **_not_polled(connection, report.not_polled),
    }


def _not_polled(
    connection: psycopg.Connection, reasons: dict[tuple[int, int], str]
) -> dict[str, int | dg.MarkdownMetadataValue]:
    metadata: dict[str, int | dg.MarkdownMetadataValue] = {"not_polled": len(reasons)}
    if reasons:
        names = names_of(connection, "account", reasons)
        rows = [(names[key], why) for key, why in reasons.items()]
        table = markdown_table(("account", "why"), rows)
        metadata["why_not"] = dg.MetadataValue.md(table)
    return metadata


def accept_metadata(
    connection: psycopg.Connection, report: InboundReport
) -> dict[str, int | dg.MarkdownMetadataValue]:
    """The counts of a round, and what could not be credited yet."""
    metadata: dict[str, int | dg.MarkdownMetadataValue] = {
        "credited": report.credited,
        "uncredited": report.uncredited,
        "repeated": report.repeated,
        "replies": report.replies,
        "stopped": report.stopped,
        "problems": len(report.problems),
    }
    if report.problems:
        keys = [(one.workspace_id, one.enrollment_id) for one in report.problems]
        names = names_of(connection, "enrollment", keys)
        rows = [
            (names[key], one.problem)
            for key, one in zip(keys, report.problems, strict=True)
        ]
        table = markdown_table(("person", "why"), rows)
        metadata["not_credited_yet"] = dg.MetadataValue.md(table)
    return metadata
