"""Compares the ledger with what a sandbox really did.

Belongs here: the one place where the sandbox's journal and the database meet, for
tests and for scripts/check_consistency.py. A real provider keeps no journal.
"""

import collections
import pathlib

import psycopg

from dagster_project.unipile.sandbox.journal import read_journal

Violation = tuple[str, int, str, str]


def compare_with_journal(
    connection: psycopg.Connection, journal: pathlib.Path
) -> list[Violation]:
    """Invites that really went out twice, without our knowing, or not at all."""
    really_sent: collections.Counter[tuple[str, str]] = collections.Counter()
    for line in read_journal(journal):
        if line["kind"] == "reset":
            really_sent.clear()
        elif line["kind"] == "invite_sent":
            really_sent[line["account_id"], line["provider_id"]] += 1
    states: dict[tuple[str, str], set[str]] = collections.defaultdict(set)
    workspaces: dict[tuple[str, str], int] = {}
    for workspace_id, account, person, state in connection.execute(
        "select workspace_id, provider_account_id, recipient_provider_id,"
        " outreach.attempt_state(workspace_id, attempt_id)"
        " from outreach.send_attempts where action = 'send_invite'"
    ):
        states[account, person].add(state)
        workspaces[account, person] = workspace_id

    violations: list[Violation] = []
    for key in really_sent.keys() | states.keys():
        subject = f"the invite from {key[0]} to {key[1]}"
        workspace_id = workspaces.get(key, 0)
        if really_sent[key] > 1:
            detail = f"really went out {really_sent[key]} times"
            violations.append(("duplicated", workspace_id, subject, detail))
        if really_sent[key] and not states[key] & {"sent", "unknown", "open"}:
            detail = "really went out, and the ledger does not know"
            violations.append(("lost", workspace_id, subject, detail))
        if not really_sent[key] and "sent" in states[key]:
            detail = "is called sent, and never went out"
            violations.append(("lost", workspace_id, subject, detail))
    return violations
