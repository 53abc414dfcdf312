"""`trueup heal`: repairs of stored rows, with dry runs as the default."""

import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import click
import psycopg

from trueup.cli.finding import account_of, campaign_of, workspace_id_of
from trueup.cli.options import (
    account_option,
    actor_option,
    campaign_option,
    commit_option,
    script_connection,
    workspace_option,
)
from trueup.cli.outcomes import exit_code_of, print_outcomes
from trueup.cli.output import print_table
from trueup.cli.sentences import NOTHING_WRITTEN, SentenceError, say
from trueup.heals.gate import Outcome
from trueup.postgres.error_sentences import sentence_of

if TYPE_CHECKING:
    from trueup.campaigns.rearming import Rearming
    from trueup.heals.next_actions import HealedNextAction
    from trueup.inbound.lists.leaked_accepts import LeakedAccept

MOST_ROWS = 200


@click.group()
def heal() -> None:
    """Repairs of stored rows, dry runs first.

    Each commits account by account, keeps a repair only if it lowers the number of
    faults, and stores its proof in outreach.heal_reports. A dry run unless --commit is
    given and CONFIRM=yes is set.
    """


@heal.command("counters")
@workspace_option("The workspace of --account, by its name or id.")
@account_option()
@actor_option
@commit_option
def heal_counters(
    workspace: str | None, account: str | None, actor: str, commit: bool
) -> None:
    """Set cached daily counters to the counts of their rows.

    Heals drifted counters of each account's own today and yesterday. The asset
    healed_daily_counters heals today every half hour, and the last week each day. Ends
    with 1 if a heal was rolled back or failed, with 2 if it cannot start.

    Example: CONFIRM=yes trueup heal counters --account Anisha --commit
    """
    from trueup.heals import counter_runs

    with script_connection(counter_runs.HEAL.name) as connection:
        outcomes = counter_runs.heal_counters(
            connection,
            _account_id(connection, account, workspace),
            actor=actor,
            commit=commit,
        )
    counters = [
        (
            outcome.subject.label,
            row.action,
            row.counted_on,
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


@heal.command("next-actions")
@workspace_option("The workspace of --account, by its name or id.")
@account_option()
@actor_option
@commit_option
def heal_next_actions(
    workspace: str | None, account: str | None, actor: str, commit: bool
) -> None:
    """Move stale next actions to the next possible moment.

    Moves the next actions in the mart stale_next_actions, a late one only once. The
    asset healed_next_actions does the same every half hour. Ends with 1 if a heal was
    rolled back or failed, with 2 if it cannot start.

    Example: trueup heal next-actions --account Anisha
    """
    from trueup.heals.next_action_runs import HEAL, heal_next_actions_of
    from trueup.heals.next_actions import ModelsNotBuiltError

    with script_connection(HEAL.name) as connection:
        account_id = _account_id(connection, account, workspace)
        try:
            run = heal_next_actions_of(
                connection, account_id, actor=actor, commit=commit
            )
        except ModelsNotBuiltError as error:
            raise SentenceError(str(error)) from None
    _print_moves(run.outcomes)
    print_outcomes(run.outcomes, commit=commit, nothing="No next action can be healed.")
    if run.left:
        click.echo(
            f"{run.left} were moved before, are late again and stay: their sender does "
            "not send. Look at the runs of send_due_jobs."
        )
    sys.exit(exit_code_of(run.outcomes))


@heal.command("parked")
@workspace_option("The workspace of --campaign, by its name or id.")
@campaign_option()
@commit_option
def heal_parked(workspace: str | None, campaign: str | None, commit: bool) -> None:
    """Re-arm prospects parked for a template that validates today.

    Prints by campaign how many are or would be re-armed, how many still fail, and why.
    Ends with 1 if some still fail, with 2 if it cannot start.

    Example: trueup heal parked --campaign "PIPL Connection"
    """
    from trueup.heals.parked_runs import HEAL, is_whole, rearm_parked_people

    with script_connection(HEAL.name) as connection:
        campaign_id = None
        if campaign is not None:
            campaign_id = campaign_of(connection, campaign, workspace).found_id
        outcomes = rearm_parked_people(connection, campaign_id, commit=commit)
    _print_rearmed(outcomes, commit=commit)
    sys.exit(int(not is_whole(outcomes)))


@heal.command("leaked-accepts")
@workspace_option("Only this workspace, by its name or id.")
@commit_option
def heal_leaked_accepts(workspace: str | None, commit: bool) -> None:
    """Reverse accepts credited to the wrong campaign.

    Reverses accepts whose campaign sent no invite that they could answer. Each gets an
    accept_reverted event, loses its accept time, and returns to pending_accept if its
    own invite was sent, else to ready_to_invite. The provider's events are not changed.
    Ends with 1 if some are left, with 2 if it cannot start.

    Example: CONFIRM=yes trueup heal leaked-accepts --workspace PIPL --commit
    """
    from trueup.inbound.lists.leaked_runs import HEAL, revert_leaks

    with script_connection(HEAL.name) as connection:
        run = revert_leaks(
            connection, workspace_id_of(connection, workspace), commit=commit
        )
    _print_leaks(run.leaks, commit=commit)
    _print_errors(run.outcomes)
    is_left = any(leak.obstacle for leak in run.leaks)
    sys.exit(int(is_left) or exit_code_of(run.outcomes))


@heal.command("stuck-accounts")
@workspace_option("Only this workspace, by its name or id.")
@actor_option
@commit_option
def heal_stuck_accounts(workspace: str | None, actor: str, commit: bool) -> None:
    """Connect accounts whose state at the provider is OK.

    Queries the provider about each account in connecting. Accounts that work are
    flipped with their audit rows, get their subscriptions, and catch up.

    Example: trueup heal stuck-accounts --workspace PIPL
    """
    from trueup.inbound.accounts.stuck import (
        HEAL,
        connect_stuck,
        flipped,
        restore_flipped,
    )
    from trueup.inbound.settings import (
        UnusableSettingError,
        providers_of,
        providers_of_environment,
    )
    from trueup.unipile.addresses import UnusableProviderError

    outcomes = []
    try:
        providers = providers_of_environment()
        with script_connection(HEAL.name) as connection:
            workspace_id = workspace_id_of(connection, workspace)
            if workspace_id is not None:
                providers = providers_of(connection, workspace_id)
            for dsn, api_key in providers:
                found = []
                for outcome in connect_stuck(
                    connection, dsn, api_key, workspace_id, actor=actor, commit=commit
                ):
                    found.append(outcome)
                    _print_stuck(outcome)
                outcomes += found
                if commit:
                    back = flipped(found)
                    for why in restore_flipped(connection, dsn, api_key, back):
                        say(f"Not told by webhooks: {why}", err=True)
    except (UnusableProviderError, UnusableSettingError) as error:
        raise SentenceError(str(error)) from None
    except (
        psycopg.errors.NoDataFound,
        psycopg.errors.ObjectNotInPrerequisiteState,
    ) as refusal:
        raise SentenceError(sentence_of(refusal)) from None
    verb = "flipped" if commit else "would be flipped"
    back = flipped(outcomes)
    click.echo(f"{len(back)} of {len(outcomes)} stuck accounts {verb} to connected.")
    if not commit:
        click.echo(NOTHING_WRITTEN)
    sys.exit(int(any(outcome.verdict == "failed" for outcome in outcomes)))


def _account_id(
    connection: psycopg.Connection, account: str | None, workspace: str | None
) -> int | None:
    if account is None:
        return None
    return account_of(connection, account, workspace).found_id


def _print_moves(outcomes: Iterable[Outcome[list["HealedNextAction"]]]) -> None:
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
    rows = [(*move, count) for move, count in sorted(moves.items())]
    if rows:
        headings = ("account", "kind", "was due on", "is due", "next actions")
        print_table(headings, rows[:MOST_ROWS])
    if len(rows) > MOST_ROWS:
        click.echo(f"and {len(rows) - MOST_ROWS} rows more")


def _print_rearmed(outcomes: "list[Outcome[Rearming]]", *, commit: bool) -> None:
    if not outcomes:
        click.echo("Nobody is parked for a template.")
        return
    done = [one for one in outcomes if one.result is not None]
    print_table(
        (
            "workspace, campaign",
            "re-armed" if commit else "would be re-armed",
            "still fail",
        ),
        [
            (
                outcome.subject.label,
                outcome.result.rearmed,
                outcome.result.still_parked_count,
            )
            for outcome in done
        ],
    )
    for outcome in done:
        for row in outcome.result.still_parked:
            say(
                f"{outcome.subject.target.campaign_name}, step {row.step_id}: "
                f"{row.count} still fail. {row.reason}"
            )
    _print_errors(outcomes)
    if not commit:
        click.echo(NOTHING_WRITTEN)


def _print_leaks(leaks: "Sequence[LeakedAccept]", *, commit: bool) -> None:
    counts = Counter(
        (leak.campaign_name, leak.why, leak.obstacle or f"to {leak.verdict}")
        for leak in leaks
    )
    if not counts:
        click.echo("No accept stands on a campaign that it cannot belong to.")
        return
    print_table(
        ("campaign", "why", "back" if commit else "would go back", "accepts"),
        [(*row, count) for row, count in sorted(counts.items())],
    )
    if not commit:
        click.echo(NOTHING_WRITTEN)


def _print_stuck(outcome: Outcome) -> None:
    said = outcome.error or outcome.verdict
    to_status = "connecting"
    if outcome.result is not None:
        said = outcome.result.provider_state or outcome.result.why or "nothing"
        to_status = outcome.result.to_status
    say(
        f"workspace {outcome.subject.workspace_id}, {outcome.subject.label}: the "
        f"provider says {said}, so connecting → {to_status}"
    )


def _print_errors(outcomes: Iterable[Outcome]) -> None:
    for outcome in outcomes:
        if outcome.error:
            say(f"{outcome.subject.label}: {outcome.error}", err=True)
