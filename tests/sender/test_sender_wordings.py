"""What depends on the person and the day: spintax, and the day of the send."""

from tests.support.rows import NOON
from tests.support.sender_campaigns import DAY, step
from trueup.templates import draw_of, render


def invite(note):
    return step("send_invite", texts={"note": note})


def notes(sandbox):
    return {
        line["provider_id"]: line["message"] for line in sandbox.journal("invite_sent")
    }


def test_each_person_gets_the_wording_of_their_draw(workspace, sandbox):
    note = "{Hi|Hello|Hey} {{firstName}}, {would you be open to|are you up for} a call?"
    campaign = workspace.campaign(invite(note))
    people = [workspace.enroll(campaign) for _ in range(12)]
    for number in range(12):
        workspace.drain(NOON + number * DAY / 1440)
    sent = notes(sandbox)
    assert len(set(sent.values())) > 1
    for each in people:
        draw = draw_of(workspace.workspace_id, each, workspace.step_ids[0])
        assert sent[workspace.person(each)] == render(
            note, {"firstName": "Ada"}, draw=draw
        )


def test_the_day_is_the_accounts_own_at_the_send(workspace, sandbox):
    workspace.connection.execute(
        "update outreach.linkedin_accounts set timezone = 'Pacific/Kiritimati'"
        " where workspace_id = %s",
        [workspace.workspace_id],
    )
    campaign = workspace.campaign(invite("Happy {{ 'now' | date: '%A, %B %-d' }}"))
    first = workspace.enroll(campaign)
    workspace.drain(NOON)  # a Monday in UTC, and Tuesday on Kiritimati
    second = workspace.enroll(campaign, run_at=NOON + DAY)
    workspace.drain(NOON + DAY)
    assert notes(sandbox) == {
        workspace.person(first): "Happy Tuesday, May 5",
        workspace.person(second): "Happy Wednesday, May 6",
    }
