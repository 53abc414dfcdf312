"""LL#277 end to end: 28 prospects parked by `{{company}`, once, and sent after the fix.

The incident's step was a message; an invite note stands for it here, which goes through
the same claim, rendering and parking.
"""

import datetime as dt

import pytest

from tests.campaigns.test_rearm_pending_template_fix import set_note
from tests.support.campaign_files import PLAIN, account_id_of, make_senders, save
from tests.support.rows import NOON, make_enrollments
from trueup.sender import drain

AFFECTED = 28
NOTE = "Hi {{firstName}} of {{company | default: 'your firm'}}, shall we connect?"
TYPO = NOTE.replace("company | default: 'your firm'}}", "company}")
CAMPAIGN = PLAIN.replace("Hi {{firstName}}, shall we connect?", NOTE)


@pytest.fixture
def campaign(database, sandbox):
    """The campaign as it stood: the typo was saved before there was a gate."""
    with database.connect() as connection:
        workspace_id = make_senders(connection)
        connection.execute(
            "update outreach.workspaces set provider_dsn = %s", [sandbox.dsn]
        )
        saved = save(connection, CAMPAIGN, NOON)
        account_id = account_id_of(connection, workspace_id)
        make_enrollments(
            connection,
            workspace_id,
            account_id,
            saved.campaign_id,
            saved.step_ids[0],
            AFFECTED,
        )
        set_note(connection, saved.campaign_id, TYPO)
    sandbox.register_accounts(
        [
            {
                "id": f"acc{account_id}",
                "name": "Anisha",
                "provider_id": "ACoAAanisha",
                "public_identifier": "anisha",
            }
        ]
    )
    return saved


def drain_at(connection, sandbox, as_of):
    return drain(
        connection,
        worker="w1",
        provider_dsn=sandbox.dsn,
        api_key=sandbox.api_key,
        until_seconds=60,
        as_of=as_of,
    )


def counted(connection, query):
    return connection.execute(query).fetchone()[0]


def test_28_are_parked_once_without_a_call_and_sent_after_the_fix(
    database, sandbox, campaign
):
    with database.connect(autocommit=True) as connection:
        assert drain_at(connection, sandbox, NOON).parked == AFFECTED
        again = drain_at(connection, sandbox, NOON + dt.timedelta(hours=1))
        assert (again.claimed, again.parked) == (0, 0)

        assert sandbox.requests("send_invite") == []
        assert sandbox.journal("invite_sent") == []
        for nothing in ("send_attempts", "linkedin_daily_counters"):
            assert counted(connection, f"select count(*) from outreach.{nothing}") == 0
        assert connection.execute(
            "select status, run_at, failed_classification, count(*)"
            " from outreach.campaign_send_jobs group by 1, 2, 3"
        ).fetchall() == [("parked", None, "template_error", AFFECTED)]
        assert connection.execute(
            "select linkedin_status, next_action_at, failed_classification,"
            " template_error #>> '{errors,0,caret}', count(*)"
            " from outreach.campaign_prospects group by 1, 2, 3, 4"
        ).fetchall() == [
            (
                "pending_template_fix",
                None,
                "template_error",
                " " * TYPO.index("},") + "^",
                AFFECTED,
            )
        ]
        assert (
            counted(
                connection,
                "select count(*) from outreach.campaign_events"
                " where event_type = 'template_parked'",
            )
            == AFFECTED
        )

        saturday = NOON + dt.timedelta(days=5)
        fixed = save(connection, CAMPAIGN, saturday)
        assert fixed.step_ids == campaign.step_ids
        assert fixed.rearming.rearmed == AFFECTED
        monday = NOON.replace(day=11, hour=9)
        run_ats = [
            run_at
            for (run_at,) in connection.execute(
                "select run_at from outreach.campaign_send_jobs where status = 'queued'"
            )
        ]
        assert len(run_ats) == AFFECTED
        assert monday <= min(run_ats)
        assert max(run_ats) <= monday + dt.timedelta(minutes=30)

        assert drain_at(connection, sandbox, saturday).claimed == 0
        sent = drain_at(connection, sandbox, monday + dt.timedelta(minutes=31))
        assert (sent.sent, sent.parked) == (AFFECTED, 0)
        assert len(sandbox.requests("send_invite")) == AFFECTED
        assert {line["provider_id"] for line in sandbox.journal("invite_sent")} == {
            provider_id
            for (provider_id,) in connection.execute(
                "select provider_id from outreach.prospects"
            )
        }
