"""Compares the ledger with the sandbox's journal of what it really did.

Belongs here: this comparison, for tests and for `trueup sandbox check`. A real provider
has no journal.
"""

import collections
import pathlib
from collections.abc import Iterable

import psycopg

from trueup.heals.consistency import Violation, consistency_violations
from unipile_sandbox.journal import Line, read_journal
from unipile_sandbox.v2.ids import named

# What was done, from which account, to whom (or to which post).
Deed = tuple[str, str, str]

# The noun of each kind of journal line, for sentences.
NAMES = {
    "invite_sent": "the invite",
    "message_sent": "the messages",
    "comment_posted": "the comments",
    "invite_withdrawn": "the withdrawal",
}
KINDS = {
    "send_invite": "invite_sent",
    "send_message": "message_sent",
    "send_inmail": "message_sent",
    "comment": "comment_posted",
    "withdraw_invite": "invite_withdrawn",
}


def find_violations(
    connection: psycopg.Connection, journal: pathlib.Path | None
) -> list[Violation]:
    """Contradictions in the database, and with a journal between the two."""
    violations = consistency_violations(connection)
    if journal is not None:
        violations += compare_with_journal(connection, journal)
    return violations


def compare_with_journal(
    connection: psycopg.Connection, journal: pathlib.Path
) -> list[Violation]:
    """Actions that the sandbox did more often than the ledger says, or not at all."""
    really_done = deeds_of(read_journal(journal))
    known: dict[Deed, collections.Counter[str]] = collections.defaultdict(
        collections.Counter
    )
    workspaces: dict[Deed, int] = {}
    for workspace_id, action, account, person, social_id, state in connection.execute(
        "select attempts.workspace_id, attempts.action, attempts.provider_account_id,"
        " attempts.recipient_provider_id, outreach.step_social_id("
        " row(steps.*)::outreach.campaign_steps, row(prospects.*)::outreach.prospects),"
        " attempts.state"
        " from outreach.attempt_states as attempts"
        " left join outreach.campaign_steps as steps using (workspace_id, step_id)"
        " left join outreach.prospects using (workspace_id, prospect_id)"
        " where attempts.action <> 'resolve_profile'"
    ):
        subject = _post_of(social_id) if action == "comment" else person
        deed = (KINDS[action], account, subject)
        known[deed][state] += 1
        workspaces[deed] = workspace_id

    violations: list[Violation] = []
    for deed in sorted(really_done.keys() | known.keys(), key=str):
        kind, account, subject = deed
        times, states = really_done[deed], known[deed]
        sentence = f"{NAMES[kind]} from {account} to {subject}"
        for wrong, detail in _wrongs(kind, times, states):
            violations.append((wrong, workspaces.get(deed, 0), sentence, detail))
    return violations


def _post_of(social_id: str | None) -> str | None:
    """LinkedIn's name of a post, as the journal has it for both versions."""
    return named("post", social_id or "") or social_id


def deeds_of(lines: Iterable[Line]) -> collections.Counter[Deed]:
    """How often each deed was done since the journal's last reset.

    The note of an accepted invite opens the chat as a message without a call, so it is
    left out.
    """
    deeds: collections.Counter[Deed] = collections.Counter()
    notes: dict[tuple[str, str], str | None] = {}
    for line in lines:
        if line["kind"] == "reset":
            deeds.clear()
            notes.clear()
            continue
        account = line.get("account_id")
        person = line.get("provider_id") or line.get("social_id")
        if line["kind"] == "invite_sent":
            notes[account, person] = line["message"]
        note = notes.get((account, person))
        if line["kind"] == "message_sent" and note and line["text"] == note:
            del notes[account, person]
            continue
        if line["kind"] in NAMES:
            deeds[line["kind"], account, person] += 1
    return deeds


def _wrongs(
    kind: str, times: int, states: collections.Counter[str]
) -> Iterable[tuple[str, str]]:
    possible = states["sent"] + states["unknown"] + states["open"]
    if kind == "invite_sent" and times > 1:
        yield "duplicated", f"really went out {times} times"
    elif times > possible and possible:
        yield "duplicated", f"were really done {times} times, {possible} are known"
    if times and not possible:
        yield "lost", "really went out, and the ledger does not know"
    if times < states["sent"] and (kind != "invite_sent" or not times):
        yield "lost", f"{states['sent']} are called sent, and {times} went out"
