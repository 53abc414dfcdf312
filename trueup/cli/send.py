"""`trueup send`: processing the queue, its forecast, and deciding unknown sends."""

import contextlib
import dataclasses
import datetime as dt
import functools
import itertools
import os
import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click
import psycopg

from trueup.cli.finding import account_of, campaign_of, workspace_of
from trueup.cli.options import (
    Moment,
    account_option,
    actor_option,
    campaign_option,
    commit_option,
    reason_option,
    script_connection,
    workspace_option,
)
from trueup.cli.output import Output, listing_options, rows_of
from trueup.cli.row_ids import ROW_ID
from trueup.cli.sentences import (
    NOTHING_WRITTEN,
    RefusalError,
    SentenceError,
    escaped_lines,
    say,
)
from trueup.cli.shares import WorkspaceSpans
from trueup.postgres.error_sentences import sentence_of

if TYPE_CHECKING:
    from rich.console import Console

    from trueup.sender import DrainReport
    from trueup.sender.forecast import ForecastAct
    from trueup.sender.queue import Share

# Each text takes a preview, so a table of more reads the first ones only.
MOST_RENDERED = 50
OUTLOOKS = {
    "after_horizon": "later",
    "blocked": "only once somebody acts",
    "ending": "never: the sender ends it",
}


@click.group()
def send() -> None:
    """The send queue: work it, see what is next, decide unknown sends."""


@send.command("run")
@click.option(
    "--once/--forever",
    default=False,
    help="Stop when nothing is due any more, or wait for what is due next (default).",
)
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
    help="With --once: how long it may start new rounds before it begins anew.",
)
@click.option(
    "--workspaces",
    "share",
    type=WorkspaceSpans(),
    metavar="SPANS",
    help="Only the workspaces with these ids, such as 1-1000,1500 or 1001-.",
)
def run_sender(
    once: bool, worker: str | None, seconds: float, share: "Share | None"
) -> None:
    """Work the send queue without Dagster: once, or forever.

    Sends due jobs within limits and windows. It is the same loop as the send_queue
    asset; several may run concurrently, on several machines, each for all workspaces or
    for a share of them. It looks each second whether a job is due, and prints a line
    for each minute that sent something. During an outage of the provider or the
    database it prints the error once, waits, and retries. SIGTERM and Ctrl-C end it
    after the calls in progress.

    Example: trueup send run --workspaces 1-1000
    """
    import rich.console

    from trueup.inbound.settings import UnusableSettingError, providers_of_environment
    from trueup.postgres.connection import UnusableDatabaseError, connect_migrated
    from trueup.postgres.witness import RefusedLedgerError
    from trueup.sender.looping import connect_until_stopped, send_once
    from trueup.sender.stopping import stopping_on_signals
    from trueup.unipile.addresses import UnusableProviderError

    worker = worker or f"{socket.gethostname()}:{os.getpid()}"
    try:
        providers = providers_of_environment()
    except UnusableSettingError as unset:
        raise RefusalError(str(unset)) from None

    console = rich.console.Console(stderr=True)

    def tell(trouble: str) -> None:
        console.print(escaped_lines(trouble), markup=False, soft_wrap=True)

    connect = functools.partial(
        connect_migrated,
        autocommit=True,
        role="sender",
        application_name=f"send {worker}",
    )
    try:
        with stopping_on_signals() as is_stopping:
            connecting = functools.partial(
                connect_until_stopped, connect, is_stopping=is_stopping, on_trouble=tell
            )
            if not once:
                _send_forever(
                    connecting, worker, providers, share, is_stopping, console, tell
                )
                return
            connection = connecting(is_once=True)
            if connection is None:
                return
            with connection, _progress(console) as on_round:
                if empty := _sentence_of_empty(connection, share):
                    raise RefusalError(empty)
                send_once(
                    connection,
                    worker=worker,
                    providers=providers,
                    seconds=seconds,
                    share=share,
                    is_stopping=is_stopping,
                    on_round=on_round,
                    on_trouble=tell,
                )
    except (
        UnusableDatabaseError,
        UnusableProviderError,
        RefusedLedgerError,
    ) as unusable:
        raise RefusalError(str(unusable)) from None


