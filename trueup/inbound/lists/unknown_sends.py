"""Deciding unknown and unproven sends by the provider's lists.

Belongs here: which lists are read for which actions, and the report. Does not: what the
lists prove (`outreach.decide_unknown_sends`). Nothing here sends.
"""

import asyncio
import dataclasses
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

import psycopg
from psycopg.rows import class_row, scalar_row

from trueup.inbound.lists import provider_reads
from trueup.inbound.lists.freshness import staleness_reason
from trueup.inbound.lists.provider_reads import KeptRead, ReadAccount
from trueup.postgres.isolation import isolate
from trueup.sender.queue import workspaces_of
from trueup.sender.rendering import RenderedSend
from trueup.unipile.provider import Provider, open_provider

CHATTED = ("send_message", "send_inmail")
# The subject of a read of the chats that is followed by reads of their messages.
READ_FOR = "unknown_sends"


@dataclasses.dataclass(frozen=True)
class UnknownSend:
    """An attempt to look up at the provider. sent_as: the account's id there then."""

    account_id: int
    attempt_id: int
    action: str
    provider_account_id: str
    linkedin_identity: str
    recipient_provider_id: str | None
    social_id: str | None
    sent_as: str


@dataclasses.dataclass(frozen=True)
class Decision:
    """The decision about an attempt, and the reads that prove it."""

    workspace_id: int
    account_id: int
    attempt_id: int
    outcome: str
    detail: str


@dataclasses.dataclass
class ResolveReport:
    """The result of one run over all unknown sends.

    asked: attempts that were looked up. incomplete_reads: walks that did not reach the
        end of their list, which do not prove absence. not_asked: why an account's lists
        were not read, by its id. problems: a sentence for each attempt or account that
        raised an error, each with an open alert.
    """

    asked: int = 0
    reads: int = 0
    incomplete_reads: int = 0
    decisions: list[Decision] = dataclasses.field(default_factory=list)
    not_asked: dict[tuple[int, int], str] = dataclasses.field(default_factory=dict)
    problems: list[str] = dataclasses.field(default_factory=list)

    @property
    def outcomes(self) -> Counter[str]:
        return Counter(decision.outcome for decision in self.decisions)

    @property
    def undecided(self) -> int:
        return self.asked - len(self.decisions)

    def add(self, read: KeptRead) -> KeptRead:
        self.reads += 1
        self.incomplete_reads += not read.is_complete
        return read


def resolve_unknown_sends(
    connection: psycopg.Connection,
    provider_dsn: str,
    api_key: str,
    as_of: datetime | None = None,
) -> ResolveReport:
    """Look up every send that has been unknown for 15 minutes or more.

    Sends of the last 7 days that were answered without an id are looked up too. If one
    is found, it is proven; otherwise it stays as it is.

    Only workspaces of this provider's address are included. The connection must be in
    autocommit, because each read and each account's decisions are committed separately.
    It is safe to repeat and to run beside senders.

    Raises UnusableProviderError if the provider is unreachable or refuses the key, and
    ValueError if the connection is not in autocommit.
    """
    if not connection.autocommit:
        raise ValueError("resolve_unknown_sends commits by account: use autocommit")
    return asyncio.run(_resolve(connection, provider_dsn, api_key, as_of))


async def _resolve(
    connection: psycopg.Connection,
    provider_dsn: str,
    api_key: str,
    as_of: datetime | None,
) -> ResolveReport:
    report = ResolveReport()
    async with open_provider(provider_dsn, api_key) as provider:
        for workspace_id in workspaces_of(connection, provider_dsn):
            by_account = defaultdict(list)
            for send in _sends_to_ask(connection, workspace_id, provider_dsn, as_of):
                by_account[send.account_id].append(send)
            for account_id, sends in by_account.items():
                account = ReadAccount(
                    workspace_id,
                    account_id,
                    sends[0].provider_account_id,
                    sends[0].linkedin_identity,
                )
                await _ask(
                    connection, provider, provider_dsn, account, sends, as_of, report
                )
                _decide(connection, account, as_of, report)
    return report


async def _ask(
    connection: psycopg.Connection,
    provider: Provider,
    provider_dsn: str,
    account: ReadAccount,
    sends: list[UnknownSend],
    as_of: datetime | None,
    report: ResolveReport,
) -> None:
    """Read the lists that would contain these sends."""
    why_not = staleness_reason(
        await provider.get_account(account.provider_account_id), provider_dsn
    )
    if why_not is not None:
        report.not_asked[account.workspace_id, account.account_id] = why_not
        return
    report.asked += len(sends)
    actions = {send.action for send in sends}
    if "send_invite" in actions:
        # Pending invites first: one that is accepted in between is among the relations.
        for read_list in (
            provider_reads.read_sent_invitations,
            provider_reads.read_relations,
        ):
            report.add(await read_list(connection, provider, account, as_of))
        # A declined invite is absent from both lists, as one that was never sent.
        for person in _people_to_look_up(connection, account, as_of):
            report.add(
                await provider_reads.read_profile(
                    connection, provider, account, person, as_of
                )
            )
    if actions.intersection(CHATTED):
        chats = report.add(
            await provider_reads.read_chats(
                connection, provider, account, as_of, subject=READ_FOR
            )
        )
        for chat_id, request_of in _chats_of(sends, chats):
            report.add(
                await provider_reads.read_chat_messages(
                    connection, provider, account, chat_id, request_of, as_of
                )
            )
    for social_id, request_of in _posts_of(sends):
        report.add(
            await provider_reads.read_post_comments(
                connection, provider, account, social_id, request_of, as_of
            )
        )


