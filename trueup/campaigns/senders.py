"""Checking the accounts of a campaign against its steps.

Belongs here: every fact about an account that prevents a save. Does not: what an
account may send at a moment, which is decided when it sends.
"""

import dataclasses

import psycopg
from psycopg.rows import class_row

from trueup.campaigns.errors import CampaignError
from trueup.campaigns.model import Campaign
from trueup.postgres.finding import UnknownNameError, candidates, the_one

_LIMITED = ("resolve_profile", "send_invite", "send_message", "send_inmail", "comment")


@dataclasses.dataclass(frozen=True)
class Sender:
    """An account of the workspace. limited_actions: those with a daily limit."""

    account_id: int
    name: str
    first_name: str | None
    last_name: str | None
    status: str
    has_premium: bool
    has_windows: bool
    limited_actions: list[str]


def find_senders(
    connection: psycopg.Connection, workspace_id: int, campaign: Campaign
) -> tuple[list[Sender], list[CampaignError]]:
    """The campaign's accounts, and a sentence for each that it cannot use.

    A campaign that names none has all accounts of its workspace that are not deleted.
    """
    with connection.cursor(row_factory=class_row(Sender)) as cursor:
        cursor.execute(
            "select * from outreach.accounts_that_could_send(%s)", [workspace_id]
        )
        known = cursor.fetchall()
    by_id = {one.account_id: one for one in known}
    actions = list(dict.fromkeys(step.action for step in campaign.steps))
    senders: list[Sender] = []
    errors: list[CampaignError] = []
    if not campaign.accounts:
        senders = [one for one in known if one.status != "deleted"]
        sentences = [text for one in senders for text in _unfit(one, actions)]
        if not senders:
            sentences = ["The workspace has no account. Connect one first."]
        errors = [CampaignError(0, text, campaign.source) for text in sentences]
    for number, wanted in enumerate(campaign.accounts):
        try:
            sender = by_id[_account_id(connection, workspace_id, str(wanted), known)]
        except UnknownNameError as error:
            sentences = [str(error)]
        else:
            sentences = _unfit(sender, actions)
            if sender in senders:
                sentences.append(f'Account "{wanted}" stands here twice.')
            senders.append(sender)
        errors += [
            CampaignError(
                campaign.line(("accounts", number)),
                text,
                campaign.source,
                path=("accounts", number),
            )
            for text in sentences
        ]
    return senders, errors


def _account_id(
    connection: psycopg.Connection,
    workspace_id: int,
    wanted: str,
    known: list[Sender],
) -> int:
    """The id of the account of this name or id. Raises UnknownNameError."""
    found = candidates(
        connection,
        "select * from outreach.find_accounts(%s, %s)",
        wanted,
        workspace_id,
    )
    names = ", ".join(f'"{one.name}"' for one in known[:10]) or "none"
    more = ", …" if len(known) > 10 else ""
    return the_one("account", wanted, found, f"There are: {names}{more}.").found_id


def _unfit(sender: Sender, actions: list[str]) -> list[str]:
    name = f'Account "{sender.name}"'
    sentences = []
    if sender.status == "deleted":
        sentences.append(f"{name} was deleted. Name another.")
    if not sender.has_windows:
        sentences.append(
            f"{name} has no sending window, so nothing would ever be sent. Give it one "
            f'with `trueup account windows {sender.account_id} "mon-fri 09:00-17:00"`.'
        )
    if "send_inmail" in actions and not sender.has_premium:
        sentences.append(
            f"{name} is a free one, and LinkedIn sends InMails of premium accounts "
            "only. Take the send_inmail step or the account out."
        )
    sentences += [
        f"{name} has no daily limit for {action}, and without one it sends none. Give "
        f"it one with `trueup account limits {sender.account_id} --action {action} "
        "--day 20`."
        for action in actions
        if action in _LIMITED and action not in sender.limited_actions
    ]
    return sentences
