"""An account moves to version 2: what stays, what changes, and what is refused."""

import json

import pytest
from psycopg.errors import ObjectNotInPrerequisiteState

from tests.support.rows import (
    NOON,
    claim,
    make_account,
    make_campaign,
    make_enrollments,
    make_workspace,
)

V1 = "http://127.0.0.1:8480"
V2 = "http://127.0.0.1:8480/v2"


@pytest.fixture
def account(connection):
    """A paused account of version 1, whose workspace is open to version 2."""
    workspace_id = make_workspace(connection, V1)
    account_id = make_account(connection, workspace_id)
    connection.execute(
        "select outreach.open_workspace_to_provider(%s, %s, 0, 'test', 'a test')",
        [workspace_id, V2],
    )
    pause(connection, (workspace_id, account_id), True)
    return workspace_id, account_id


def pause(connection, account, is_paused):
    workspace_id, account_id = account
    connection.execute(
        "select outreach.set_pause(%s, 'account', %s, %s, 'test', 'a test')",
        [workspace_id, account_id, is_paused],
    )


def move(connection, account, provider_account_id="acc_new"):
    return connection.execute(
        "select outreach.move_account_to_version_2(%s, %s, %s, %s, 'test', 'moves')",
        [*account, V2, provider_account_id],
    ).fetchone()[0]


def ask_for_answer(connection, account):
    """Somebody wrote to the account, and a person of ours wants to answer."""
    workspace_id, account_id = account
    connection.execute(
        "select outreach.record_linkedin_events(%s, 'poll', %s)",
        [
            workspace_id,
            json.dumps(
                [
                    {
                        "account_id": account_id,
                        "event_type": "message_received",
                        "subject": "m-1",
                        "reference": "m-1",
                        "provider_id": "ACoAAada",
                        "occurred_at": NOON.isoformat(),
                        "received_at": NOON.isoformat(),
                        "payload": {"chat_id": "chat-1", "message": "Hello"},
                    }
                ]
            ),
        ],
    )
    connection.execute(
        "select outreach.answer_reply(%s, %s, 'ACoAAada', 'Gladly', 'mira')", account
    )


def enrolled(connection, account, run_at=NOON):
    workspace_id, account_id = account
    campaign_id, step_ids = make_campaign(connection, workspace_id, ("send_invite",))
    (enrollment_id,) = make_enrollments(
        connection, workspace_id, account_id, campaign_id, step_ids[0], run_at=run_at
    )
    return enrollment_id


def test_its_address_and_its_id_change_in_one_audited_step(connection, account):
    assert move(connection, account) is True
    connection.execute("set constraints all immediate")

    assert connection.execute(
        "select provider_account_id, provider_dsn, provider_version"
        " from outreach.provider_accounts where account_id = %s",
        [account[1]],
    ).fetchone() == ("acc_new", V2, 2)
    assert connection.execute(
        "select from_provider_account_id, to_provider_account_id, from_provider_dsn,"
        " to_provider_dsn, actor, reason from outreach.provider_account_links"
        " where account_id = %s",
        [account[1]],
    ).fetchall() == [(f"acc{account[1]}", "acc_new", V1, V2, "test", "moves")]


def test_it_is_connecting_until_version_2_has_proven_it(connection, account):
    move(connection, account)

    assert connection.execute(
        "select from_status, to_status, reason, actor"
        " from outreach.linkedin_account_status_audit where account_id = %s"
        " order by status_seq desc limit 1",
        [account[1]],
    ).fetchone() == ("connected", "connecting", "moves", "test")


def test_its_queue_stays_and_goes_on_at_the_new_address_alone(connection, account):
    enrolled(connection, account)
    move(connection, account)
    pause(connection, account, False)
    connection.execute(
        "select outreach.flip_linkedin_account_status(%s, %s, 'connected', 'x', 'x')",
        account,
    )

    assert claim(connection, account[0], dsn=V1) == []
    assert len(claim(connection, account[0], dsn=V2)) == 1


def test_an_event_that_names_its_old_id_is_still_its_own(connection, account):
    move(connection, account)

    for provider_account_id in (f"acc{account[1]}", "acc_new"):
        assert connection.execute(
            "select workspace_id, account_id from outreach.account_of_provider_id(%s)",
            [provider_account_id],
        ).fetchall() == [account]


def test_chats_of_version_1_are_forgotten(connection, account):
    enrollment_id = enrolled(connection, account)
    connection.execute(
        "insert into outreach.linkedin_chats (workspace_id, account_id, prospect_id,"
        " chat_id, started_at) select workspace_id, account_id, prospect_id, 'old', %s"
        " from outreach.campaign_prospects where enrollment_id = %s",
        [NOON, enrollment_id],
    )
    move(connection, account)

    assert connection.execute(
        "select count(*) from outreach.linkedin_chats where account_id = %s",
        [account[1]],
    ).fetchone() == (0,)


def test_a_second_move_to_the_same_id_changes_nothing(connection, account):
    move(connection, account)

    assert move(connection, account) is False
    with pytest.raises(ObjectNotInPrerequisiteState, match="at version 2 already"):
        move(connection, account, "acc_other")


