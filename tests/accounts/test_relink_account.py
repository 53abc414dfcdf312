"""An account deleted and added again is the same account, by its LinkedIn identity."""

import psycopg
import pytest

from tests.support.connected_accounts import Connected, flips_of, status_of
from tests.support.rows import NOON, make_account, make_campaign, make_enrollments
from tests.support.sandboxes import api_of
from trueup.inbound.accounts.refresh import refresh_account, refresh_accounts


@pytest.fixture
def talha(opened, sandbox, talha):
    """Talha, and another account beside him that stays."""
    Connected(opened, sandbox, "Anisha", workspace_id=talha.workspace_id)
    return talha


def delete(sandbox, account):
    with api_of(sandbox) as api:
        api.delete(f"/accounts/{account.provider_id}")


def link(connection, account_key, identity, provider_account_id):
    return connection.execute(
        "select outreach.link_provider_account(%s, %s, %s, %s, 'ines', 'by hand')",
        [*account_key, identity, provider_account_id],
    ).fetchone()[0]


def links_of(connection, account):
    return connection.execute(
        "select from_provider_account_id, to_provider_account_id, actor, reason"
        " from outreach.provider_account_links where account_id = %s order by link_id",
        [account.account_id],
    ).fetchall()


def provider_id_of(connection, account):
    return connection.execute(
        "select provider_account_id from outreach.provider_accounts"
        " where account_id = %s",
        [account.account_id],
    ).fetchone()[0]


@pytest.mark.parametrize("is_whole_round", [True, False])
def test_an_account_added_again_is_linked_anew_and_stays_connected(
    opened, sandbox, talha, is_whole_round
):
    delete(sandbox, talha)
    talha.add(provider_id="acc-new")

    if is_whole_round:
        refresh_accounts(opened, sandbox.dsn, sandbox.api_key)
        actor, reason = "accounts poll", "poll"
    else:
        actor, reason = "ines", "asked"
        refresh_account(opened, sandbox.dsn, sandbox.api_key, *talha.key, actor, reason)

    assert provider_id_of(opened, talha) == "acc-new"
    assert status_of(opened, talha) == "connected"
    assert flips_of(opened, talha) == []
    assert links_of(opened, talha) == [
        (talha.provider_id, "acc-new", actor, f"{reason}: added again at the provider")
    ]


def test_an_account_added_again_after_it_was_seen_deleted_comes_back(
    opened, sandbox, talha
):
    delete(sandbox, talha)
    refresh_accounts(opened, sandbox.dsn, sandbox.api_key)
    talha.add(provider_id="acc-new")

    report = refresh_accounts(opened, sandbox.dsn, sandbox.api_key)

    assert [(old, new) for old, new, _, _ in flips_of(opened, talha)] == [
        ("connected", "deleted"),
        ("deleted", "connected"),
    ]
    back = [one for one in report.refreshes if one.has_reconnected]
    assert [one.account_now.provider_account_id for one in back] == ["acc-new"]


def test_the_ledger_the_queue_and_the_first_link_stay(opened, sandbox, talha):
    campaign_id, (step_id, _) = make_campaign(opened, talha.workspace_id)
    with opened.transaction():
        make_enrollments(opened, *talha.key, campaign_id, step_id, count=3)
    queue = "select job_id, account_id, status, run_at from outreach.campaign_send_jobs"
    linked_at = "select linked_at from outreach.provider_accounts order by 1"
    before = opened.execute(queue).fetchall(), opened.execute(linked_at).fetchall()
    delete(sandbox, talha)
    talha.add(provider_id="acc-new")

    refresh_accounts(opened, sandbox.dsn, sandbox.api_key)

    assert len(before[0]) == 3
    assert before == (
        opened.execute(queue).fetchall(),
        opened.execute(linked_at).fetchall(),
    )
    claimed = opened.execute(
        "select provider_account_id from outreach.claimed_send_jobs(%s, array("
        "select job_id from outreach.claim_send_jobs(%s, 'w', 9, %s, %s)))",
        [talha.workspace_id, talha.workspace_id, NOON, sandbox.dsn],
    ).fetchall()
    assert claimed == [("acc-new",)]


