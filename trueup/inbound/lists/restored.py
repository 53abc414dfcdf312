"""What was sent after a backup, asked of the provider once the backup was restored.

Belongs here: reading the lists, the order of the steps, and the report. What the lists
show is `outreach.verdicts_after_restore`. Nothing here ever sends.
"""

import asyncio
import dataclasses
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import psycopg
from psycopg.rows import class_row, scalar_row
from psycopg.types.json import Jsonb

from trueup.inbound.lists import provider_reads
from trueup.inbound.lists.accepts import resolve_inbound
from trueup.inbound.lists.freshness import staleness_reason
from trueup.inbound.lists.polls import poll_accounts
from trueup.inbound.lists.provider_reads import Item, KeptRead, ReadAccount, moment_of
from trueup.inbound.lists.unknown_sends import resolve_unknown_sends
from trueup.postgres.witness import Witness, adopt, note_newest, timeline_of
from trueup.sender.queue import ClaimedSend, workspaces_of
from trueup.sender.rendering import RenderedSend, render_send
from trueup.unipile.provider import Provider, open_provider

ACTOR = "after_restore"
# These append an attempt; a later step may have been done as well.
FOUND = ("decided_sent", "already_connected", "already_pending", "profile_found")


class UnfinishedError(Exception):
    """Not everything could be asked, and nothing was written; the text says why."""


@dataclasses.dataclass(frozen=True)
class Verdict:
    """What the lists show of one job; see outreach.verdicts_after_restore."""

    workspace_id: int
    job_id: int
    enrollment_id: int | None
    account_id: int
    action: str
    outcome: str
    begun_at: datetime
    provider_reference: str | None
    facts: dict[str, Any]
    detail: str


@dataclasses.dataclass
class RestoreReport:
    """verdicts: what was appended. not_asked: paused accounts that cannot be read.

    paused: enrollments of which a person has to decide whether they go on.
    """

    since: datetime | None = None
    reads: int = 0
    jobs: int = 0
    verdicts: list[Verdict] = dataclasses.field(default_factory=list)
    paused: set[tuple[int, int]] = dataclasses.field(default_factory=set)
    not_asked: list[str] = dataclasses.field(default_factory=list)

    def counts(self) -> list[tuple[str, str, int]]:
        """How many jobs of an action came to which outcome."""
        counts = Counter((each.action, each.outcome) for each in self.verdicts)
        return [(*key, count) for key, count in sorted(counts.items())]

    def for_a_person(self) -> list[Verdict]:
        """The jobs that the lists do not decide."""
        return [each for each in self.verdicts if each.outcome not in FOUND]


@dataclasses.dataclass(frozen=True)
class _Account:
    account_id: int
    name: str
    is_paused: bool
    provider_account_id: str | None
    linkedin_identity: str | None


@dataclasses.dataclass(frozen=True)
class _AskedSend:
    job_id: int
    account_id: int
    status: str
    social_id: str | None


def take_in_after_restore(
    connection: psycopg.Connection,
    provider_dsn: str,
    api_key: str,
    witness: Witness,
    actor: str,
    *,
    commit: bool,
) -> RestoreReport:
    """Append all that was sent after the backup, and let senders work again.

    Everything is one transaction, which a dry run rolls back. No sender may run
    meanwhile. Raises UnfinishedError where something could not be asked, and
    UnusableProviderError when the provider is away or refuses the key.
    """
    if commit:
        resolve_unknown_sends(connection, provider_dsn, api_key)
    old_timeline = timeline_of(connection)
    report = RestoreReport()
    with connection.transaction(force_rollback=not commit):
        _refuse_other_providers(connection, provider_dsn)
        report.since = _scalar(connection, "select outreach.restored_since()", [])
        for workspace_id in workspaces_of(connection, provider_dsn):
            look = _Look(connection, provider_dsn, workspace_id, actor, report)
            asyncio.run(look.run(api_key))
            # Replies since the backup end sequences before anything is sent again.
            poll_accounts(
                connection,
                provider_dsn,
                api_key,
                list(look.accounts.values()),
                received_via="replay",
            )
            resolve_inbound(connection, actor=actor, only_workspace_id=workspace_id)
        if commit:
            adopt(connection, None, actor)
    if commit:
        note_newest(connection, witness)
        if old_timeline is not None:
            witness.leave(old_timeline)
    return report


