"""The options that several commands share.

Belongs here: --workspace, --account, --campaign, --actor, --commit, moments and ids,
and the connection of a command. Does not: finding rows by them (`finding.py`).
"""

import contextlib
import datetime as dt
import getpass
import os
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import click
import psycopg

from trueup.cli.sentences import SentenceError
from trueup.postgres.connection import (
    UnusableDatabaseError,
    connect_migrated,
    sentence_of_read_only,
)
from trueup.postgres.error_sentences import sentence_of
from trueup.postgres.witness import RefusedLedgerError

Command = TypeVar("Command", bound=Callable[..., Any])


class Moment(click.ParamType):
    """ISO 8601 with its time zone, such as 2026-04-28T12:00Z."""

    name = "moment"

    def convert(
        self,
        value: str | dt.datetime,
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> dt.datetime:
        """The moment; fails with a sentence if it is malformed or has no zone."""
        if isinstance(value, dt.datetime):
            return value
        try:
            moment = dt.datetime.fromisoformat(value)
        except ValueError:
            moment = None
        if moment is None or moment.tzinfo is None:
            self.fail(
                f"{value} is no moment with a time zone; write 2026-04-28T12:00Z.",
                param,
                ctx,
            )
        return moment


def workspace_option(
    help: str = "The workspace, by its name or id. Not needed if there is only one"
    " or the name is unique.",
) -> Callable[[Command], Command]:
    """--workspace NAME."""
    return click.option("--workspace", metavar="NAME", help=help)


def account_option(
    help: str = "Only this account, by its name or id.", *, required: bool = False
) -> Callable[[Command], Command]:
    """--account NAME."""
    return click.option("--account", metavar="NAME", required=required, help=help)


def campaign_option(
    help: str = "Only this campaign, by its name or id.", *, required: bool = False
) -> Callable[[Command], Command]:
    """--campaign NAME."""
    return click.option("--campaign", metavar="NAME", required=required, help=help)


def commit_option(command: Command) -> Command:
    """Give a command --commit, which has an effect only with CONFIRM=yes set."""
    option = click.option(
        "--commit",
        is_flag=True,
        is_eager=True,
        callback=_confirmed,
        help="Write; needs CONFIRM=yes in the environment too. Without, a dry run.",
    )
    return option(command)


def actor_option(command: Command) -> Command:
    """Give a command --actor: the recorded actor."""
    option = click.option(
        "--actor",
        metavar="NAME",
        default=getpass.getuser,
        callback=_filled,
        help="Who does it, for the audit; you by default.",
    )
    return option(command)


def reason_option(
    help: str, *, default: str | None = None
) -> Callable[[Command], Command]:
    """--reason TEXT, which is required unless it has a default."""
    return click.option(
        "--reason",
        metavar="TEXT",
        required=default is None,
        default=default,
        show_default=default is not None,
        callback=_filled,
        help=help,
    )


@contextlib.contextmanager
def script_connection(
    name: str, *, role: str | None = None
) -> Iterator[psycopg.Connection]:
    """A connection in autocommit, named as the command; its errors are sentences."""
    try:
        with connect_migrated(
            autocommit=True, role=role, application_name=name
        ) as connection:
            yield connection
    except psycopg.errors.ReadOnlySqlTransaction as error:
        raise SentenceError(sentence_of_read_only(error)) from None
    except (UnusableDatabaseError, RefusedLedgerError) as error:
        raise SentenceError(str(error).strip()) from None
    except (
        psycopg.OperationalError,
        psycopg.DataError,
        psycopg.errors.InsufficientPrivilege,
    ) as error:
        raise SentenceError(sentence_of(error)) from None


def _filled(
    context: click.Context, parameter: click.Parameter, value: str | None
) -> str | None:
    if value is not None and not value.strip():
        raise click.BadParameter("It is empty; write a word.", context, parameter)
    return value


def _confirmed(context: click.Context, parameter: click.Parameter, value: bool) -> bool:
    del context, parameter
    if value and os.environ.get("CONFIRM") != "yes":
        raise SentenceError(
            "--commit writes, and needs CONFIRM=yes in the environment as well. "
            "Nothing was written; run it without --commit first to see what would be."
        )
    return value
