"""`trueup endpoint`: other programs that are told events of a workspace."""

import click
import psycopg

from trueup.cli.finding import workspace_id_of, workspace_of
from trueup.cli.options import (
    actor_option,
    reason_option,
    script_connection,
    workspace_option,
)
from trueup.cli.output import Output, listing_options, rows_of
from trueup.cli.row_ids import ROW_ID
from trueup.cli.sentences import RefusalError, SentenceError, say
from trueup.postgres.error_sentences import sentence_of

_LOOPBACK = "http://127.0.0.1:8000/hook"


@click.group()
def endpoint() -> None:
    """Addresses of other programs that are told events, such as a CRM."""


@endpoint.command("add")
@click.argument("url")
@workspace_option()
@click.option(
    "--event",
    "events",
    metavar="EVENT",
    multiple=True,
    help="Only this event, may be repeated: reply.received, invite.accepted, "
    "account.connected, account.disconnected or limit.reached. All by default.",
)
@actor_option
def add_endpoint(
    url: str, workspace: str | None, events: tuple[str, ...], actor: str
) -> None:
    """Tell an address what happens in a workspace from now on.

    URL is the address, with https unless it is on this machine. Prints the secret that
    signs the events: it is shown only here. Writes at once.

    Example: trueup endpoint add https://crm.example.com/hook
    """
    with script_connection("endpoint add", role="operator") as connection:
        found = workspace_of(connection, workspace)
        try:
            row = connection.execute(
                "select endpoint_id, secret, told"
                " from outreach.add_endpoint(%s, %s, %s, %s)",
                [found.workspace_id, url, list(dict.fromkeys(events)) or None, actor],
            ).fetchone()
        except psycopg.errors.InvalidParameterValue as refusal:
            raise SentenceError(sentence_of(refusal)) from None
        except psycopg.errors.CheckViolation:
            raise SentenceError(
                "The address of an endpoint begins with https:// and has no password, "
                "no fragment and no space. Only this machine is reached with http://, "
                f"such as {_LOOPBACK}."
            ) from None
        except psycopg.errors.UniqueViolation:
            raise SentenceError(
                f"The workspace {found.name} has this address already; see "
                "`endpoint list`."
            ) from None
    assert row is not None
    endpoint_id, secret, told = row
    say(f"Endpoint {endpoint_id} of {found.name} is told {', '.join(told)}.")
    say(f"Its secret, which is not shown again: {secret}")


@endpoint.command("list")
@workspace_option("Only this workspace, by its name or id.")
@listing_options
def list_endpoints(workspace: str | None, output: Output) -> None:
    """List the endpoints, with what waits and what was given up.

    Example: trueup endpoint list --json
    """
    with script_connection("endpoint list", role="operator") as connection:
        rows = rows_of(
            connection,
            "select listed.* from outreach.workspaces"
            " cross join lateral outreach.list_endpoints(workspaces.workspace_id)"
            " as listed where %(wanted)s::bigint is null"
            " or workspaces.workspace_id = %(wanted)s"
            " order by listed.workspace_id, listed.endpoint_id",
            {"wanted": workspace_id_of(connection, workspace)},
        )
    columns = ("endpoint_id", "url", "waiting", "given_up", "paused_by")
    output.dictionaries(rows, table=columns, none="There is no endpoint yet.")


@endpoint.command("log")
@click.argument("endpoint_id", type=ROW_ID)
@click.option(
    "--most",
    metavar="NUMBER",
    type=click.IntRange(1, 10_000),
    default=50,
    show_default=True,
    help="How many deliveries, the newest first.",
)
@listing_options
def log_deliveries(endpoint_id: int, most: int, output: Output) -> None:
    """List the deliveries of an endpoint, each with its last try.

    ENDPOINT_ID is the id that `endpoint list` shows. --csv and --json also show the
    message ids, the times and the bodies.

    Example: trueup endpoint log 3
    """
    with script_connection("endpoint log", role="operator") as connection:
        workspace_id = _workspace_of(connection, endpoint_id, with_removed=True)
        rows = rows_of(
            connection,
            "select * from outreach.list_endpoint_deliveries(%s, %s, %s)",
            [workspace_id, endpoint_id, most],
        )
    columns = ("delivery_id", "event_type", "state", "tries", "last_error")
    output.dictionaries(rows, table=columns, none="It was told nothing yet.")


@endpoint.command("pause")
@click.argument("endpoint_id", type=ROW_ID)
@reason_option("Why; kept with the pause.")
@actor_option
def pause_endpoint(endpoint_id: int, reason: str, actor: str) -> None:
    """Hold the events of an endpoint until it is resumed.

    ENDPOINT_ID is the id that `endpoint list` shows. Writes at once.

    Example: trueup endpoint pause 3 --reason "the CRM is being moved"
    """
    _set_pause(endpoint_id, actor, reason, is_paused=True)


