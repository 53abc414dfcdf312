"""A week of one account at either version of the provider's API, on a simulated clock.

Belongs here: who is enrolled, what people and the provider do at which moment, and the
engine's work at each: webhooks, polls, reads of unknown sends, and drains. Everything
is the same at both versions but the words of the provider. The comparison of the marts
is in tests/marts/test_a_week_on_both_versions.py.
"""

import datetime as dt
import json
from functools import partial

from tests.support.inbound_rows import deliver
from tests.support.sender_campaigns import (
    COMMENT,
    DAY,
    INMAIL,
    INVITE,
    MESSAGE,
    MINUTE,
    SenderWorkspace,
    step,
)
from tests.support.signed_webhooks import message_new, relation_new
from tests.support.web_apps import message_received, new_relation
from trueup.inbound.accounts.reconnect import refresh_and_restore
from trueup.inbound.lists.accepts import resolve_inbound
from trueup.inbound.lists.polls import poll_due_accounts
from trueup.inbound.lists.reply_polls import poll_replies
from trueup.inbound.lists.unknown_sends import resolve_unknown_sends
from trueup.inbound.webhooks.events import take_in_deliveries
from trueup.unipile.addresses import version_of
from unipile_sandbox.v2.ids import opaque

# Later than every row that the arrangement dates by the database's own clock.
MONDAY = dt.datetime(2090, 5, 1, 8, tzinfo=dt.UTC)
ENDS_AT = MONDAY + 7 * DAY
# Once a day: jitter is over by the next moment, and each account is polled in between.
MOMENTS = [MONDAY + day * DAY for day in range(7)]
AGAIN = step("send_message", "1 day", {"message": "Any news?"})
WITHDRAWN = step("wait_accept", time_out="4 days", on_time_out="withdraw")
POST = "urn:li:activity:7300000000000000001"
# By version: what the provider answers to the same refusal.
REFUSED = {
    1: {"status": 422, "type": "user_unreachable"},
    2: {"status": 403, "type": "provider/insufficient_permissions"},
}
BAD_TEXT = {
    1: {"status": 400, "type": "too_many_characters"},
    2: {"status": 400, "type": "api/invalid_parameters"},
}
DOWN = {1: "CREDENTIALS", 2: "disconnected"}
UP = {1: "OK", 2: "running"}


class Week(SenderWorkspace):
    """The account, its four campaigns, and what happens to their people."""

    def __init__(self, connection, face):
        super().__init__(connection, face, limits={"send_invite": 5})
        connection.execute("delete from outreach.reply_polls")
        self.version = version_of(face.dsn)
        self.told = 0
        post = POST if self.version == 1 else opaque("post", POST)
        self.invited = self.enroll_many(
            "Invites", 8, (INVITE, WITHDRAWN, MESSAGE, AGAIN)
        )
        self.looked_up = self.enroll_many(
            "Look-ups", 2, (INVITE, WITHDRAWN), is_known=False
        )
        self.messaged = self.enroll_many("Messages", 3, (MESSAGE, AGAIN))
        self.commented = self.enroll_many(
            "Comments", 2, (COMMENT, INMAIL), custom={"post": post}
        )
        for enrollment_id in self.messaged:
            face.connect_stranger(self.account, self.person(enrollment_id))
        self.at = MONDAY
        self.story = (
            (0, self.fail_some_calls),
            (1, partial(self.accept_of, 1, is_told=True)),
            (1, partial(self.accept_of, 2, is_told=False)),
            (1, partial(self.reply_of, self.messaged[0], "Yes", is_told=False)),
            (2, partial(self.set_status, DOWN)),
            (3, partial(self.set_status, UP)),
            (4, partial(self.reply_of, self.invited[1], "Tell me more", is_told=True)),
            (4, partial(self.tell_of_relation, "ACoAAstranger")),
            (5, partial(self.reply_of, self.invited[2], "Please stop", is_told=True)),
        )

    def enroll_many(self, name, count, steps, **options):
        campaign_id = self.campaign(*steps)
        self.connection.execute(
            "update outreach.campaigns set name = %s where campaign_id = %s",
            [name, campaign_id],
        )
        return [
            self.enroll(
                campaign_id, run_at=MONDAY - (count - number) * MINUTE, **options
            )
            for number in range(count)
        ]

    # What happens

    def fail_some_calls(self):
        """An answer is lost, a person and a text are refused, one message unproven."""
        for enrollment_id, route, fault in (
            (self.invited[0], "send_invite", {"drop": "after"}),
            (self.invited[3], "send_invite", REFUSED[self.version]),
            (self.messaged[1], "start_chat", BAD_TEXT[self.version]),
            (self.messaged[2], "start_chat", {"null_message_id": True}),
        ):
            self.sandbox.script_fault(
                route,
                version=self.version,
                provider_id=self.person(enrollment_id),
                **fault,
            )

    def accept_of(self, number, *, is_told):
        person = self.person(self.invited[number])
        self.sandbox.accept(self.account, person)
        if is_told:
            self.tell_of_relation(person)

    def tell_of_relation(self, person):
        """A webhook says that somebody is a new relation."""
        if self.version == 1:
            deliver(self.connection, new_relation(self.account, person), self.at)
        else:
            self.tell(relation_new, person)

    def reply_of(self, enrollment_id, text, *, is_told):
        person = self.person(enrollment_id)
        written = self.sandbox.incoming_message(self.account, person, text)
        if not is_told:
            return
        message_id = written["message_id"]
        if self.version == 1:
            told = message_received(
                self.account, message_id, person, self.at, own="ACoAAowner", text=text
            )
            deliver(self.connection, told | {"chat_id": written["chat_id"]}, self.at)
        else:
            self.tell(
                message_new,
                opaque("message", message_id),
                person,
                self.at,
                text=text,
                chat_id=opaque("chat", written["chat_id"]),
            )

    def tell(self, event, *facts, **changes):
        """A webhook of version 2, as the receiver keeps it."""
        self.told += 1
        event_id = f"evt_{self.told}"
        body = json.dumps(event(self.account, *facts, event_id, **changes)).encode()
        self.connection.execute(
            "select outreach.record_webhook_deliveries("
            "array[%s::bytea], array[null], %s, array[2], array[%s::text])",
            [body, self.at, event_id],
        )

    def set_status(self, by_version):
        status = by_version[self.version]
        if self.version == 1:
            self.sandbox.set_account_status(self.account, status)
        else:
            self.sandbox.set_v2_status(self.account, status=status)

    # What the engine does

    def happen(self, day, at):
        self.at = at
        for when, happens in self.story:
            if when == day:
                happens()

    def poll(self, at):
        provider = (self.connection, self.dsn, self.api_key)
        refresh_and_restore(*provider, lambda: None, at)
        poll_due_accounts(*provider, at)
        poll_replies(*provider, as_of=at)
        resolve_unknown_sends(*provider, at)


def weeks_of(connection, faces):
    """A week at each face of a sandbox, lived through at the same moments."""
    sandbox = faces[0]
    sandbox.reset()
    sandbox.set_clock((MONDAY - DAY).isoformat(), rate=0)
    weeks = [Week(connection, face) for face in faces]
    for day, at in enumerate(MOMENTS):
        sandbox.set_clock(at.isoformat(), rate=0)
        for week in weeks:
            week.happen(day, at)
        take_in_deliveries(connection, at)
        for week in weeks:
            week.poll(at)
        resolve_inbound(connection, at)
        for week in weeks:
            week.drain(at)
    return weeks
