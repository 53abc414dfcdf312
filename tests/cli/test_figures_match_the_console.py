"""The counts that commands print are those that the console's pages show."""

import json
from collections import Counter

import pytest

from tests.support.command_line import invoke
from tests.support.rows import (
    make_account,
    make_campaign,
    make_enrollments,
    make_workspace,
    send_one,
)
from tests.support.saved_campaigns import park


@pytest.fixture
def printed(database, monkeypatch):
    """The rows that a command prints."""
    monkeypatch.setenv("PGDATABASE", database.name)

    def call(*arguments):
        result = invoke(*arguments, "--json")
        assert result.exit_code == 0, result.output
        return json.loads(result.output)

    return call


@pytest.fixture
def workspace_id(opened):
    """Accounts of two statuses, and people who wait, are invited, parked, stopped."""
    with opened.transaction():
        workspace_id = make_workspace(opened)
        limits = (("send_invite", "day", 80), ("send_invite", "week", 200))
        anisha = make_account(opened, workspace_id, limits=limits)
        make_account(opened, workspace_id, "Selva")
        make_account(opened, workspace_id, "Dipti", status="disconnected")
        for count in (6, 3):
            campaign_id, (step_id, _) = make_campaign(opened, workspace_id)
            ids = make_enrollments(
                opened, workspace_id, anisha, campaign_id, step_id, count
            )
        send_one(opened, workspace_id, opened.execute("select now()").fetchone()[0])
        opened.execute(
            "select outreach.mark_do_not_contact(workspace_id, prospect_id, 'asked',"
            " 'me') from outreach.campaign_prospects where enrollment_id = %s",
            [ids[0]],
        )
    park(opened, workspace_id, ids[1:2])
    return workspace_id


def test_the_lists_count_what_the_pages_count(opened, printed, workspace_id):
    campaigns = printed("campaign", "list")
    shown = opened.execute(
        "select campaign_id, people_count, parked_count"
        " from outreach.console_campaign_people(%s, %s) order by campaign_id",
        [
            [workspace_id] * len(campaigns),
            [campaign["campaign_id"] for campaign in campaigns],
        ],
    ).fetchall()
    keys = ("campaign_id", "people", "parked")
    assert [tuple(campaign[key] for key in keys) for campaign in campaigns] == shown
    assert [counts[1:] for counts in shown] == [(6, 0), (3, 1)]
    accounts = Counter(account["status"] for account in printed("account", "list"))
    assert accounts == dict(
        opened.execute(
            "select * from outreach.console_account_counts(%s)", [workspace_id]
        ).fetchall()
    )
    assert accounts == {"connected": 2, "disconnected": 1}


def test_an_account_has_spent_what_its_page_says(opened, printed, workspace_id):
    (shown,) = printed("account", "show", "Anisha")
    page = opened.execute(
        "select action, per, spent, limit_today"
        " from outreach.console_account_allowances(%s, %s, clock_timestamp(), null)",
        [[workspace_id], [shown["account_id"]]],
    ).fetchall()
    keys = ("action", "per", "spent", "limit_today")
    limits = [tuple(limit[key] for key in keys) for limit in shown["limits"]]
    assert sorted(limits) == sorted(page)
    assert ("send_invite", "week", 1, 200) in page
