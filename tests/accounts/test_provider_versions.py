"""Accounts of one workspace are called at the addresses of both versions."""

import psycopg
import pytest

from tests.support.rows import (
    NOON,
    claim,
    make_account,
    make_campaign,
    make_enrollments,
    make_workspace,
)
from trueup.inbound.accounts.workspaces import make_workspace as make_new_workspace
from trueup.inbound.settings import (
    UnusableSettingError,
    provider_addresses,
    providers_of,
)

V1 = "http://127.0.0.1:8480"
V2 = "http://127.0.0.1:8480/v2"


def open_to(connection: psycopg.Connection, workspace_id: int, people: int) -> bool:
    return connection.execute(
        "select outreach.open_workspace_to_provider(%s, %s, %s, 'me', 'version 2')",
        [workspace_id, V2, people],
    ).fetchone()[0]


def link(
    connection: psycopg.Connection, workspace_id: int, account_id: int, dsn: str
) -> None:
    connection.execute(
        "select outreach.link_provider_account(workspace_id, account_id,"
        " linkedin_identity, 'acc_' || account_id, 'me', 'moved', null, %s)"
        " from outreach.provider_accounts where workspace_id = %s and account_id = %s",
        [dsn, workspace_id, account_id],
    )


def at(connection: psycopg.Connection, dsn: str) -> list[int]:
    rows = connection.execute(
        "select account_id from outreach.accounts_at_provider(%s)", [dsn]
    ).fetchall()
    return [account_id for (account_id,) in rows]


@pytest.fixture
def workspace_id(connection):
    return make_workspace(connection, V1)


def test_an_account_has_its_workspaces_address_and_its_version(
    connection, workspace_id
):
    account_id = make_account(connection, workspace_id)

    assert at(connection, V1) == [account_id]
    assert connection.execute(
        "select provider_dsn, provider_version from outreach.provider_accounts"
        " where account_id = %s",
        [account_id],
    ).fetchone() == (V1, 1)


def test_a_workspace_that_is_open_to_version_2_has_accounts_of_both(
    connection, workspace_id
):
    stays, moves = (make_account(connection, workspace_id) for _ in range(2))

    assert open_to(connection, workspace_id, 0) is True
    assert open_to(connection, workspace_id, 0) is False
    link(connection, workspace_id, moves, V2)

    assert at(connection, V1) == [stays]
    assert at(connection, V2) == [moves]
    for dsn in (V1, V2):
        connection.execute(
            "select outreach.assert_provider_dsn(%s, %s)", [workspace_id, dsn]
        )
    assert connection.execute(
        "select from_provider_dsn, to_provider_dsn"
        " from outreach.provider_account_links where account_id = %s",
        [moves],
    ).fetchone() == (V1, V2)


def test_commands_ask_the_providers_of_both_versions(
    connection, workspace_id, monkeypatch
):
    stays, moves = (make_account(connection, workspace_id) for _ in range(2))
    open_to(connection, workspace_id, 0)
    link(connection, workspace_id, moves, V2)
    monkeypatch.setenv("UNIPILE_DSN", V1)
    monkeypatch.setenv("UNIPILE_API_KEY", "one")
    monkeypatch.setenv("UNIPILE_V2_DSN", V1)
    monkeypatch.setenv("UNIPILE_V2_API_KEY", "two")

    assert at(connection, V1) == [stays]
    assert providers_of(connection, workspace_id) == [(V1, "one"), (V2, "two")]

    monkeypatch.delenv("UNIPILE_V2_API_KEY")
    with pytest.raises(UnusableSettingError, match="UNIPILE_V2_API_KEY is not set"):
        providers_of(connection, workspace_id)


def test_a_new_workspace_has_the_addresses_of_both_versions(opened):
    made = make_new_workspace(opened, "Both", [V1, V2], "UTC", "me")

    for dsn in (V1, V2):
        opened.execute("select outreach.assert_provider_dsn(%s, %s)", [made, dsn])


def test_an_account_is_not_linked_at_an_address_that_its_workspace_does_not_have(
    connection, workspace_id
):
    account_id = make_account(connection, workspace_id)

    with pytest.raises(
        psycopg.errors.ObjectNotInPrerequisiteState, match="cannot be called at"
    ):
        link(connection, workspace_id, account_id, V2)


def test_a_workspace_is_opened_for_its_own_number_of_people_only(
    connection, workspace_id
):
    with pytest.raises(
        psycopg.errors.ObjectNotInPrerequisiteState, match="has 0 people"
    ):
        open_to(connection, workspace_id, 3)


def test_a_workspace_with_accounts_is_not_moved_to_another_version(
    connection, workspace_id
):
    make_account(connection, workspace_id)

    with pytest.raises(
        psycopg.errors.ObjectNotInPrerequisiteState, match="does not know"
    ):
        connection.execute(
            "select outreach.move_workspace_to_provider(%s, %s, 0, 'me', 'test')",
            [workspace_id, V2],
        )


def test_a_claim_takes_the_jobs_of_its_address_alone(connection, workspace_id):
    campaign_id, (step_id, _) = make_campaign(connection, workspace_id)
    enrollments = {}
    for dsn in (V1, V2):
        account_id = make_account(connection, workspace_id)
        open_to(connection, workspace_id, len(enrollments))
        if dsn == V2:
            link(connection, workspace_id, account_id, V2)
        enrollments[dsn] = make_enrollments(
            connection, workspace_id, account_id, campaign_id, step_id, count=1
        )

    due = {dsn: is_due(connection, dsn) for dsn in (V1, V2)}
    claimed = {dsn: claim(connection, workspace_id, dsn=dsn) for dsn in (V1, V2)}

    assert due == {V1: True, V2: True}
    assert {dsn: enrolled(connection, claimed[dsn]) for dsn in (V1, V2)} == enrollments
    assert [is_due(connection, dsn) for dsn in (V1, V2)] == [False, False]


def is_due(connection: psycopg.Connection, dsn: str) -> bool:
    return connection.execute(
        "select outreach.has_due_jobs(%s, %s)", [NOON, dsn]
    ).fetchone()[0]


def enrolled(connection: psycopg.Connection, job_ids: list[int]) -> list[int]:
    rows = connection.execute(
        "select enrollment_id from outreach.campaign_send_jobs where job_id = any(%s)",
        [job_ids],
    ).fetchall()
    return [enrollment_id for (enrollment_id,) in rows]


def test_an_address_is_known_without_its_key(monkeypatch):
    for name in ("UNIPILE_DSN", "UNIPILE_API_KEY", "UNIPILE_V2_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("UNIPILE_V2_DSN", V2)
    assert provider_addresses() == [V2]

    monkeypatch.setenv("UNIPILE_API_KEY", "key")
    with pytest.raises(UnusableSettingError, match="UNIPILE_DSN is not set, and"):
        provider_addresses()

    monkeypatch.delenv("UNIPILE_API_KEY")
    monkeypatch.delenv("UNIPILE_V2_DSN")
    with pytest.raises(UnusableSettingError, match="UNIPILE_DSN is not set"):
        provider_addresses()