def _send_forever(
    connecting: Callable[..., psycopg.Connection | None],
    worker: str,
    providers: Sequence[tuple[str, str]],
    share: "Share | None",
    is_stopping: threading.Event,
    console: "Console",
    tell: Callable[[str], None],
) -> None:
    """Send through each provider, in a thread and on a connection of its own."""
    from trueup.sender.looping import send_until_stopped

    def send(provider: tuple[str, str]) -> None:
        try:
            connection = connecting(is_once=False)
            if connection is None:
                return
            with connection, _line_each_minute(console) as on_round:
                # A lost connection is opened again below.
                with contextlib.suppress(psycopg.OperationalError):
                    empty = _sentence_of_empty(connection, share)
                    if empty and provider == providers[0]:
                        tell(empty)
                send_until_stopped(
                    connection,
                    worker=worker,
                    provider=provider,
                    share=share,
                    is_stopping=is_stopping,
                    on_round=on_round,
                    on_trouble=tell,
                )
        finally:
            is_stopping.set()  # an error that ends one ends them all

    others = [threading.Thread(target=send, args=[each]) for each in providers[1:]]
    for each in others:
        each.start()
    send(providers[0])
    for each in others:
        each.join()


def _sentence_of_empty(
    connection: psycopg.Connection, share: "Share | None"
) -> str | None:
    """What to say of a share without a workspace."""
    from trueup.sender.queue import workspaces_of

    if share is None or workspaces_of(connection, None, share):
        return None
    return (
        "No workspace has an id of --workspaces, so this sender has nothing to send. "
        "`trueup workspace list` shows the ids."
    )


@contextlib.contextmanager
def _progress(console: "Console") -> Iterator[Callable[["DrainReport"], None]]:
    """A moving line with the counts, for a person who waits for the end."""
    import rich.progress

    from trueup.sender.minutes import sentence_of

    columns = (rich.progress.SpinnerColumn(), "{task.description}")
    with rich.progress.Progress(*columns, console=console) as progress:
        task = progress.add_task("nothing sent yet", total=None)

        def show(report: "DrainReport") -> None:
            progress.update(task, description=sentence_of(report))

        yield show


@contextlib.contextmanager
def _line_each_minute(console: "Console") -> Iterator[Callable[["DrainReport"], None]]:
    """A line for each minute that did something: a moving one costs a log and CPU."""
    from trueup.sender.minutes import Minutes, sentence_of

    minutes = Minutes(
        lambda report: console.print(
            f"{dt.datetime.now().astimezone():%H:%M:%S} {sentence_of(report)}",
            markup=False,
            highlight=False,
        )
    )
    yield minutes.note
    minutes.end()


@send.command("forecast")
@workspace_option()
@account_option()
@campaign_option()
@click.option(
    "--until",
    type=Moment(),
    metavar="MOMENT",
    help="What goes before, such as 2026-04-28T12:00Z; at most a year ahead, and a "
    "week by default.",
)
@click.option(
    "--limit",
    type=click.IntRange(min=1),
    metavar="NUMBER",
    default=20,
    show_default=True,
    help="How many sends to show.",
)
@click.option("--text", "with_text", is_flag=True, help="Also show each text.")
@listing_options
def forecast(
    workspace: str | None,
    account: str | None,
    campaign: str | None,
    until: dt.datetime | None,
    limit: int,
    with_text: bool,
    output: Output,
) -> None:
    """Show which sends go next, and when.

    They are in the order in which they go, at the account's local time, if nothing
    changes: an accept, a reply or a new person changes it. Below the table it says how
    many people wait, and for what, which answers are queued, and who will be parked
    because their text cannot be written. --csv and --json list
    the waiting too, and show the window of each forecast and its reason.

    Example: trueup send forecast --account Anisha --limit 5 --text
    """
    from trueup.sender.forecast import forecast_sends

    with script_connection("send forecast") as connection:
        account_found = account and account_of(connection, account, workspace)
        campaign_found = campaign and campaign_of(connection, campaign, workspace)
        named = account_found or campaign_found
        workspace_id = (named or workspace_of(connection, workspace)).workspace_id
        if until is None:
            (until,) = connection.execute(
                "select clock_timestamp() + interval '7 days'"
            ).fetchone()
        try:
            acts = forecast_sends(
                connection,
                workspace_id,
                until=until,
                account_id=account_found.found_id if account_found else None,
                campaign_id=campaign_found.found_id if campaign_found else None,
            )
        except psycopg.errors.InvalidParameterValue as refusal:
            raise RefusalError(sentence_of(refusal)) from None
        expected = [act for act in acts if act.outlook == "expected"][:limit]
        waiting = [act for act in acts if act.outlook != "expected"]
        shown = expected if output.is_table else expected + waiting
        texts = [
            _text(connection, workspace_id, act) if with_text else None for act in shown
        ]
        parked = (
            [_parked(connection, workspace_id, act) for act in shown[:MOST_RENDERED]]
            if output.is_table and not with_text
            else []
        )
        answers = rows_of(
            connection,
            "select * from outreach.queued_answers(%s, %s, clock_timestamp())",
            [workspace_id, account_found.found_id if account_found else None],
        )
    if not output.is_table:
        output.dictionaries(
            [
                dataclasses.asdict(act) | ({"text": text} if with_text else {})
                for act, text in zip(shown, texts, strict=True)
            ]
        )
    else:
        if not shown:
            click.echo(f"No step goes before {until:%Y-%m-%d %H:%M %Z}.")
        elif with_text:
            _print_with_texts(shown, texts)
        else:
            _print_table(shown, parked, output)
        for (outlook, blocker, why), count in Counter(
            (act.outlook, act.blocker, act.explanation) for act in waiting
        ).most_common():
            people = "1 person" if count == 1 else f"{count} people"
            say(f"{people} {OUTLOOKS[outlook]}: {why or _words(blocker)}")
        for row in answers:
            say(f"Besides, {row['account']} answers {row['person']}: {_goes(row)}")


