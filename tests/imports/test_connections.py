"""Connections of accounts: whose they are, and campaigns for those that exist."""

import datetime as dt
import json

import pytest

from tests.support.campaign_files import account_id_of, make_senders, save
from tests.support.imports import LOOKING_UP, bring
from tests.support.rows import NOON, make_campaign, make_enrollments
from tests.support.sender_campaigns import DAY, HOUR, step
from trueup.campaigns import RefusedCampaignError
from trueup.imports.prospect_rows import read_export
from trueup.imports.prospects import import_prospects

ELLA, MIA = "ACoAAellaellaellaella", "ACoAAmiamiamiamiamia"
COMMENT_ONLY = """\
name: Comments
accounts: [Anisha]
custom_fields: [post]
steps:
  - action: resolve_profile
  - action: comment
    post: custom.post
    comment: "Well said"
"""
MESSAGE_ONLY = """\
name: Old friends
accounts: [Anisha, Pinki]
steps:
  - action: send_message
    message: "Hello, {{firstName}}"
  - action: send_message
    delay: 2 days
    message: "Hello again, {{firstName}}"
"""
EXPORT = (
    "First Name,URL,Connected On,post\n"
    "Ella,https://www.linkedin.com/in/ella-ro,08 Feb 2026,urn:li:activity:1\n"
)


def keep_relations(connection, workspace_id, account_id, *people, at=NOON, **changes):
    """A walk of an account's relations; people: (provider id, public identifier)."""
    items = [
        {"provider_id": provider_id, "public_identifier": name, "happened_at": None}
        for provider_id, name in people
    ]
    is_complete = changes.get("is_complete", True)
    connection.execute(
        "select outreach.record_provider_read(%s, %s, 'relations', null, %s, %s, %s, 1,"
        " %s, %s)",
        [
            workspace_id,
            account_id,
            at,
            at,
            is_complete,
            None if is_complete else "page 2: 500",
            json.dumps(items),
        ],
    )


def test_a_mark_belongs_to_the_account_whose_export_it_is(connection):
    workspace_id = make_senders(connection, "Anisha", "Pinki")
    saved = save(connection, LOOKING_UP, NOON)
    anisha, pinki = (
        account_id_of(connection, workspace_id, name) for name in ("Anisha", "Pinki")
    )
    assert bring(connection, saved, EXPORT).skipped == {"connected": 1}
    own = bring(connection, saved, EXPORT, exported_by=anisha)
    assert own.skipped == {"connected": 1}
    assert bring(connection, saved, EXPORT, exported_by=pinki).enrolled == 1


def test_an_accept_by_another_account_speaks_against_no_invite(connection):
    workspace_id = make_senders(connection, "Anisha", "Pinki")
    pinki = account_id_of(connection, workspace_id, "Pinki")
    campaign_id, (step_id, _) = make_campaign(connection, workspace_id)
    (enrollment_id,) = make_enrollments(
        connection, workspace_id, pinki, campaign_id, step_id, count=1, run_at=None
    )
    connection.execute(
        "update outreach.campaign_prospects set linkedin_accepted_at = %s"
        " where enrollment_id = %s",
        [NOON, enrollment_id],
    )
    connection.execute(
        "select outreach.record_enrollment_event(%s, %s, 'completed', 'test', %s,"
        " to_status => 'completed')",
        [workspace_id, enrollment_id, NOON],
    )
    (name,) = connection.execute(
        "select public_identifier from outreach.prospects where workspace_id = %s",
        [workspace_id],
    ).fetchone()
    text = f"Public Identifier\n{name}\n"
    both = LOOKING_UP.replace("[Anisha]", "[Anisha, Pinki]").replace("PIPL", "Our")
    assert bring(connection, save(connection, both, NOON), text).skipped == {
        "connected": 1
    }
    assert bring(connection, save(connection, LOOKING_UP, NOON), text).enrolled == 1


def test_a_campaign_that_invites_nobody_takes_connections(connection):
    make_senders(connection)
    saved = save(connection, COMMENT_ONLY, NOON)
    assert bring(connection, saved, EXPORT).enrolled == 1


def test_messages_need_an_accept_where_the_campaign_invites(connection):
    make_senders(connection)
    text = MESSAGE_ONLY.replace("[Anisha, Pinki]", "[Anisha]")
    assert save(connection, text, NOON).is_new
    with pytest.raises(RefusedCampaignError, match="can never be done"):
        save(connection, f"{text}  - action: send_invite\n", NOON)


@pytest.fixture
def friends(connection):
    make_senders(connection, "Anisha", "Pinki")
    return save(connection, MESSAGE_ONLY, NOON)


