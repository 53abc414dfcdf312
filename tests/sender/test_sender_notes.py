"""Invites with a note: what their own limit holds, and what goes out without one."""

import psycopg
import pytest

from tests.support.account_holds import holds
from tests.support.rows import NOON
from tests.support.sender_campaigns import DAY, HOUR, MINUTE, step
from trueup.sender import queue

NOTED = step("send_invite", texts={"note": "Hi {{firstName}}"})
BARE = step("send_invite")
EITHER = step(
    "send_invite",
    texts={"note": "Hi {{firstName}}"},
    on_note_limit="leave_out",
)
LIMIT = {"status": 422, "type": "limit_exceeded"}


def notes_sent(sandbox):
    return [line["message"] for line in sandbox.journal("invite_sent")]


def drain_until(workspace, count, start=NOON):
    for number in range(count):
        workspace.drain(start + number * MINUTE)


def limit_notes(workspace, per, limit_count):
    workspace.connection.execute(
        "insert into outreach.linkedin_account_limits values"
        " (%s, %s, 'send_invite_with_note', %s, %s, '0')",
        [workspace.workspace_id, workspace.account_id, per, limit_count],
    )


def has_notes(workspace):
    """Of each attempt, in order."""
    return [
        row[0]
        for row in workspace.all(
            "select has_note from outreach.send_attempts order by attempt_id"
        )
    ]


def blocker(workspace, enrollment_id, at=NOON):
    return workspace.one(
        "select blocker, lifts_at from outreach.enrollment_blockers(%s, %s)"
        " where enrollment_id = %s",
        workspace.workspace_id,
        at,
        enrollment_id,
    )


def test_a_limit_met_with_a_note_holds_notes_and_the_next_goes_without(
    workspace, sandbox
):
    noted = workspace.campaign(NOTED)
    first, second = (workspace.enroll(noted) for _ in range(2))
    third = workspace.enroll(workspace.campaign(BARE))
    sandbox.script_fault("send_invite", **LIMIT)

    drain_until(workspace, 3)

    assert holds(workspace) == [
        (workspace.account_id, "send_invite_with_note", NOON + DAY)
    ]
    assert notes_sent(sandbox) == [None]
    assert blocker(workspace, first) == ("account_held", NOON + DAY)
    assert blocker(workspace, second) == ("account_held", NOON + DAY)
    assert workspace.events(third) == ["invite_sent"]
    assert workspace.due(second) == NOON

    drain_until(workspace, 2, NOON + DAY)
    assert sorted(notes_sent(sandbox)[1:]) == ["Hi Ada", "Hi Ada"]
    assert has_notes(workspace) == [True, False, True, True]


def test_only_a_limit_met_without_a_note_holds_all_invites(workspace, sandbox):
    workspace.enroll(workspace.campaign(NOTED))
    bare = workspace.campaign(BARE)
    others = [workspace.enroll(bare) for _ in range(2)]
    sandbox.script_fault("send_invite", times=2, **LIMIT)

    drain_until(workspace, 3)

    assert sorted(action for _, action, _ in holds(workspace)) == [
        "send_invite",
        "send_invite_with_note",
    ]
    assert notes_sent(sandbox) == []
    assert {blocker(workspace, each)[0] for each in others} == {"account_held"}


def test_a_campaign_that_says_so_invites_without_its_note(workspace, sandbox):
    campaign = workspace.campaign(EITHER)
    first, second = (workspace.enroll(campaign) for _ in range(2))
    limit_notes(workspace, "month", 1)

    drain_until(workspace, 2)

    assert notes_sent(sandbox) == ["Hi Ada", None]
    assert has_notes(workspace) == [True, False]
    assert workspace.events(first) == workspace.events(second) == ["invite_sent"]


def test_a_note_that_is_held_after_it_was_rendered_is_left_out_next_time(
    workspace, sandbox, monkeypatch
):
    """The hold comes between the claim and the begin."""
    workspace.enroll(workspace.campaign(EITHER))
    claimed = queue.claim

    def claim_then_hold(*arguments, **named):
        sends = claimed(*arguments, **named)
        workspace.connection.execute(
            "insert into outreach.linkedin_account_holds values"
            " (%s, %s, 'send_invite_with_note', %s, 'test') on conflict do nothing",
            [workspace.workspace_id, workspace.account_id, NOON + DAY],
        )
        return sends

    monkeypatch.setattr(queue, "claim", claim_then_hold)
    workspace.drain(NOON)
    drain_until(workspace, 1, NOON + MINUTE)
    assert notes_sent(sandbox) == [None]