def _chats_of(
    sends: Iterable[UnknownSend], chats: KeptRead
) -> Iterable[tuple[str, Callable[[str], str]]]:
    """The chats with the recipients of these sends."""
    for send in sends:
        if send.action not in CHATTED:
            continue
        for chat in chats.items:
            if chat["provider_id"] == send.recipient_provider_id:
                yield chat["reference"], _request_of(send, chat["subject"])


def _posts_of(
    sends: Iterable[UnknownSend],
) -> Iterable[tuple[str, Callable[[str], str]]]:
    for send in sends:
        if send.action == "comment" and send.social_id is not None:
            yield send.social_id, _request_of(send, None)


def _request_of(send: UnknownSend, subject: str | None) -> Callable[[str], str]:
    """The ledger's hash of such a send with a given text."""

    def request_sha256(text: str) -> str:
        texts = {
            "send_message": {"message": text},
            "send_inmail": {"subject": subject or "", "body": text},
            "comment": {"comment": text},
        }[send.action]
        return RenderedSend(
            job_id=0,
            action=send.action,
            variant=None,
            provider_account_id=send.sent_as,
            recipient_provider_id=send.recipient_provider_id,
            texts=texts,
            validation_stamps=[],
        ).request_sha256

    return request_sha256


def _sends_to_ask(
    connection: psycopg.Connection,
    workspace_id: int,
    provider_dsn: str,
    as_of: datetime | None,
) -> list[UnknownSend]:
    """The unknown sends of the accounts that are called at this address."""
    with connection.cursor(row_factory=class_row(UnknownSend)) as cursor:
        return cursor.execute(
            "select sends.* from outreach.unknown_sends_to_ask("
            "%s, coalesce(%s, clock_timestamp())) as sends"
            " where sends.account_id in (select account_id"
            " from outreach.accounts_at_provider(%s, %s))",
            [workspace_id, as_of, provider_dsn, workspace_id],
        ).fetchall()


def _people_to_look_up(
    connection: psycopg.Connection, account: ReadAccount, as_of: datetime | None
) -> list[str]:
    """The recipients of absent invites whose profiles have not been read."""
    with connection.cursor(row_factory=scalar_row) as cursor:
        return cursor.execute(
            "select distinct recipient_provider_id from outreach.absent_invites("
            "%s, %s, coalesce(%s, clock_timestamp()))"
            " where profile_read_id is null and recipient_provider_id is not null"
            " order by recipient_provider_id",
            [account.workspace_id, account.account_id, as_of],
        ).fetchall()


def _decide(
    connection: psycopg.Connection,
    account: ReadAccount,
    as_of: datetime | None,
    report: ResolveReport,
) -> None:
    """Decide what the reads prove; an attempt or account that fails stops no other."""

    decisions: list[Decision] = []

    def decide_account(_: Sequence[ReadAccount]) -> None:
        isolate(
            connection,
            _decidable(connection, account, as_of),
            decide_some,
            set_attempt_aside,
        )

    def decide_some(attempt_ids: Sequence[int]) -> None:
        rows = connection.execute(
            "select attempt_id, outcome, detail"
            " from outreach.decide_unknown_sends(%s, %s, %s, %s)",
            [account.workspace_id, account.account_id, as_of, list(attempt_ids)],
        ).fetchall()
        decisions.extend(
            Decision(account.workspace_id, account.account_id, *row) for row in rows
        )

    def set_attempt_aside(attempt_id: int, error: psycopg.Error) -> None:
        # outreach.resolve_job_alerts() closes the alert once the job is decided.
        alert(
            "answer_not_settled",
            f"job {_job_of(connection, account, attempt_id)}",
            f"Attempt {attempt_id} was looked up, but the decision could not take "
            f"effect: {error.diag.message_primary}. It stays unknown, and is tried "
            "again with the next reads.",
        )

    def set_account_aside(_: ReadAccount, error: psycopg.Error) -> None:
        decisions.clear()
        alert(
            "account_cannot_be_judged",
            f"account {account.account_id}",
            f"The unknown sends of account {account.account_id} cannot be decided: "
            f"{error.diag.message_primary}. They stay unknown, and are tried again "
            "with the next reads.",
        )

    def alert(code: str, subject: str, message: str) -> None:
        connection.execute(
            "select outreach.open_admin_alert(%s, %s, %s, %s, as_of => %s)",
            [account.workspace_id, code, subject, message, as_of],
        )
        report.problems.append(message)

    with connection.transaction():
        isolate(connection, [account], decide_account, set_account_aside)
    report.decisions += decisions


def _decidable(
    connection: psycopg.Connection, account: ReadAccount, as_of: datetime | None
) -> list[int]:
    """The attempts that the reads decide now."""
    with connection.cursor(row_factory=scalar_row) as cursor:
        return cursor.execute(
            "select attempt_id from outreach.verdicts_of_reads("
            "%s, %s, coalesce(%s, clock_timestamp())) order by attempt_id",
            [account.workspace_id, account.account_id, as_of],
        ).fetchall()


def _job_of(
    connection: psycopg.Connection, account: ReadAccount, attempt_id: int
) -> int:
    row = connection.execute(
        "select job_id from outreach.send_attempts"
        " where workspace_id = %s and attempt_id = %s",
        [account.workspace_id, attempt_id],
    ).fetchone()
    assert row is not None
    return row[0]
