#!/usr/bin/env python
"""Reverses accepts that were credited to campaigns whose invite they cannot answer.

A dry run unless --commit is given and CONFIRM=yes is set. Each gets an accept_reverted
event, loses its accept time and goes back to pending_accept if its own invite was
sent, else to ready_to_invite. What the provider told stays as it is (LL#275).
"""

import itertools
import pathlib
import sys
from collections import Counter
from collections.abc import Iterable

import click
import psycopg

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from trueup.heals.gate import (
    ACCOUNT_LOCK,
    NOTHING_WRITTEN,
    Heal,
    SentenceError,
    Subject,
    exit_code_of,
    gated,
    opened,
    print_table,
    run_heal,
)
from trueup.inbound.lists.leaked_accepts import LeakedAccept, find_leaks, revert

HEAL = Heal(
    "revert_leaked_accepts",
    "select count(*) from outreach.leaked_accepts(%(workspace_id)s)"
    " where account_id = %(account_id)s and obstacle is null",
    ACCOUNT_LOCK,
)


@click.command(help=__doc__)
@click.option("--workspace", help="Only this workspace, by its name or id.")
@gated
def main(workspace: str | None, commit: bool) -> None:
    """Prints what was or would be done; 1 if some are left, 2 if it cannot start."""
    with opened(HEAL.name) as connection:
        leaks = find_leaks(connection, _chosen(connection, workspace))
        outcomes = list(
            run_heal(
                connection,
                HEAL,
                _subjects(leaks),
                lambda mine: revert(connection, mine),
                actor=HEAL.name,
                commit=commit,
            )
        )
    reverted = {
        (leak.workspace_id, leak.enrollment_id): leak
        for outcome in outcomes
        for leak in outcome.result or []
    }
    done = [
        reverted.get((leak.workspace_id, leak.enrollment_id), leak) for leak in leaks
    ]
    _print(done, commit=commit)
    for outcome in outcomes:
        if outcome.error:
            click.echo(f"{outcome.subject.label}: {outcome.error}", err=True)
    is_left = any(leak.obstacle for leak in done)
    sys.exit(int(is_left) or exit_code_of(outcomes))


def _subjects(leaks: Iterable[LeakedAccept]) -> list[Subject]:
    """The leaks that can be reversed, account by account."""

    def account_of(leak: LeakedAccept) -> tuple[int, int, str]:
        return leak.workspace_id, leak.account_id, leak.account_name

    reversible = sorted((leak for leak in leaks if not leak.obstacle), key=account_of)
    return [
        Subject(
            workspace_id,
            f"{account_name} (account {account_id})",
            {"workspace_id": workspace_id, "account_id": account_id},
            list(mine),
        )
        for (workspace_id, account_id, account_name), mine in itertools.groupby(
            reversible, key=account_of
        )
    ]


def _chosen(connection: psycopg.Connection, wanted: str | None) -> int | None:
    if wanted is None:
        return None
    rows = connection.execute(
        "select workspace_id from outreach.workspaces"
        " where name = %s or workspace_id::text = %s",
        [wanted, wanted],
    ).fetchall()
    if len(rows) != 1:
        is_none = "There is no workspace" if not rows else "There are several named"
        raise SentenceError(f'{is_none} "{wanted}". Give its id.')
    return rows[0][0]


def _print(leaks: Iterable[LeakedAccept], *, commit: bool) -> None:
    counts = Counter(
        (leak.campaign_name, leak.why, leak.obstacle or f"to {leak.verdict}")
        for leak in leaks
    )
    if not counts:
        click.echo("No accept stands on a campaign that it cannot belong to.")
        return
    print_table(
        ("campaign", "why", "back" if commit else "would go back", "accepts"),
        [(*row, str(count)) for row, count in sorted(counts.items())],
    )
    if not commit:
        click.echo(NOTHING_WRITTEN)


if __name__ == "__main__":
    main()