def test_a_month_of_notes_lifts_at_the_next_local_month(workspace, sandbox):
    workspace.connection.execute(
        "update outreach.linkedin_accounts set timezone = 'Pacific/Auckland'"
        " where workspace_id = %s",
        [workspace.workspace_id],
    )
    campaign = workspace.campaign(NOTED)
    first, second = (workspace.enroll(campaign) for _ in range(2))
    limit_notes(workspace, "month", 1)
    drain_until(workspace, 2)
    # Midnight of June 1 in Auckland, where it is winter.
    june = NOON.replace(day=31, hour=12)
    waiting = second if workspace.events(first) else first

    assert notes_sent(sandbox) == ["Hi Ada"]
    assert blocker(workspace, waiting) == ("month_limit", june)
    workspace.drain(june - MINUTE)
    assert notes_sent(sandbox) == ["Hi Ada"]
    workspace.drain(june)
    assert notes_sent(sandbox) == ["Hi Ada", "Hi Ada"]


def test_an_assigned_variant_without_a_note_is_sent(workspace, sandbox):
    """Variant A has a note, B has none: who drew A waits."""
    campaign = workspace.campaign(
        step(
            "send_invite",
            texts={"A": {"note": "Hi {{firstName}}"}},
            weights={"A": 1, "B": 1},
        )
    )
    people = [workspace.enroll(campaign) for _ in range(12)]
    limit_notes(workspace, "month", 0)

    drain_until(workspace, 24)

    sent = [one for one in people if workspace.events(one)]
    drawn = dict(
        workspace.all(
            "select enrollment_id, variant from outreach.enrollment_step_variants"
        )
    )
    assert set(drawn) == set(people)
    assert {drawn[one] for one in sent} == {"B"}
    assert {drawn[one] for one in people if one not in sent} == {"A"}
    assert notes_sent(sandbox) == [None] * len(sent)
    for one in people:
        if one not in sent:
            assert blocker(workspace, one, NOON + HOUR) == ("month_limit", None)


@pytest.mark.parametrize("per", ["week", "month"])
def test_the_ledger_refuses_a_note_beyond_its_limit(workspace, per):
    limit_notes(workspace, per, 0)
    enrollment_id = workspace.enroll(workspace.campaign(EITHER))
    ((job_id,),) = workspace.all(
        "select job_id from outreach.claim_send_jobs(%s, 'w1', 1, %s, %s)",
        workspace.workspace_id,
        NOON,
        workspace.sandbox.dsn,
    )
    insert = (
        "insert into outreach.send_attempts (workspace_id, job_id, enrollment_id,"
        " campaign_id, step_id, prospect_id, account_id, action, worker, begun_at,"
        " provider_account_id, request_sha256, has_note, counted_on, timezone,"
        " window_weekday, window_opens, window_closes, limit_per_day, limit_per_week,"
        " minimum_gap)"
        " select jobs.workspace_id, job_id, enrollment_id, campaign_id, step_id,"
        " prospect_id, jobs.account_id, jobs.action, 'w1', %(at)s, 'acc', '0',"
        " %(has_note)s, spent.counted_on, spent.timezone, spent.weekday, spent.opens,"
        " spent.closes, spent.per_day, spent.per_week, spent.minimum_gap"
        " from outreach.campaign_send_jobs as jobs"
        " inner join outreach.campaign_prospects"
        " using (workspace_id, enrollment_id, campaign_id)"
        " cross join lateral outreach.spent_limits(jobs.workspace_id,"
        " array[jobs.account_id], array[jobs.action], %(at)s) as spent"
        " where job_id = %(job_id)s"
    )
    given = {"at": NOON, "job_id": job_id}
    with pytest.raises(psycopg.errors.CheckViolation, match=f"a note: {per}_limit"):
        workspace.connection.execute(insert, given | {"has_note": True})
    workspace.connection.rollback()
    workspace.connection.execute(insert, given | {"has_note": False})
    assert has_notes(workspace) == [False]
    assert enrollment_id


@pytest.mark.parametrize(("usage", "kept"), [("90", 90), ('"90"', None), ("1e9", None)])
def test_the_share_of_the_providers_limit_is_kept_with_the_outcome(
    workspace, sandbox, usage, kept
):
    answer = (
        f'{{"object": "UserInvitationSent", "invitation_id": "i", "usage": {usage}}}'
    )
    sandbox.script_fault("send_invite", junk=answer)
    workspace.enroll(workspace.campaign(BARE))
    workspace.drain(NOON)
    assert workspace.all(
        "select outcome, (facts ->> 'usage')::integer"
        " from outreach.send_attempt_outcomes"
    ) == [("sent_proven", kept)]