@endpoint.command("resume")
@click.argument("endpoint_id", type=ROW_ID)
@actor_option
def resume_endpoint(endpoint_id: int, actor: str) -> None:
    """Send what a paused endpoint missed, and what follows.

    ENDPOINT_ID is the id that `endpoint list` shows. Writes at once.

    Example: trueup endpoint resume 3
    """
    _set_pause(endpoint_id, actor, "resumed", is_paused=False)


@endpoint.command("remove")
@click.argument("endpoint_id", type=ROW_ID)
@actor_option
def remove_endpoint(endpoint_id: int, actor: str) -> None:
    """Tell an endpoint nothing more, and forget its secret.

    ENDPOINT_ID is the id that `endpoint list` shows. Its log stays. Writes at once.

    Example: trueup endpoint remove 3
    """
    with script_connection("endpoint remove", role="operator") as connection:
        row = connection.execute(
            "select outreach.remove_endpoint(%s, %s, %s)",
            [_workspace_of(connection, endpoint_id), endpoint_id, actor],
        ).fetchone()
    assert row is not None
    say(f"Endpoint {endpoint_id} is removed; {row[0]} waiting events are given up.")


@endpoint.command("retry")
@click.argument("endpoint_id", type=ROW_ID)
def retry_endpoint(endpoint_id: int) -> None:
    """Send again what was given up for an endpoint.

    ENDPOINT_ID is the id that `endpoint list` shows. Writes at once; what is due is
    sent within a minute, or by `endpoint deliver`.

    Example: trueup endpoint retry 3
    """
    with script_connection("endpoint retry", role="operator") as connection:
        row = connection.execute(
            "select outreach.retry_endpoint_deliveries(%s, %s)",
            [_workspace_of(connection, endpoint_id), endpoint_id],
        ).fetchone()
    assert row is not None
    say(f"{row[0]} deliveries of endpoint {endpoint_id} are sent again.")


@endpoint.command("test")
@click.argument("endpoint_id", type=ROW_ID)
@actor_option
def test_endpoint(endpoint_id: int, actor: str) -> None:
    """Send a signed test event to an endpoint, once.

    ENDPOINT_ID is the id that `endpoint list` shows. The event is endpoint.test. Exits
    with 1 if it is not taken.

    Example: trueup endpoint test 3
    """
    from trueup.endpoints.delivering import deliver_one

    with script_connection("endpoint test", role="operator") as connection:
        workspace_id = _workspace_of(connection, endpoint_id)
        row = connection.execute(
            "select outreach.queue_endpoint_test(%s, %s, %s)",
            [workspace_id, endpoint_id, actor],
        ).fetchone()
        assert row is not None
        report = deliver_one(connection, workspace_id, row[0])
    if report.errors:
        raise RefusalError(
            f"Endpoint {endpoint_id} did not take the test: {report.errors[0]}"
        )
    say(f"Endpoint {endpoint_id} took the test.")


@endpoint.command("deliver")
def deliver_events() -> None:
    """Send what is due to every endpoint, as Dagster does each minute.

    Example: trueup endpoint deliver
    """
    from trueup.endpoints.delivering import deliver_due
    from trueup.sender.stopping import stopping_on_signals

    with (
        stopping_on_signals() as is_stopping,
        script_connection("endpoint deliver", role="operator") as connection,
    ):
        report = deliver_due(connection, is_stopping=is_stopping.is_set)
    say(f"Called {report.called} times: {report.taken} taken.")
    for error in dict.fromkeys(report.errors):
        say(f"- {error}")


def _set_pause(endpoint_id: int, actor: str, reason: str, *, is_paused: bool) -> None:
    with script_connection("endpoint pause", role="operator") as connection:
        row = connection.execute(
            "select outreach.set_endpoint_pause(%s, %s, %s, %s, %s)",
            [
                _workspace_of(connection, endpoint_id),
                endpoint_id,
                is_paused,
                actor,
                reason,
            ],
        ).fetchone()
    assert row is not None
    state = "paused" if is_paused else "not paused"
    say(f"Endpoint {endpoint_id} is {state}{'' if row[0] else ', as before'}.")


def _workspace_of(
    connection: psycopg.Connection, endpoint_id: int, *, with_removed: bool = False
) -> int:
    """The workspace of an endpoint. Raises SentenceError if there is none."""
    row = connection.execute(
        "select workspace_id from outreach.endpoints"
        " where endpoint_id = %s and (removed_at is null or %s)",
        [endpoint_id, with_removed],
    ).fetchone()
    if row is None:
        raise SentenceError(
            f"No endpoint has the id {endpoint_id}; see `endpoint list`."
        )
    return row[0]