def enrolled(connection):
    return connection.execute(
        "select prospects.public_identifier, prospects.provider_id, accounts.name,"
        " enrollments.linkedin_status, jobs.action"
        " from outreach.campaign_prospects as enrollments"
        " inner join outreach.prospects using (workspace_id, prospect_id)"
        " inner join outreach.linkedin_accounts as accounts"
        " using (workspace_id, account_id)"
        " inner join outreach.campaign_send_jobs as jobs"
        " using (workspace_id, enrollment_id)"
        " order by prospects.public_identifier"
    ).fetchall()


def test_only_people_on_an_accounts_own_list_are_enrolled_for_messages(
    connection, friends
):
    workspace_id = friends.workspace_id
    pinki = account_id_of(connection, workspace_id, "Pinki")
    keep_relations(connection, workspace_id, pinki, (ELLA, "ella-ro"))
    text = EXPORT + "Joan,https://www.linkedin.com/in/joan,08 Feb 2026,\n"
    done = bring(connection, friends, text)
    assert (done.enrolled, done.skipped) == (1, {"not_connected": 1})
    assert enrolled(connection) == [
        ("ella-ro", ELLA, "Pinki", "ready_to_message", "send_message")
    ]
    assert connection.execute(
        "select event_type, details -> 'proof' ? 'read_id'"
        " from outreach.campaign_events where event_type = 'already_connected'"
    ).fetchall() == [("already_connected", True)]


def test_the_newest_complete_list_is_the_proof(connection, friends):
    workspace_id = friends.workspace_id
    pinki = account_id_of(connection, workspace_id, "Pinki")
    day = dt.timedelta(days=1)
    keep_relations(connection, workspace_id, pinki, (ELLA, "ella-ro"))
    keep_relations(connection, workspace_id, pinki, (MIA, "mia"), at=NOON + day)
    keep_relations(
        connection, workspace_id, pinki, at=NOON + 2 * day, is_complete=False
    )
    done = bring(connection, friends, "LinkedIn URL\nin/ella-ro\nin/mia\n")
    assert done.skipped == {"not_connected": 1}
    assert [row[0] for row in enrolled(connection)] == ["mia"]


def test_a_list_gives_the_id_of_a_person_who_is_known_under_it(connection, friends):
    workspace_id = friends.workspace_id
    connection.execute(
        "insert into outreach.prospects (workspace_id, provider_id, first_name)"
        " values (%s, %s, 'Ella')",
        [workspace_id, ELLA],
    )
    anisha = account_id_of(connection, workspace_id, "Anisha")
    keep_relations(connection, workspace_id, anisha, (ELLA, "ella-ro"))
    done = bring(connection, friends, "LinkedIn URL\nin/ella-ro\n")
    assert (done.enrolled, done.new_people) == (1, 0)
    assert [row[:3] for row in enrolled(connection)] == [("ella-ro", ELLA, "Anisha")]


def test_two_rows_that_the_list_shows_to_be_one_person_are_one(connection, friends):
    workspace_id = friends.workspace_id
    anisha = account_id_of(connection, workspace_id, "Anisha")
    keep_relations(connection, workspace_id, anisha, (ELLA, "ella-ro"))
    done = bring(connection, friends, f"LinkedIn URL\nin/{ELLA}\nin/ella-ro\n")
    assert done.enrolled == 1
    assert [str(row) for row in done.refused] == ["line 3: it is the person of line 2"]


def test_a_message_to_a_connection_is_sent_and_the_next_one_follows(workspace, sandbox):
    (provider_id,) = sandbox.control("POST", "/people", [{"identifier": "ella-ro"}])[
        "provider_ids"
    ]
    sandbox.connect_stranger(workspace.account, "ella-ro")
    campaign_id = workspace.campaign(
        step("send_message", texts={"message": "Hello"}),
        step("send_message", "2 days", texts={"message": "Again"}),
    )
    workspace.connection.execute(
        "insert into outreach.campaign_accounts values (%s, %s, %s)",
        [workspace.workspace_id, campaign_id, workspace.account_id],
    )
    keep_relations(
        workspace.connection,
        workspace.workspace_id,
        workspace.account_id,
        (provider_id, "ella-ro"),
    )
    done = import_prospects(
        workspace.connection,
        workspace.workspace_id,
        campaign_id,
        read_export(b"LinkedIn URL\nin/ella-ro\n"),
        is_dry_run=False,
        as_of=NOON,
    )
    assert done.enrolled == 1
    workspace.drain(NOON + HOUR)
    workspace.drain(NOON + 3 * DAY)
    (enrollment_id,) = workspace.one(
        "select array_agg(enrollment_id) from outreach.campaign_prospects"
    )
    assert workspace.jobs(enrollment_id) == [("send_message", "completed")] * 2
    assert workspace.status(enrollment_id) == "completed"
    assert workspace.violations() == []