class _Look:
    """The look at one workspace: its accounts' lists, read once, and what they show."""

    def __init__(
        self,
        connection: psycopg.Connection,
        provider_dsn: str,
        workspace_id: int,
        actor: str,
        report: RestoreReport,
    ) -> None:
        self._connection = connection
        self._provider_dsn = provider_dsn
        self._workspace_id = workspace_id
        self._actor = actor
        self._report = report
        self._read_ids: list[int] = []
        self._chats: dict[int, KeptRead] = {}
        self._read_subjects: set[tuple[int, str]] = set()
        self._settled_jobs: set[int] = set()
        self.accounts: dict[int, ReadAccount] = {}

    async def run(self, api_key: str) -> None:
        self._refuse_calls_under_way()
        started_at = _scalar(self._connection, "select now()", [])
        async with open_provider(self._provider_dsn, api_key) as provider:
            for account in self._accounts_to_ask():
                await self._read_lists(provider, account)
            self._report.jobs += len(self._sends_to_ask())
            while await self._pass(provider, started_at):
                pass
        self._pause_unknown()

    async def _pass(self, provider: Provider, started_at: datetime) -> bool:
        """Append what is found; whether that may show more."""
        at = _scalar(self._connection, "select clock_timestamp()", [])
        _scalar(
            self._connection,
            "select outreach.end_waits_after_restore(%s, %s, %s)",
            [self._workspace_id, self._actor, at],
        )
        resolve_inbound(
            self._connection, actor=self._actor, only_workspace_id=self._workspace_id
        )
        sends = [
            send
            for send in self._sends_to_ask()
            if send.account_id in self.accounts
            and send.job_id not in self._settled_jobs
        ]
        await self._read_places(provider, sends)
        rendered = self._rendered(sends)
        verdicts = self._verdicts(sends, rendered, started_at, at)
        found = [verdict for verdict in verdicts if verdict.outcome in FOUND]
        for verdict in found or verdicts:
            self._settle(verdict, rendered.get(verdict.job_id), at)
        return bool(found)

    def _settle(
        self, verdict: Verdict, rendered: RenderedSend | None, at: datetime
    ) -> None:
        self._settled_jobs.add(verdict.job_id)
        self._report.verdicts.append(verdict)
        if verdict.outcome not in FOUND and verdict.enrollment_id is not None:
            self._pause(verdict.enrollment_id, verdict.detail, at)
        if verdict.outcome == "hold":
            return
        row = {"job_id": verdict.job_id} if rendered is None else rendered.as_row()
        _scalar(
            self._connection,
            "select outreach.append_found_send(%s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [
                self._workspace_id,
                Jsonb(row),
                "sent_proven"
                if verdict.outcome == "profile_found"
                else verdict.outcome,
                verdict.begun_at,
                verdict.provider_reference,
                Jsonb(verdict.facts),
                verdict.detail,
                self._actor,
                at,
            ],
        )

    def _pause(self, enrollment_id: int, why: str, at: datetime) -> None:
        """Nobody is written to before a person has looked what else was sent."""
        self._report.paused.add((self._workspace_id, enrollment_id))
        _scalar(
            self._connection,
            "select outreach.set_enrollment_pause(%s, %s, true, %s, %s, %s)",
            [
                self._workspace_id,
                enrollment_id,
                self._actor,
                f"after a restore: {why}. Look at LinkedIn before you resume.",
                at,
            ],
        )

    def _pause_unknown(self) -> None:
        """A send that was unknown in the backup may be decided since, and followed."""
        at = _scalar(self._connection, "select clock_timestamp()", [])
        for enrollment_id in self._connection.execute(
            "select enrollment_id from outreach.campaign_send_jobs"
            " where workspace_id = %s and status = 'unknown'"
            " and enrollment_id is not null order by enrollment_id",
            [self._workspace_id],
        ).fetchall():
            if (self._workspace_id, *enrollment_id) not in self._report.paused:
                self._pause(*enrollment_id, "its send is unknown", at)

    def _refuse_calls_under_way(self) -> None:
        self._connection.execute(
            "select outreach.expire_send_leases(%s)", [self._workspace_id]
        )
        count = _scalar(
            self._connection,
            "select count(*) from outreach.campaign_send_jobs"
            " where workspace_id = %s and status in ('claimed', 'sending')",
            [self._workspace_id],
        )
        if count:
            raise UnfinishedError(
                f"A sender holds {count} jobs of workspace {self._workspace_id} under "
                "leases that last 2 minutes. Stop every sender, and run this again "
                "after that."
            )

    def _accounts_to_ask(self) -> list[_Account]:
        with self._connection.cursor(row_factory=class_row(_Account)) as cursor:
            return cursor.execute(
                "select * from outreach.accounts_to_ask_after_restore(%s)",
                [self._workspace_id],
            ).fetchall()

    def _sends_to_ask(self) -> list[_AskedSend]:
        with self._connection.cursor(row_factory=class_row(_AskedSend)) as cursor:
            return cursor.execute(
                "select * from outreach.sends_to_ask_after_restore(%s)",
                [self._workspace_id],
            ).fetchall()

    async def _read_lists(self, provider: Provider, account: _Account) -> None:
        why_not = "it has no id at the provider"
        if account.provider_account_id and account.linkedin_identity:
            why_not = staleness_reason(
                await provider.get_account(account.provider_account_id),
                self._provider_dsn,
            )
        if why_not is not None:
            if not account.is_paused:
                raise UnfinishedError(
                    f"Nobody knows what {account.name} (account {account.account_id}) "
                    f"sent since the backup: {why_not}. Connect it again, or pause it "
                    "and run this again; resume it only after another look."
                )
            self._report.not_asked.append(f"{account.name}: {why_not}")
            return
        reader = ReadAccount(
            self._workspace_id,
            account.account_id,
            account.provider_account_id,
            account.linkedin_identity,
        )
        self.accounts[account.account_id] = reader
        # Pending first: an invite accepted between the two is among the relations.
        self._keep(
            reader,
            await provider_reads.read_sent_invitations(
                self._connection, provider, reader
            ),
        )
        relations = self._keep(
            reader,
            await provider_reads.read_relations(self._connection, provider, reader),
        )
        self._relations_read(relations)
        self._chats[account.account_id] = self._keep(
            reader, await provider_reads.read_chats(self._connection, provider, reader)
        )

    def _relations_read(self, relations: KeptRead) -> None:
        """Accepts since the backup are credited once their invites are found."""
        _scalar(
            self._connection,
            "select outreach.take_in_relations(%s, %s, 'replay')",
            [self._workspace_id, relations.read_id],
        )

    async def _read_places(
        self, provider: Provider, sends: Iterable[_AskedSend]
    ) -> None:
        """The chats and posts in which these sends would stand, each once."""
        for account_id, chats in self._chats.items():
            reader = self.accounts[account_id]
            for chat_id, person, subject in self._connection.execute(
                "select chat_id, provider_id, subject"
                " from outreach.chats_to_ask_after_restore(%s, %s, %s)",
                [self._workspace_id, chats.read_id, self._report.since],
            ).fetchall():
                if self._is_new(account_id, chat_id):
                    await self._read_chat(provider, reader, chat_id, person, subject)
        for send in sends:
            if send.social_id is not None and self._is_new(
                send.account_id, send.social_id
            ):
                await self._read_post(
                    provider, self.accounts[send.account_id], send.social_id
                )

    def _is_new(self, account_id: int, subject: str) -> bool:
        is_new = (account_id, subject) not in self._read_subjects
        self._read_subjects.add((account_id, subject))
        return is_new

    async def _read_chat(
        self,
        provider: Provider,
        reader: ReadAccount,
        chat_id: str,
        person: str,
        subject: str | None,
    ) -> None:
        def of(text: str) -> list[str]:
            texts: list[tuple[str, dict[str, str]]] = [
                ("send_message", {"message": text}),
                ("send_inmail", {"subject": subject or "", "body": text}),
                ("send_invite", {"note": text}),
            ]
            return [_sha256(reader, action, person, given) for action, given in texts]

        self._keep(
            reader,
            await provider_reads.keep_walk(
                self._connection,
                reader,
                "chat_messages",
                lambda _: provider.chat_messages(reader.provider_account_id, chat_id),
                lambda items: [
                    _written(item, sha256, item.get("timestamp"))
                    for item in items
                    if item.get("is_sender") and isinstance(item.get("text"), str)
                    for sha256 in of(item["text"])
                ],
                subject=chat_id,
            ),
        )

    async def _read_post(
        self, provider: Provider, reader: ReadAccount, social_id: str
    ) -> None:
        people = self._connection.execute(
            "select distinct prospects.provider_id"
            " from outreach.campaign_prospects as enrollments"
            " inner join outreach.prospects using (workspace_id, prospect_id)"
            " where enrollments.workspace_id = %s and enrollments.account_id = %s",
            [self._workspace_id, reader.account_id],
        ).fetchall()
        self._keep(
            reader,
            await provider_reads.keep_walk(
                self._connection,
                reader,
                "post_comments",
                lambda _: provider.post_comments(reader.provider_account_id, social_id),
                lambda items: [
                    _written(
                        item,
                        _sha256(reader, "comment", person, {"comment": item["text"]}),
                        item.get("date"),
                    )
                    for item in items
                    if provider_reads.author_of(item) == reader.linkedin_identity
                    and isinstance(item.get("text"), str)
                    for (person,) in people
                ],
                subject=social_id,
            ),
        )

    def _keep(self, reader: ReadAccount, read: KeptRead) -> KeptRead:
        if not read.is_complete:
            raise UnfinishedError(
                f"A list of account {reader.account_id} could not be read to its end, "
                "so what is missing in it proves nothing. Run this again later."
            )
        self._read_ids.append(read.read_id)
        self._report.reads += 1
        return read

    def _rendered(self, sends: Iterable[_AskedSend]) -> dict[int, RenderedSend]:
        """What a sender would send now, by job; a job whose template fails is left."""
        job_ids = [send.job_id for send in sends if send.status == "queued"]
        with self._connection.cursor(row_factory=class_row(ClaimedSend)) as cursor:
            claimed = cursor.execute(
                "select * from outreach.claimed_send_jobs(%s, %s)",
                [self._workspace_id, job_ids],
            ).fetchall()
        results = [render_send(send) for send in claimed]
        return {
            result.job_id: result
            for result in results
            if isinstance(result, RenderedSend)
        }

    def _verdicts(
        self,
        sends: Iterable[_AskedSend],
        rendered: dict[int, RenderedSend],
        started_at: datetime,
        at: datetime,
    ) -> list[Verdict]:
        asked = [
            {
                "job_id": send.job_id,
                "request_sha256": rendered[send.job_id].request_sha256
                if send.job_id in rendered
                else None,
            }
            for send in sends
        ]
        with self._connection.cursor(row_factory=class_row(Verdict)) as cursor:
            return cursor.execute(
                "select %s::bigint as workspace_id, verdicts.*"
                " from outreach.verdicts_after_restore(%s, %s, %s, %s, %s, %s)"
                " as verdicts",
                [
                    self._workspace_id,
                    self._workspace_id,
                    Jsonb(asked),
                    self._read_ids,
                    self._report.since,
                    started_at,
                    at,
                ],
            ).fetchall()