def test_an_account_that_is_not_paused_stays(connection, account):
    pause(connection, account, False)

    with pytest.raises(ObjectNotInPrerequisiteState, match="is not paused"):
        move(connection, account)


def test_an_account_with_a_send_under_way_stays(connection, account):
    enrolled(connection, account)
    pause(connection, account, False)
    assert len(claim(connection, account[0], dsn=V1)) == 1
    pause(connection, account, True)

    with pytest.raises(ObjectNotInPrerequisiteState, match="a send under way"):
        move(connection, account)


def test_an_account_with_an_answer_that_waits_stays(connection, account):
    """Only version 1 knows the chat of the answer."""
    pause(connection, account, False)
    ask_for_answer(connection, account)
    pause(connection, account, True)

    with pytest.raises(ObjectNotInPrerequisiteState, match="an answer that waits"):
        move(connection, account)


def test_another_address_than_its_workspaces_is_refused(connection, account):
    with pytest.raises(ObjectNotInPrerequisiteState, match="cannot be called at"):
        connection.execute(
            "select outreach.move_account_to_version_2(%s, %s, %s, 'acc_new', 'test',"
            " 'moves')",
            [*account, "https://api.unipile.com/v2"],
        )


def test_two_accounts_never_have_one_id(connection, account):
    other = account[0], make_account(connection, account[0], "Pinki")
    pause(connection, other, True)
    move(connection, account)

    with pytest.raises(ObjectNotInPrerequisiteState, match="linked to account"):
        move(connection, other)


def test_a_login_at_version_2_of_somebody_at_version_1_is_refused(connection, account):
    """Connected at both, a person keeps one account, with one set of limits."""
    workspace_id, account_id = account
    connection.execute(
        "select outreach.begin_hosted_auth(%s, null, 'hash', 'UTC', 'test', %s, %s,"
        " provider_dsn => %s)",
        [workspace_id, NOON, NOON, V2],
    )
    (kept,) = connection.execute(
        "select outreach.record_hosted_auth_notice(%s, 'hash', 'account.add',"
        " 'acc_both', %s, 2)",
        [workspace_id, NOON],
    ).fetchone()
    assert kept == "kept"

    with pytest.raises(ObjectNotInPrerequisiteState, match="which is called at"):
        connection.execute(
            "select outreach.finish_hosted_auth(%s, (select max(link_id)"
            " from outreach.hosted_auth_links where workspace_id = %s), %s, 'Anisha',"
            " false)",
            [workspace_id, workspace_id, f"ACoAA{workspace_id}-{account_id}"],
        )


def test_a_login_page_of_the_other_version_is_refused_for_a_known_account(
    connection, account
):
    with pytest.raises(ObjectNotInPrerequisiteState, match="is called at") as refusal:
        connection.execute(
            "select outreach.begin_hosted_auth(%s, %s, 'hash', null, 'test', %s, %s,"
            " provider_dsn => %s)",
            [*account, NOON, NOON, V2],
        )
    assert "migrate-to-v2" in refusal.value.diag.message_hint


def test_a_login_is_at_the_address_of_the_account_and_a_new_one_at_version_2(
    connection, account
):
    other_workspace_id = make_workspace(connection, V1)

    def address(*key):
        return connection.execute(
            "select outreach.address_for_login(%s, %s)", [*key]
        ).fetchone()[0]

    assert address(*account) == V1
    assert address(account[0], None) == V2
    assert address(other_workspace_id, None) == V1
    move(connection, account)
    assert address(*account) == V2


@pytest.mark.parametrize("was_told_before", [True, False])
def test_a_chat_of_version_2_is_known_by_its_messages_also_by_old_ones(
    connection, account, was_told_before
):
    """A message that version 1 told of is no new reply, and shows the chat's new id."""
    workspace_id, account_id = account
    enrollment_id = enrolled(connection, account)
    (person,) = connection.execute(
        "select provider_id from outreach.prospects"
        " inner join outreach.campaign_prospects using (workspace_id, prospect_id)"
        " where enrollment_id = %s",
        [enrollment_id],
    ).fetchone()

    def tell(message_id, chat_id):
        event = {
            "account_id": account_id,
            "linkedin_identity": f"ACoAA{workspace_id}-{account_id}",
            "event_type": "message_received",
            "subject": message_id,
            "reference": message_id,
            "provider_id": person,
            "occurred_at": NOON.isoformat(),
            "received_at": NOON.isoformat(),
            "payload": {"chat_id": chat_id, "message": "Hello"},
        }
        return connection.execute(
            "select outreach.record_linkedin_events(%s, 'poll', %s)",
            [workspace_id, json.dumps([event])],
        ).fetchone()[0]

    def chat():
        return connection.execute(
            "select outreach.chat_with_person(%s, %s, %s)", [*account, person]
        ).fetchone()[0]

    if was_told_before:
        assert tell("m-1", "chat of version 1") == 1
        assert chat() == "chat of version 1"
    move(connection, account)
    assert chat() is None

    assert tell("2-abc", "chat of version 2") == (0 if was_told_before else 1)
    assert chat() == "chat of version 2"