def test_of_two_entries_of_one_person_the_linked_one_counts(opened, sandbox, talha):
    talha.add(provider_id="acc-second")

    refresh_accounts(opened, sandbox.dsn, sandbox.api_key)

    assert provider_id_of(opened, talha) == talha.provider_id


def test_an_identity_of_another_workspace_is_refused_with_a_sentence(
    opened, sandbox, talha
):
    other = Connected(opened, sandbox, "Selva")

    with pytest.raises(psycopg.errors.ObjectNotInPrerequisiteState) as refusal:
        link(opened, talha.key, other.identity, "acc-new")

    assert refusal.value.diag.message_primary == (
        f"the LinkedIn identity {other.identity} is linked to account "
        f"{other.account_id} of workspace {other.workspace_id} already, so it cannot "
        f"be linked to account {talha.account_id} (Talha) of workspace "
        f"{talha.workspace_id}"
    )
    assert "use that account" in refusal.value.diag.message_hint
    assert links_of(opened, talha) == []


def test_an_account_does_not_become_another_person(opened, talha):
    with pytest.raises(
        psycopg.errors.ObjectNotInPrerequisiteState, match="not ACoAAnobody"
    ):
        link(opened, talha.key, "ACoAAnobody", "acc-new")


def test_an_id_of_the_provider_belongs_to_one_account(opened, sandbox, talha):
    other = Connected(opened, sandbox, "Selva")
    with pytest.raises(
        psycopg.errors.ObjectNotInPrerequisiteState, match="linked to account"
    ):
        link(opened, talha.key, talha.identity, other.provider_id)


def test_linking_to_the_same_id_changes_nothing(opened, talha):
    assert link(opened, talha.key, talha.identity, talha.provider_id) is False
    assert links_of(opened, talha) == []


def test_a_first_link_comes_from_nothing(connection, opened, talha):
    account_id = opened.execute(
        "insert into outreach.linkedin_accounts (workspace_id, name, timezone)"
        " values (%s, 'Dipti', 'UTC') returning account_id",
        [talha.workspace_id],
    ).fetchone()[0]
    assert link(opened, (talha.workspace_id, account_id), "ACoAAdipti", "acc-dipti")
    assert opened.execute(
        "select from_provider_account_id, to_provider_account_id"
        " from outreach.provider_account_links"
    ).fetchall() == [(None, "acc-dipti")]


def test_links_are_never_rewritten(connection):
    with pytest.raises(psycopg.errors.CheckViolation, match="append-only"):
        connection.execute("delete from outreach.provider_account_links")


def test_an_unknown_account_is_a_sentence(connection):
    workspace_id = make_workspace_with_account(connection)
    with pytest.raises(psycopg.errors.NoDataFound, match="has no LinkedIn account"):
        link(connection, (workspace_id, 10**9), "ACoAAx", "x")


def make_workspace_with_account(connection):
    workspace_id = connection.execute(
        "insert into outreach.workspaces (name, provider_dsn) values ('A', 'http://a')"
        " returning workspace_id"
    ).fetchone()[0]
    make_account(connection, workspace_id)
    return workspace_id


def test_an_identity_cannot_be_linked_to_an_account_that_is_not_there(opened, talha):
    """The table is the same on every node of a cluster, so no foreign key says it."""
    with pytest.raises(
        psycopg.errors.ForeignKeyViolation, match="to account -1 of workspace"
    ):
        opened.execute(
            """
            update outreach.provider_accounts
            set account_id = -1
            where workspace_id = %s and account_id = %s
            """,
            [talha.workspace_id, talha.account_id],
        )
