"""Workspaces, campaigns and accounts, found by what a person calls them.

Belongs here: names and ids looked up, and the sentence if there is none or several.
"""

import difflib

import psycopg


class UnknownNameError(Exception):
    """There is no such workspace, campaign or account; a sentence for a person."""


def find_workspace(connection: psycopg.Connection, wanted: str | int | None) -> int:
    """The id of a workspace by its name or id; of the only one if None.

    Raises UnknownNameError.
    """
    rows = connection.execute(
        "select workspace_id, name from outreach.workspaces order by workspace_id"
    ).fetchall()
    if not rows:
        raise UnknownNameError("The database has no workspace yet. Make one first.")
    if wanted is None:
        if len(rows) == 1:
            return rows[0][0]
        raise UnknownNameError(
            f"The database has {len(rows)} workspaces. Say which with `workspace:` in "
            f"the file or --workspace: {_listed([name for _, name in rows])}."
        )
    return _one_of("workspace", wanted, rows)


def find_campaign(
    connection: psycopg.Connection, workspace_id: int, wanted: str | int
) -> int:
    """The id of a campaign by its name or id. Raises UnknownNameError."""
    rows = connection.execute(
        "select campaign_id, name from outreach.campaigns"
        " where workspace_id = %s order by campaign_id",
        [workspace_id],
    ).fetchall()
    return _one_of("campaign", wanted, rows)


def find_account(
    connection: psycopg.Connection, workspace_id: int, wanted: str | int
) -> int:
    """The id of an account by its name or id. Raises UnknownNameError."""
    rows = connection.execute(
        "select account_id, name from outreach.linkedin_accounts"
        " where workspace_id = %s order by account_id",
        [workspace_id],
    ).fetchall()
    return _one_of("account", wanted, rows)


def _one_of(kind: str, wanted: str | int, rows: list[tuple[int, str]]) -> int:
    named = [found for found, name in rows if name == wanted]
    if not named:
        named = [found for found, _ in rows if str(found) == str(wanted)]
    if len(named) > 1:
        ids = ", ".join(str(found) for found in named)
        raise UnknownNameError(
            f'There are {len(named)} {kind}s named "{wanted}". Say its id: {ids}.'
        )
    if not named:
        names = [name for _, name in rows]
        near = difflib.get_close_matches(str(wanted), names, n=1)
        hint = f'Did you mean "{near[0]}"?' if near else f"There are: {_listed(names)}."
        raise UnknownNameError(f'There is no {kind} "{wanted}". {hint}')
    return named[0]


def _listed(names: list[str]) -> str:
    shown = ", ".join(f'"{name}"' for name in names[:10])
    return f"{shown or 'none'}{', …' if len(names) > 10 else ''}"