def _written(item: Item, sha256: str, given_at: object) -> Item:
    return {
        "reference": item["id"],
        "request_sha256": sha256,
        "happened_at": moment_of(given_at),
    }


def _sha256(
    reader: ReadAccount, action: str, person: str | None, texts: dict[str, str]
) -> str:
    """The hash under which the ledger would hold such a send."""
    return RenderedSend(
        job_id=0,
        action=action,
        variant=None,
        provider_account_id=reader.provider_account_id,
        recipient_provider_id=person,
        texts=texts,
        validation_stamps=[],
    ).request_sha256


def _refuse_other_providers(connection: psycopg.Connection, provider_dsn: str) -> None:
    others = _scalar(
        connection,
        "select string_agg(distinct workspaces.provider_dsn, ', ')"
        " from outreach.workspaces where workspaces.provider_dsn <> %s"
        " and exists (select 1 from outreach.campaign_send_jobs as jobs"
        " where jobs.workspace_id = workspaces.workspace_id"
        " and outreach.is_live_job(jobs.status))",
        [provider_dsn],
    )
    if others is not None:
        raise UnfinishedError(
            f"The database has workspaces of other providers ({others}), and only "
            f"{provider_dsn} can be asked with these settings. Pause their campaigns "
            "and end their jobs first."
        )


def _scalar(connection: psycopg.Connection, query: str, values: list[Any]) -> object:
    with connection.cursor(row_factory=scalar_row) as cursor:
        return cursor.execute(query, values).fetchone()
