#!/usr/bin/env python
"""Puts next actions that nothing justifies at their clamp (LL#274, LL#279).

Those that the mart stale_next_actions lists, a late one once only. A dry run unless
--commit is given and CONFIRM=yes is set; each account is a transaction of its own. The
asset healed_next_actions does the same every half hour.
"""

import pathlib
import sys
from collections import Counter
from collections.abc import Iterable

import click

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from trueup.cli.row_ids import ROW_ID
from trueup.heals.gate import (
    ACCOUNT_LOCK,
    Heal,
    Outcome,
    SentenceError,
    Subject,
    acted,
    exit_code_of,
    gated,
    opened,
    print_outcomes,
    print_table,
    refuse_unknown_account,
    run_heal,
)
from trueup.heals.next_actions import (
    HealedNextAction,
    ModelsNotBuiltError,
    StaleAccount,
    heal_account,
    stale_accounts,
)

HEAL = Heal(
    "heal_stale_next_actions",
    "select count(*) from analytics.stale_next_actions"
    " where workspace_id = %(workspace_id)s and account_id = %(account_id)s",
    ACCOUNT_LOCK,
)
MOST_ROWS = 200


@click.command(help=__doc__)
@click.option("--account", type=ROW_ID, help="Only this account, by its id.")
@acted
@gated
def main(account: int | None, actor: str, commit: bool) -> None:
    """Ends with 1 if a heal was rolled back or failed, with 2 if it cannot start."""
    with opened(HEAL.name) as connection:
        refuse_unknown_account(connection, account)
        try:
            stale = stale_accounts(connection)
        except ModelsNotBuiltError as error:
            raise SentenceError(str(error)) from None
        chosen = [one for one in stale if account in (None, one.account_id)]
        outcomes = list(
            run_heal(
                connection,
                HEAL,
                [_subject(one) for one in chosen if one.healable],
                lambda one: heal_account(connection, one, actor=actor),
                actor=actor,
                commit=commit,
            )
        )
    _print_moves(outcomes)
    print_outcomes(outcomes, commit=commit, nothing="No next action can be healed.")
    left = sum(one.stale - one.healable for one in chosen)
    if left:
        click.echo(
            f"{left} were moved before, are late again and stay: their sender does not "
            "send. Look at the runs of send_due_jobs."
        )
    sys.exit(exit_code_of(outcomes))


def _subject(account: StaleAccount) -> Subject:
    keys = {"workspace_id": account.workspace_id, "account_id": account.account_id}
    label = f"{account.workspace_name}, {account.account_name}"
    label += f" (account {account.account_id})"
    return Subject(account.workspace_id, label, keys, account)


def _print_moves(outcomes: Iterable[Outcome[list[HealedNextAction]]]) -> None:
    moves = Counter(
        (
            outcome.subject.label,
            row.kind,
            "—" if row.was_due_at is None else f"{row.was_due_at:%Y-%m-%d}",
            "—" if row.due_at is None else f"{row.due_at:%Y-%m-%d %H:%M %Z}",
        )
        for outcome in outcomes
        for row in outcome.result or []
    )
    rows = [(*move, str(count)) for move, count in sorted(moves.items())]
    if rows:
        headings = ("account", "kind", "was due on", "is due", "next actions")
        print_table(headings, rows[:MOST_ROWS])
    if len(rows) > MOST_ROWS:
        click.echo(f"and {len(rows) - MOST_ROWS} rows more")


if __name__ == "__main__":
    main()
