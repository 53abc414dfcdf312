"""`trueup send`: processing the queue, and deciding its unknown sends."""

import contextlib
import functools
import os
import socket

import click

from trueup.cli.finding import workspace_of
from trueup.cli.options import (
    actor_option,
    commit_option,
    reason_option,
    script_connection,
    workspace_option,
)
from trueup.cli.row_ids import ROW_ID
from trueup.cli.sentences import (
    NOTHING_WRITTEN,
    RefusalError,
    SentenceError,
    escaped_lines,
    say,
)


@click.group()
def send() -> None:
    """The send queue: work it, decide unknown sends."""


@send.command("run")
@click.option("--once", is_flag=True, help="Stop when nothing is due any more.")
@click.option(
    "--worker",
    metavar="NAME",
    help="This worker's name; host and process id by default.",
)
@click.option(
    "--seconds",
    metavar="NUMBER",
    default=45.0,
    show_default=True,
    help="How long one drain may start new rounds.",
)
def run_sender(once: bool, worker: str | None, seconds: float) -> None:
    """Work the send queue without Dagster: once, or forever.

    Sends due jobs within limits and windows. It is the same drain as the send_queue
    asset; both may run concurrently, on several machines. During an outage of the
    provider or the database it prints the error once, waits, and retries.

    Example: trueup send run --once
    """
    import rich.console
    import rich.progress

    from trueup.postgres.connection import UnusableDatabaseError, connect_migrated
    from trueup.postgres.witness import RefusedLedgerError
    from trueup.sender import DrainReport, UnusableProviderError
    from trueup.sender.looping import connect_until_stopped, send_until_stopped
    from trueup.sender.stopping import stopping_on_signals

    worker = worker or f"{socket.gethostname()}:{os.getpid()}"
    try:
        dsn, api_key = os.environ["UNIPILE_DSN"], os.environ["UNIPILE_API_KEY"]
    except KeyError as missing:
        raise RefusalError(
            f"{missing.args[0]} is not set. Set UNIPILE_DSN to the provider's address "
            "and UNIPILE_API_KEY to its key; scripts/up does both for its sandbox."
        ) from None

    console = rich.console.Console(stderr=True)
    columns = (rich.progress.SpinnerColumn(), "{task.description}")

    def tell(trouble: str) -> None:
        console.print(escaped_lines(trouble), markup=False, soft_wrap=True)

    try:
        with (
            stopping_on_signals() as is_stopping,
            contextlib.ExitStack() as opened,
        ):
            connection = connect_until_stopped(
                functools.partial(
                    connect_migrated,
                    autocommit=True,
                    role="sender",
                    application_name=f"send {worker}",
                ),
                is_once=once,
                is_stopping=is_stopping,
                on_trouble=tell,
            )
            if connection is None:
                return
            opened.enter_context(connection)
            progress = opened.enter_context(
                rich.progress.Progress(*columns, console=console)
            )
            task = progress.add_task("nothing sent yet", total=None)

            def show(report: DrainReport) -> None:
                progress.update(
                    task,
                    description=f"{report.sent} sent, {report.unknown} unknown,"
                    f" {report.parked} parked, {report.claimed} claimed",
                )

            send_until_stopped(
                connection,
                worker=worker,
                provider_dsn=dsn,
                api_key=api_key,
                seconds=seconds,
                is_once=once,
                is_stopping=is_stopping,
                on_round=show,
                on_trouble=tell,
            )
    except (
        UnusableDatabaseError,
        UnusableProviderError,
        RefusedLedgerError,
    ) as unusable:
        raise RefusalError(str(unusable)) from None


@send.command("decide")
@click.argument("attempt", type=ROW_ID)
@workspace_option()
@click.option(
    "--sent", "decision", flag_value="sent", help="The person did receive it."
)
@click.option(
    "--unsent",
    "decision",
    flag_value="unsent",
    help="They did not: it is queued and sent again.",
)
@reason_option("How you know; kept with the decision.")
@actor_option
@commit_option
def decide_unknown_send(
    attempt: int,
    workspace: str | None,
    decision: str | None,
    reason: str,
    actor: str,
    commit: bool,
) -> None:
    """Decide whether a call without an answer was sent.

    ATTEMPT is the id in the mart unknown_sends. For attempts that the provider's lists
    cannot decide, after a person has checked on LinkedIn. A dry run unless --commit is
    given and CONFIRM=yes is set. The actor and the reason are stored.

    Example: trueup send decide 17 --sent --reason "seen on LinkedIn"
    """
    from trueup.heals.decisions import UNKNOWN_SEND
    from trueup.heals.decisions import decide_unknown_send as decide

    if decision is None:
        raise SentenceError("Say what became of it: give --sent or --unsent.")
    with script_connection(UNKNOWN_SEND.name) as connection:
        outcome = decide(
            connection,
            workspace_of(connection, workspace).workspace_id,
            attempt,
            is_sent=decision == "sent",
            reason=reason,
            actor=actor,
            commit=commit,
        )
    if outcome.result is None:
        raise SentenceError(outcome.error)
    job_id, job_status, enrollment_id, linkedin_status, next_action_at = outcome.result
    becomes = "is" if commit else "would be"
    due = "" if next_action_at is None else f", due {next_action_at:%Y-%m-%d %H:%M %Z}"
    say(
        f"Attempt {attempt} counts as {decision}: job {job_id} {becomes} {job_status}, "
        f"enrollment {enrollment_id} {linkedin_status}{due}."
    )
    if not commit:
        click.echo(NOTHING_WRITTEN)
