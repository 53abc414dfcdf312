"""The accounts that a campaign names, checked against what it asks of them.

Belongs here: everything about an account that keeps a campaign from being saved. Does
not: what an account may send at a moment: that is decided when it sends.
"""

import dataclasses

import psycopg
from psycopg.rows import class_row

from trueup.campaigns.errors import CampaignError
from trueup.campaigns.model import Campaign

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
    """The campaign's accounts, and a sentence for each that it cannot have."""
    with connection.cursor(row_factory=class_row(Sender)) as cursor:
        cursor.execute(
            "select * from outreach.accounts_that_could_send(%s)", [workspace_id]
        )
        known = cursor.fetchall()
    actions = list(dict.fromkeys(step.action for step in campaign.steps))
    senders: list[Sender] = []
    errors: list[CampaignError] = []
    for number, wanted in enumerate(campaign.accounts):
        found = [one for one in known if one.name == wanted]
        found = found or [one for one in known if str(one.account_id) == str(wanted)]
        if len(found) == 1:
            sentences = _unfit(found[0], actions)
            if found[0] in senders:
                sentences.append(f'Account "{wanted}" stands here twice.')
            senders += found
        else:
            sentences = [_not_one(wanted, found, known)]
        errors += [
            CampaignError(campaign.line(("accounts", number)), text, campaign.source)
            for text in sentences
        ]
    return senders, errors


def _not_one(wanted: str | int, found: list[Sender], known: list[Sender]) -> str:
    if found:
        ids = ", ".join(str(one.account_id) for one in found)
        return f'There are {len(found)} accounts named "{wanted}". Say its id: {ids}.'
    names = ", ".join(f'"{one.name}"' for one in known[:10]) or "none"
    more = ", …" if len(known) > 10 else ""
    return f'The workspace has no account "{wanted}". It has: {names}{more}.'


def _unfit(sender: Sender, actions: list[str]) -> list[str]:
    name = f'Account "{sender.name}"'
    sentences = []
    if sender.status == "deleted":
        sentences.append(f"{name} was deleted. Name another.")
    if not sender.has_windows:
        sentences.append(
            f"{name} has no sending window, so nothing would ever be sent. Give it one "
            "with outreach.set_sending_windows()."
        )
    if "send_inmail" in actions and not sender.has_premium:
        sentences.append(
            f"{name} is a free one, and LinkedIn sends InMails of premium accounts "
            "only. Take the send_inmail step or the account out."
        )
    sentences += [
        f"{name} has no daily limit for {action}, and without one it sends none. Add a "
        f"row to outreach.linkedin_account_limits for {action} per day."
        for action in actions
        if action in _LIMITED and action not in sender.limited_actions
    ]
    return sentences
