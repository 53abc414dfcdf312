"""People who write to an account at a sandbox, and answers that are asked for.

Belongs here: arrangements that tests of replies and of the console share.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from tests.support.sender_campaigns import SenderWorkspace
from trueup.inbound.lists.reply_polls import ReplyPollReport, poll_replies


@dataclass
class Conversations:
    """One account, the people who write to it, and the answers to them."""

    workspace: SenderWorkspace

    def __post_init__(self) -> None:
        self.read_until("-infinity")

    def read_until(self, moment: str) -> None:
        """Until when the account's messages are read: -infinity as it was linked."""
        self.workspace.connection.execute(
            "update outreach.reply_polls set read_until = %s", [moment]
        )

    def send_first(self) -> int:
        """Send what is due now; the account's messages are unread again after it."""
        self.read_until("infinity")
        sent = self.workspace.drain(as_of=None).sent
        self.read_until("-infinity")
        return sent

    def write(self, person: str, text: str) -> str:
        """The person writes to the account, and a poll finds it; their LinkedIn id."""
        sandbox = self.workspace.sandbox
        provider_id = sandbox.set_person(person, first_name="Ada")
        sandbox.connect_stranger(self.workspace.account, provider_id)
        sandbox.incoming_message(self.workspace.account, provider_id, text)
        self.workspace.connection.execute(
            "update outreach.reply_polls set read_until = read_until - read_within"
        )
        self.poll()
        return provider_id

    def poll(self, as_of: dt.datetime | None = None) -> ReplyPollReport:
        workspace = self.workspace
        return poll_replies(
            workspace.connection, workspace.dsn, workspace.api_key, as_of=as_of
        )

    def answer(self, person: str, text: str = "Gladly", **options: Any) -> Any:
        """(answer id, job id, run at, blocker, lifts at)."""
        return self.workspace.one(
            "select * from outreach.answer_reply(%s, %s, %s, %s, 'mira',"
            " confirm => %s, as_of => %s)",
            self.workspace.workspace_id,
            self.workspace.account_id,
            person,
            text,
            options.get("confirm", False),
            options.get("as_of"),
        )

    def status(self, answer: Any) -> tuple[str, str | None]:
        """The job's status, and why it failed."""
        return self.workspace.one(
            "select status, failed_classification"
            " from outreach.campaign_send_jobs where job_id = %s",
            answer[1],
        )

    def written(self) -> list[tuple[str, str]]:
        """What the account really wrote: to whom, and what."""
        return [
            (line["provider_id"], line["text"])
            for line in self.workspace.sandbox.journal("message_sent")
        ]
