"""`trueup account migrate-to-v2`: the dry run, the move, and what it refuses."""

import pytest

from tests.accounts.test_move_to_version_2 import ask_for_answer
from tests.support.command_line import invoke
from tests.support.connected_accounts import Connected
from tests.support.rows import make_campaign, make_enrollments
from trueup.inbound.accounts.moving import (
    ANSWER_WAITS,
    PAUSE_REASON,
    move_accounts,
    plan_moves,
)
from trueup.unipile.addresses import provider_address


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


def paused(database):
    with database.connect() as connection:
        return connection.execute(
            "select count(*) from outreach.linkedin_accounts"
            " where paused_at is not null"
        ).fetchone()[0]


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


def test_an_account_whose_answer_waits_stays_and_sends_it(database, talha):
    """Also where an earlier run has paused it already: a paused account sends none."""
    before = addresses(database)
    with database.connect(autocommit=True) as connection:
        ask_for_answer(connection, talha.key)
        connection.execute(
            "select outreach.set_pause(%s, 'account', %s, true, 'me', %s)",
            [*talha.key, PAUSE_REASON],
        )

    said = invoke("account", "migrate-to-v2", "--people", "2", "--commit")

    assert "An answer waits to be sent" in said.output
    assert "0 of 2 accounts moved to version 2." in said.output
    assert addresses(database) == before
    assert paused(database) == 0


def test_an_answer_asked_for_after_the_plan_is_not_left_behind(database, talha):
    provider = provider_address(talha.sandbox.dsn, 2), talha.sandbox.v2_account_key
    with database.connect(autocommit=True) as connection:
        plans = plan_moves(connection, *provider)
        ask_for_answer(connection, talha.key)
        moved = list(move_accounts(connection, *provider, plans, "me"))

    assert ANSWER_WAITS in [one.why for one in moved]
    assert paused(database) == 0


def test_without_version_2_the_setting_is_named(database, talha, monkeypatch):
    monkeypatch.delenv("UNIPILE_V2_DSN")
    monkeypatch.delenv("UNIPILE_V2_API_KEY")

    said = invoke("account", "migrate-to-v2")

    assert said.exit_code == 1, said.output
    assert "UNIPILE_V2_DSN is not set" in said.output