def _print_table(
    acts: "Sequence[ForecastAct]", parked: Sequence[str | None], output: Output
) -> None:
    """One line for each send. In several zones, the order is that of UTC.

    parked: for the first ones, why each will be parked instead of sent.
    """
    zones = {act.timezone for act in acts}
    campaigns = {act.campaign for act in acts}
    output.dictionaries(
        [
            (_when_in_utc(act) if len(zones) > 1 else _when(act))
            | {"account": act.account, "person": act.person}
            | ({"campaign": act.campaign} if len(campaigns) > 1 else {})
            | {"step": f"{act.step} will be parked" if why else _step(act)}
            for act, why in itertools.zip_longest(acts, parked)
        ],
        cut=("account", "person", "campaign"),
    )
    for act, why in zip(acts, parked, strict=False):
        if why:
            say(f"{act.person} will be parked: {why}")
    if len(acts) > len(parked):
        say(f"The texts of the first {len(parked)} were read, not those of the rest.")
    if len(zones) == 1:
        say(f"Times are in {zones.pop()}.")
    else:
        say("In the order of UTC, beside the time where the account lives.")


def _when(act: "ForecastAct") -> dict[str, str]:
    return {"when": f"{act.local_time:%a %Y-%m-%d %H:%M}"}


def _when_in_utc(act: "ForecastAct") -> dict[str, str]:
    city = act.timezone.rpartition("/")[2].replace("_", " ")
    return {
        "UTC": f"{act.expected_at.astimezone(dt.UTC):%m-%d %H:%M}",
        "there": f"{act.local_time:%a %H:%M} {city}",
    }


def _goes(answer: Mapping[str, Any]) -> str:
    """What a queued answer waits for."""
    if answer["blocker"] is None:
        return "it goes with the sender's next round."
    lifts_at = answer["lifts_at"]
    until = "" if lifts_at is None else f" until {lifts_at:%Y-%m-%d %H:%M %Z}"
    return f"it waits{until}. {answer['explanation'] or _words(answer['blocker'])}"


def _words(name: str) -> str:
    return f"{name.replace('_', ' ').capitalize()}."


def _print_with_texts(
    acts: "Sequence[ForecastAct]", texts: Sequence[str | None]
) -> None:
    for act, text in zip(acts, texts, strict=True):
        say(f"{act.local_time:%a %Y-%m-%d %H:%M} {act.timezone}, step {_step(act)}")
        say(f"  {act.account} to {act.person}, {act.campaign}")
        for line in (text or "").splitlines():
            say(f"    | {line}")


def _step(act: "ForecastAct") -> str:
    action = {"resolve_profile": "profile look-up"}.get(
        act.action or "", (act.action or "").replace("_", " ")
    )
    return " ".join(str(part) for part in (act.step, action) if part)


def _text(
    connection: psycopg.Connection, workspace_id: int, act: "ForecastAct"
) -> str | None:
    from trueup.sender.forecast import texts_of

    texts = [
        one.text or (one.error and f"Will be parked: {one.error}") or ""
        for one in texts_of(connection, workspace_id, act)
    ]
    return "\n".join(texts) or None


def _parked(
    connection: psycopg.Connection, workspace_id: int, act: "ForecastAct"
) -> str | None:
    from trueup.sender.forecast import texts_of, why_parked

    return why_parked(texts_of(connection, workspace_id, act))


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
    person = ""
    if enrollment_id is not None:
        person = f", enrollment {enrollment_id} {linkedin_status}{due}"
    say(
        f"Attempt {attempt} counts as {decision}: job {job_id} {becomes} {job_status}"
        f"{person}."
    )
    if not commit:
        click.echo(NOTHING_WRITTEN)
