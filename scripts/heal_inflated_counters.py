#!/usr/bin/env python
"""Sets cached daily counters that differ from their rows to what the rows say (LL#273).

Of each account's own today and yesterday. A dry run unless --commit is given and
CONFIRM=yes is set; each account is a transaction of its own. The asset
healed_daily_counters does it for today every half hour, for the last week each day.
"""

import datetime as dt
import pathlib
import sys

import click

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from trueup.cli.row_ids import ROW_ID
from trueup.heals.daily_counters import (
    DriftedAccount,
    drifted_accounts,
    heal_account,
)
from trueup.heals.gate import (
    ACCOUNT_LOCK,
    Heal,
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

HEAL = Heal(
    "heal_inflated_counters",
    "select count(*) from outreach.daily_counter_truths(%(workspace_id)s,"
    " %(account_id)s, %(from_date)s, %(to_date)s)"
    " where kind <> 'none'",
    ACCOUNT_LOCK,
)


@click.command(help=__doc__)
@click.option("--account", type=ROW_ID, help="Only this account, by its id.")
@acted
@gated
def main(account: int | None, actor: str, commit: bool) -> None:
    """Ends with 1 if a heal was rolled back or failed, with 2 if it cannot start."""
    with opened(HEAL.name) as connection:
        refuse_unknown_account(connection, account)
        subjects = [
            _subject(one)
            for one in drifted_accounts(connection)
            if account in (None, one.account_id)
        ]
        outcomes = list(
            run_heal(
                connection,
                HEAL,
                subjects,
                lambda drifted: heal_account(connection, drifted, actor),
                actor=actor,
                commit=commit,
            )
        )
    counters = [
        (
            outcome.subject.label,
            row.action,
            row.counted_on.isoformat(),
            f"{row.before} → {row.after}",
            row.kind,
        )
        for outcome in outcomes
        for row in outcome.result or []
    ]
    if counters:
        print_table(("account", "action", "day", "counter", "kind"), counters)
    print_outcomes(outcomes, commit=commit, nothing="Every counter is right.")
    sys.exit(exit_code_of(outcomes))


def _subject(account: DriftedAccount) -> Subject:
    keys = {
        "workspace_id": account.workspace_id,
        "account_id": account.account_id,
        "from_date": account.local_date - dt.timedelta(days=account.days_before),
        "to_date": account.local_date,
    }
    label = f"{account.workspace_name}, {account.account_name}"
    label += f" (account {account.account_id})"
    return Subject(account.workspace_id, label, keys, account)


if __name__ == "__main__":
    main()
