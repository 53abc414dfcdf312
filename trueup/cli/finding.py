"""Finding the workspace, account, campaign or person of a command's arguments.

Belongs here: calling the functions of sql/functions/finding/, and the errors for no
match and for several. Rows are found by id or name, people also by the address of their
profile or by email.
"""

import contextlib
from collections.abc import Iterator

import psycopg

from trueup.cli.sentences import SentenceError
from trueup.imports.profile_addresses import UnreadableProfileError, read_profile
from trueup.postgres import finding
from trueup.postgres.finding import Found, UnknownNameError


def workspace_of(connection: psycopg.Connection, wanted: str | None) -> Found:
    """The workspace, or the only one. Raises SentenceError."""
    with _sentences():
        return finding.find_workspace(connection, wanted)


def workspace_id_of(connection: psycopg.Connection, wanted: str | None) -> int | None:
    """The workspace's id, None for all of them. Raises SentenceError."""
    return None if wanted is None else workspace_of(connection, wanted).workspace_id


def account_of(
    connection: psycopg.Connection, wanted: str, workspace: str | None = None
) -> Found:
    """The account, in a workspace or in any. Raises SentenceError."""
    found = finding.candidates(
        connection,
        "select * from outreach.find_accounts(%s, %s)",
        wanted,
        workspace_id_of(connection, workspace),
    )
    with _sentences():
        return finding.the_one(
            "account", wanted, found, "List them with `trueup account list`."
        )


def campaign_of(
    connection: psycopg.Connection, wanted: str, workspace: str | None = None
) -> Found:
    """The campaign, in a workspace or in any. Raises SentenceError."""
    found = finding.candidates(
        connection,
        "select * from outreach.find_campaigns(%s, %s)",
        wanted,
        workspace_id_of(connection, workspace),
    )
    with _sentences():
        return finding.the_one(
            "campaign", wanted, found, "List them with `trueup campaign list`."
        )


def person_of(
    connection: psycopg.Connection, wanted: str, workspace: str | None = None
) -> Found:
    """The person, in a workspace or in any. Raises SentenceError."""
    found = _people(connection, wanted, workspace)
    with _sentences():
        return finding.the_one(
            "prospect",
            wanted,
            found,
            "Give the whole name, the profile's address, an email address or the id.",
        )


def people_called(
    connection: psycopg.Connection, wanted: str, workspace: str | None = None
) -> list[Found]:
    """All namesakes, for commands that show each of them."""
    return finding.matches(_people(connection, wanted, workspace))


def conversation_of(
    connection: psycopg.Connection,
    wanted: str,
    workspace: str | None = None,
    account: str | None = None,
) -> tuple[Found, str]:
    """The account's conversation with a person, and LinkedIn's id of the person.

    The id of what is found is the account's. Raises SentenceError if there is none, or
    if several accounts or several people are meant.
    """
    account_id = None
    if account is not None:
        one = account_of(connection, account, workspace)
        workspace, account_id = str(one.workspace_id), one.found_id
    profile = _profile(wanted)
    rows = connection.execute(
        "select workspace_id, workspace_name, found_id, name, detail, rank, person"
        " from outreach.find_conversations(%s, %s, %s, %s, %s)",
        [wanted, *profile, workspace_id_of(connection, workspace), account_id],
    ).fetchall()
    found = [Found(*row[:-1]) for row in rows]
    with _sentences():
        meant = finding.the_one(
            "conversation",
            wanted,
            found,
            "List them with `trueup reply list`.",
            "Say which with --account, or give LinkedIn's id of the person.",
        )
    return meant, rows[found.index(meant)][-1]


def _people(
    connection: psycopg.Connection, wanted: str, workspace: str | None
) -> list[Found]:
    return finding.candidates(
        connection,
        "select * from outreach.find_prospects(%s, %s, %s, %s)",
        wanted,
        *_profile(wanted),
        workspace_id_of(connection, workspace),
    )


def _profile(wanted: str) -> tuple[str | None, str | None]:
    """LinkedIn's id and the public identifier of a profile's address, if it is one."""
    with contextlib.suppress(UnreadableProfileError):
        profile = read_profile(wanted)
        return profile.provider_id, profile.public_identifier
    return None, None


@contextlib.contextmanager
def _sentences() -> Iterator[None]:
    try:
        yield
    except UnknownNameError as error:
        raise SentenceError(str(error)) from None
