"""A sender does the same in both versions of the provider's API, over real HTTP."""

from tests.support.faces import Version2
from tests.support.rows import NOON
from tests.support.sender_campaigns import (
    ACCEPTED,
    COMMENT,
    DAY,
    HOUR,
    INVITE,
    MESSAGE,
    SenderWorkspace,
    step,
)
from unipile_sandbox.v2.ids import opaque

POST = "urn:li:activity:7300000000000000001"
AGAIN = step("send_message", "1 day", {"message": "Any news?"})
WITHDRAWS = step("wait_accept", time_out="3 weeks", on_time_out="withdraw")


def test_every_act_is_done_once_and_told_alike_in_both_versions(opened, sandbox):
    told = {}
    faces = {1: (sandbox, POST), 2: (Version2(sandbox), opaque("post", POST))}
    for version, (face, post) in faces.items():
        workspace = SenderWorkspace(opened, face)
        people = [
            workspace.enroll(
                workspace.campaign(COMMENT, INVITE, ACCEPTED, MESSAGE, AGAIN),
                custom={"post": post},
            ),
            workspace.enroll(workspace.campaign(INVITE, WITHDRAWS)),
        ]
        workspace.drain()
        workspace.drain(NOON + HOUR)
        workspace.accept(people[0], NOON + 2 * HOUR)
        workspace.drain(NOON + 3 * HOUR)
        workspace.drain(NOON + 2 * DAY)
        workspace.drain(NOON + 22 * DAY)
        told[version] = [
            (
                workspace.status(enrollment),
                workspace.jobs(enrollment),
                workspace.events(enrollment),
            )
            for enrollment in people
        ]

    assert [status for status, _, _ in told[1]] == ["completed", "withdrawn"]
    # The answer to a comment has an id, and so is a proof, in version 2 only.
    assert told[1][0][2].pop(0) == "send_unproven"
    assert told[2][0][2].pop(0) == "comment_posted"
    assert told[2] == told[1]
    assert workspace.violations() == []
    for kind in ("invite_sent", "comment_posted", "invite_withdrawn"):
        accounts = [line["account_id"] for line in sandbox.journal(kind)]
        assert len(accounts) == len(set(accounts)) * (1 + (kind == "invite_sent"))
        assert len(set(accounts)) == 2
    assert len({line["social_id"] for line in sandbox.journal("comment_posted")}) == 1
