"""`trueup account migrate-to-v2`: the dry run, the move, and what it refuses."""

import pytest

from tests.support.command_line import invoke
from tests.support.connected_accounts import Connected
from tests.support.rows import make_campaign, make_enrollments


@pytest.fixture
def talha(database, sandbox, monkeypatch):
    """An account that the dashboard has migrated, beside one that it has not."""
    monkeypatch.setenv("PGDATABASE", database.name)
    monkeypatch.setenv("UNIPILE_DSN", sandbox.dsn)
    monkeypatch.setenv("UNIPILE_API_KEY", sandbox.api_key)
    monkeypatch.setenv("UNIPILE_V2_DSN", f"{sandbox.dsn}/v2")
    monkeypatch.setenv("UNIPILE_V2_API_KEY", sandbox.v2_account_key)
    monkeypatch.setenv("CONFIRM", "yes")
    with database.connect(autocommit=True) as connection:
        account = Connected(connection, sandbox)
        Connected(connection, sandbox, "Anisha", workspace_id=account.workspace_id)
        campaign_id, step_ids = make_campaign(connection, account.workspace_id)
        make_enrollments(connection, *account.key, campaign_id, step_ids[0], 2)
        sandbox.migrate_to_v2(account.provider_id, id="acc_talha")
        yield account


def addresses(database):
    with database.connect() as connection:
        return connection.execute(
            "select provider_account_id, provider_version"
            " from outreach.provider_accounts order by account_id"
        ).fetchall()


def test_a_dry_run_says_what_would_move_and_writes_nothing(database, talha):
    before = addresses(database)

    said = invoke("account", "migrate-to-v2")

    assert "acc_talha" in said.output
    assert "absent" in said.output
    assert "1 of 2 accounts would move to version 2." in said.output
    assert "give --people 2" in said.output
    assert "Nothing was written" in said.output
    assert addresses(database) == before


def test_the_number_of_people_is_asked_for_before_anything_moves(database, talha):
    before = addresses(database)

    said = invoke("account", "migrate-to-v2", "--commit")

    assert said.exit_code == 1, said.output
    assert "has 2 people" in said.output
    assert addresses(database) == before


def test_what_is_there_moves_and_the_rest_stays(database, talha):
    said = invoke("account", "migrate-to-v2", "--people", "2", "--commit")

    assert said.exit_code == 0, said.output
    assert "1 of 2 accounts moved to version 2." in said.output
    assert [row[1] for row in addresses(database)] == [2, 1]
    assert ("acc_talha", 2) in addresses(database)

    again = invoke("account", "migrate-to-v2", "--commit")
    assert again.exit_code == 0
    assert "0 of 1 accounts moved to version 2." in again.output


def test_without_version_2_the_setting_is_named(database, talha, monkeypatch):
    monkeypatch.delenv("UNIPILE_V2_DSN")
    monkeypatch.delenv("UNIPILE_V2_API_KEY")

    said = invoke("account", "migrate-to-v2")

    assert said.exit_code == 1, said.output
    assert "UNIPILE_V2_DSN is not set" in said.output
