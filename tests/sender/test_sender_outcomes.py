"""Every kind of answer over real HTTP, and its effect (see "Outcome classes")."""

import datetime as dt

import pytest

from tests.support.rows import NOON
from tests.support.sandboxes import FOREVER_SECONDS, api_of
from tests.support.sender_campaigns import (
    ACCEPTED,
    DAY,
    HOUR,
    INMAIL,
    INVITE,
    MESSAGE,
    MINUTE,
    Desk,
    step,
)
from trueup.alerts.records import resolve_job_alerts
from trueup.heals.orphans import reconcile_orphans
from trueup.sender import UnusableProviderError, round
from trueup.unipile.client import UnipileClient
from unipile_sandbox.control import start_sandbox

SECOND = dt.timedelta(seconds=1)


@pytest.fixture(scope="module")
def running_sandbox(tmp_path_factory):
    journal = tmp_path_factory.mktemp("outcomes") / "journal.jsonl"
    with start_sandbox(journal) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(running_sandbox):
    running_sandbox.reset()
    return running_sandbox


@pytest.fixture
def desk(database, sandbox):
    with database.connect(autocommit=True) as connection:
        yield Desk(connection, sandbox)


def alerts(desk):
    return desk.all(
        "select code, subject from outreach.linkedin_admin_alerts"
        " where resolved_at is null order by alert_id"
    )


def holds(desk):
    return desk.all(
        "select account_id, action, held_until from outreach.linkedin_account_holds"
    )


@pytest.mark.parametrize(
    ("fault", "outcome", "job_status", "linkedin_status"),
    [
        ({"drop": "before"}, "unknown", "unknown", "ready_to_invite"),
        ({"drop": "after"}, "unknown", "unknown", "ready_to_invite"),
        ({"drop": "mid_body"}, "unknown", "unknown", "ready_to_invite"),
        ({"junk": "<html>fine</html>"}, "unknown", "unknown", "ready_to_invite"),
        ({"junk": "{}"}, "unknown", "unknown", "ready_to_invite"),
        (
            {"status": 504, "type": "request_timeout", "commits": True},
            "unknown",
            "unknown",
            "ready_to_invite",
        ),
        (
            {"status": 500, "type": "unexpected_error"},
            "unknown",
            "unknown",
            "ready_to_invite",
        ),
        (
            {"status": 503, "type": "network_down"},
            "retry_safe",
            "queued",
            "ready_to_invite",
        ),
        (
            {"status": 429, "type": "too_many_requests"},
            "account_limit",
            "queued",
            "ready_to_invite",
        ),
        (
            {"status": 422, "type": "limit_exceeded"},
            "account_limit",
            "queued",
            "ready_to_invite",
        ),
        (
            {"status": 401, "type": "expired_credentials"},
            "account_down",
            "queued",
            "ready_to_invite",
        ),
        (
            {"status": 403, "type": "account_restricted"},
            "account_down",
            "queued",
            "ready_to_invite",
        ),
        (
            {"status": 403, "type": "subscription_required"},
            "account_limit",
            "queued",
            "ready_to_invite",
        ),
        (
            {"status": 422, "type": "user_unreachable"},
            "permanent_prospect",
            "failed",
            "failed",
        ),
        (
            {"status": 404, "type": "resource_not_found"},
            "permanent_prospect",
            "failed",
            "failed",
        ),
        (
            {"status": 400, "type": "too_many_characters"},
            "content_bad",
            "parked",
            "pending_template_fix",
        ),
        (
            {"status": 422, "type": "already_connected"},
            "already_connected",
            "cancelled",
            "completed",
        ),
        (
            {"status": 422, "type": "already_invited_recently"},
            "already_pending",
            "cancelled",
            "pending_accept",
        ),
    ],
)
def test_each_answer_has_its_outcome_over_http(
    desk, sandbox, fault, outcome, job_status, linkedin_status
):
    sandbox.script_fault("send_invite", **fault)
    enrollment = desk.enroll(desk.campaign(INVITE, ACCEPTED))
    desk.drain()
    assert desk.outcomes() == [outcome]
    assert desk.jobs(enrollment)[0] == ("send_invite", job_status)
    assert desk.status(enrollment) == linkedin_status
    assert len(sandbox.requests("send_invite")) == 1
    assert desk.violations() == []


def test_what_nobody_answered_is_never_sent_again(desk, sandbox):
    sandbox.script_fault("send_invite", drop="after")
    enrollment = desk.enroll(desk.campaign(INVITE))
    desk.drain()
    desk.drain(NOON + DAY)
    assert desk.jobs(enrollment) == [("send_invite", "unknown")]
    assert len(sandbox.journal("invite_sent")) == 1
    assert desk.violations() == []


@pytest.mark.parametrize("delay", ["delay_before_seconds", "delay_after_seconds"])
def test_a_call_that_is_never_answered_is_given_up_and_not_made_again(
    desk, sandbox, monkeypatch, delay
):
    monkeypatch.setattr(round, "CALL_GIVEN_UP_AFTER_SECONDS", 0.3)
    campaign = desk.campaign(INVITE, ACCEPTED)
    hanging = desk.enroll(campaign)
    desk.account_id = desk.add_account({})
    other = desk.enroll(campaign)
    sandbox.script_fault(
        "send_invite", provider_id=desk.person(hanging), **{delay: FOREVER_SECONDS}
    )
    for number in range(2):
        desk.drain(NOON + number * DAY)
    assert desk.jobs(hanging) == [("send_invite", "unknown")]
    assert desk.jobs(other)[0] == ("send_invite", "completed")
    assert sorted(desk.outcomes()) == ["sent_proven", "unknown"]
    assert len(sandbox.requests("send_invite")) == 2
    assert desk.violations() == []


@pytest.mark.parametrize(
    ("retry_after", "until"),
    [
        ("90", NOON + 90 * SECOND),
        ("Mon, 04 May 2026 12:20:00 GMT", NOON + 20 * MINUTE),
        (None, NOON + HOUR),
        ("soon", NOON + HOUR),
    ],
)
def test_a_429_holds_that_account_until_retry_after(desk, sandbox, retry_after, until):
    sandbox.script_fault(
        "send_invite", status=429, type="too_many_requests", retry_after=retry_after
    )
    enrollment = desk.enroll(desk.campaign(INVITE))
    desk.drain()
    assert holds(desk) == [(desk.account_id, "send_invite", until)]
    assert desk.due(enrollment) == NOON
    desk.drain(until - SECOND)
    assert desk.status(enrollment) == "ready_to_invite"
    desk.drain(until)
    assert desk.status(enrollment) == "pending_accept"
    assert desk.violations() == []


def test_one_accounts_429_slows_no_other_account_and_no_other_action(desk, sandbox):
    sandbox.script_fault(
        "send_invite",
        status=429,
        type="too_many_requests",
        account_id=desk.account,
        times=None,
    )
    campaign = desk.campaign(INVITE)
    held = desk.enroll(campaign)
    inmail = desk.enroll(desk.campaign(INMAIL))
    desk.account_id = desk.add_account({})
    others = [desk.enroll(campaign) for _ in range(3)]
    desk.drain()
    assert desk.status(held) == "ready_to_invite"
    assert [desk.status(each) for each in others] == ["pending_accept"] * 3
    assert desk.status(inmail) == "completed"


@pytest.mark.parametrize(
    ("error_type", "outcome"),
    [
        ("insufficient_credits", "account_limit"),
        ("not_allowed_inmail", "permanent_prospect"),
    ],
)
def test_credits_hold_the_accounts_inmail_and_a_closed_door_ends_one_person(
    desk, sandbox, error_type, outcome
):
    sandbox.script_fault("start_chat", status=422, type=error_type)
    campaign = desk.campaign(INMAIL)
    first, second = desk.enroll(campaign), desk.enroll(campaign)
    desk.drain()
    assert desk.outcomes()[0] == outcome
    is_held = outcome == "account_limit"
    assert desk.status(first) == ("ready_to_message" if is_held else "failed")
    assert desk.status(second) == ("ready_to_message" if is_held else "completed")


@pytest.mark.parametrize(
    ("status", "error_type", "outcome", "linkedin_status"),
    [
        (422, "a_slug_nobody_knows", "permanent_prospect", "failed"),
        (403, "a_slug_nobody_knows", "account_down", "ready_to_invite"),
        (429, "a_slug_nobody_knows", "account_limit", "ready_to_invite"),
        (418, "a_slug_nobody_knows", "permanent_prospect", "failed"),
        (507, "a_slug_nobody_knows", "unknown", "ready_to_invite"),
    ],
)
def test_an_unknown_error_falls_to_its_status_and_opens_one_alert(
    desk, sandbox, status, error_type, outcome, linkedin_status
):
    sandbox.script_fault("send_invite", status=status, type=error_type, times=None)
    campaign = desk.campaign(INVITE)
    enrollment = desk.enroll(campaign)
    desk.drain()
    desk.enroll(campaign)
    desk.drain()
    assert desk.outcomes()[0] == outcome
    assert desk.status(enrollment) == linkedin_status
    assert alerts(desk) == [("provider_error_unmapped", f"{status} {error_type}")]


def test_an_error_that_the_contract_names_opens_no_alert(desk, sandbox):
    sandbox.script_fault("send_invite", status=422, type="cant_send_message")
    desk.enroll(desk.campaign(INVITE))
    desk.drain()
    assert alerts(desk) == []


def test_an_account_that_is_down_is_flipped_and_keeps_its_queue(desk, sandbox):
    sandbox.set_account_status(desk.account, "CREDENTIALS")
    campaign = desk.campaign(INVITE)
    people = [desk.enroll(campaign) for _ in range(2)]
    desk.drain()
    assert desk.one("select status from outreach.linkedin_accounts") == "disconnected"
    assert [desk.jobs(each) for each in people] == [[("send_invite", "queued")]] * 2
    assert len(sandbox.requests("send_invite")) == 1
    assert desk.violations() == []


def test_a_404_of_an_account_that_is_gone_burns_nobody(desk, sandbox):
    sandbox.script_fault("send_invite", status=404, type="resource_not_found")
    sandbox.script_fault("get_account", status=404, type="resource_not_found")
    enrollment = desk.enroll(desk.campaign(INVITE))
    desk.drain()
    assert desk.outcomes() == ["account_down"]
    assert desk.jobs(enrollment) == [("send_invite", "queued")]
    assert desk.one("select status from outreach.linkedin_accounts") == "disconnected"


def test_a_404_while_the_account_cannot_be_asked_is_tried_again(desk, sandbox):
    sandbox.script_fault("send_invite", status=404, type="resource_not_found")
    sandbox.script_fault("get_account", status=500, type="unexpected_error")
    enrollment = desk.enroll(desk.campaign(INVITE))
    desk.drain()
    assert desk.outcomes() == ["retry_safe"]
    desk.drain(NOON + HOUR)
    assert desk.status(enrollment) == "pending_accept"


def test_a_refused_key_stops_everything_and_blames_nobody(desk, sandbox):
    sandbox.script_fault("send_invite", status=401, type="missing_credentials")
    campaign = desk.campaign(INVITE)
    people = [desk.enroll(campaign) for _ in range(3)]
    with pytest.raises(UnusableProviderError, match="refuses the API key"):
        desk.drain()
    assert len(sandbox.requests("send_invite")) == 1
    assert [desk.jobs(each) for each in people] == [[("send_invite", "queued")]] * 3
    assert desk.one("select status from outreach.linkedin_accounts") == "connected"
    assert alerts(desk) == [("provider_key_refused", sandbox.dsn)]
    desk.drain()
    assert [desk.status(each) for each in people] == ["pending_accept"] * 3
    assert alerts(desk) == []


# cannot_resend_yet


RESEND = {"status": 422, "type": "cannot_resend_yet"}


def test_cannot_resend_yet_of_somebody_pending_waits_for_the_accept(desk, sandbox):
    enrollment = desk.enroll(desk.campaign(INVITE, ACCEPTED))
    with api_of(sandbox) as api:
        fields = {"account_id": desk.account, "provider_id": desk.person(enrollment)}
        api.post("/users/invite", json=fields)
    sandbox.script_fault("send_invite", **RESEND)
    desk.drain()
    assert desk.outcomes() == ["already_pending"]
    assert desk.status(enrollment) == "pending_accept"


def test_cannot_resend_yet_of_one_person_leaves_them_alone(desk, sandbox):
    campaign = desk.campaign(INVITE)
    refused, other = desk.enroll(campaign), desk.enroll(campaign)
    sandbox.script_fault("send_invite", provider_id=desk.person(refused), **RESEND)
    desk.drain()
    assert desk.outcomes() == ["ambiguous_resend", "sent_proven"]
    assert desk.status(other) == "pending_accept"
    assert (desk.status(refused), desk.due(refused)) == ("ready_to_invite", NOON)
    assert holds(desk) == []
    desk.drain(NOON + 21 * DAY - MINUTE)
    assert len(sandbox.requests("send_invite")) == 2
    desk.drain(NOON + 21 * DAY)
    assert desk.status(refused) == "pending_accept"
    assert desk.violations() == []


def test_cannot_resend_yet_of_two_people_in_a_row_holds_the_account(desk, sandbox):
    campaign = desk.campaign(INVITE)
    people = [desk.enroll(campaign) for _ in range(3)]
    sandbox.script_fault("send_invite", times=None, **RESEND)
    desk.drain()
    assert holds(desk) == [(desk.account_id, "send_invite", NOON + DAY)]
    assert len(sandbox.requests("send_invite")) == 2
    assert [desk.status(each) for each in people] == ["ready_to_invite"] * 3


def test_a_person_who_is_refused_again_and_again_ends(desk, sandbox):
    enrollment = desk.enroll(desk.campaign(INVITE))
    sandbox.script_fault("send_invite", times=None, **RESEND)
    for number in range(3):
        desk.drain(NOON + number * 21 * DAY)
    assert desk.jobs(enrollment) == [("send_invite", "failed")]


# Retries


def test_retries_back_off_and_move_no_time(desk, sandbox):
    sandbox.script_fault("send_invite", status=503, type="network_down", times=3)
    enrollment = desk.enroll(desk.campaign(INVITE))
    at = NOON
    for seconds in (30, 60, 120):
        desk.drain(at)
        at += seconds * SECOND
        assert holds(desk) == [(desk.account_id, "send_invite", at)]
        desk.drain(at - SECOND)
        assert desk.due(enrollment) == NOON
    assert len(sandbox.requests("send_invite")) == 3
    desk.drain(at)
    assert desk.status(enrollment) == "pending_accept"


def try_for(desk, hours, step=HOUR):
    for number in range(int(hours * HOUR / step)):
        desk.drain(NOON + number * step)


def test_a_send_that_fails_while_others_go_is_given_up(desk, sandbox):
    campaign = desk.campaign(INVITE)
    poor = desk.enroll(campaign)
    sandbox.script_fault(
        "send_invite",
        provider_id=desk.person(poor),
        status=503,
        type="network_down",
        times=None,
    )
    desk.enroll(campaign, run_at=NOON + 2 * HOUR)
    desk.connection.execute(
        "update outreach.campaign_send_jobs set retry_count = 7"
        " where enrollment_id = %s",
        [poor],
    )
    desk.drain(NOON)
    desk.connection.execute("delete from outreach.linkedin_account_holds")
    # The eighth try cools the person for a day, the other one goes, the next gives up.
    for at in (NOON + HOUR, NOON + 3 * HOUR, NOON + 26 * HOUR):
        desk.drain(at)
        desk.connection.execute("delete from outreach.linkedin_account_holds")
    desk.drain(NOON + 28 * HOUR)
    assert desk.jobs(poor) == [("send_invite", "failed")]
    assert desk.one(
        "select failed_classification from outreach.campaign_prospects"
        " where enrollment_id = %s",
        poor,
    ) == ("retries_exhausted")
    assert desk.violations() == []


def test_a_network_that_is_down_burns_nobody(desk, sandbox):
    sandbox.script_fault("send_invite", status=503, type="network_down", times=None)
    campaign = desk.campaign(INVITE)
    people = [desk.enroll(campaign) for _ in range(2)]
    try_for(desk, hours=40)
    assert [desk.jobs(each) for each in people] == [[("send_invite", "queued")]] * 2
    assert len(sandbox.requests("send_invite")) > 16
    sandbox.clear_faults()
    desk.drain(NOON + 10 * DAY)
    assert [desk.status(each) for each in people] == ["pending_accept"] * 2
    assert desk.violations() == []


def test_a_provider_that_cannot_be_reached_is_a_sentence_and_claims_nothing(desk):
    desk.enroll(desk.campaign(INVITE))
    unreachable = type(desk.sandbox)(
        "http://127.0.0.1:9", "key", desk.sandbox.journal_path, desk.sandbox.process
    )
    desk.sandbox = unreachable
    with pytest.raises(UnusableProviderError, match="cannot be reached"):
        desk.drain()


def test_calls_that_never_left_spend_no_retry(desk, monkeypatch):
    send_invite = UnipileClient.send_invite

    async def nowhere(self, account_id, provider_id, message=None):
        async with UnipileClient("http://127.0.0.1:9", "key") as other:
            return await send_invite(other, account_id, provider_id, message)

    enrollment = desk.enroll(desk.campaign(INVITE))
    monkeypatch.setattr(UnipileClient, "send_invite", nowhere)
    for number in range(12):
        desk.drain(NOON + number * HOUR)
    monkeypatch.undo()
    assert set(desk.outcomes()) == {"retry_safe"}
    assert desk.one("select retry_count from outreach.campaign_send_jobs") == 0
    desk.drain(NOON + DAY)
    assert desk.status(enrollment) == "pending_accept"


# Rows that cannot be worked


def test_a_row_that_raises_at_begin_stops_no_other(desk):
    campaign = desk.campaign(INVITE)
    poisoned, healthy = desk.enroll(campaign), desk.enroll(campaign)
    desk.connection.execute(
        "create function outreach.poison() returns trigger language plpgsql as"
        " $$ begin if new.enrollment_id = tg_argv[0]::bigint then"
        " raise exception 'poison'; end if; return new; end $$"
    )
    desk.connection.execute(
        f"create trigger poison before insert on outreach.send_attempts for each row"
        f" execute function outreach.poison({poisoned})"
    )
    report = desk.drain()
    assert report.refused["error"] == 1
    assert desk.status(healthy) == "pending_accept"
    assert desk.jobs(poisoned) == [("send_invite", "queued")]
    assert alerts(desk)[0][0] == "job_cannot_begin"
    assert resolve_job_alerts(desk.connection) == 0
    desk.connection.execute("drop trigger poison on outreach.send_attempts")
    desk.drain(NOON + HOUR)
    assert desk.status(poisoned) == "pending_accept"
    assert resolve_job_alerts(desk.connection) == 1
    assert resolve_job_alerts(desk.connection) == 0


def test_an_answer_that_cannot_be_settled_is_kept(desk):
    campaign = desk.campaign(INVITE)
    poisoned, healthy = desk.enroll(campaign), desk.enroll(campaign)
    desk.connection.execute(
        "create function outreach.poison() returns trigger language plpgsql as"
        " $$ begin if new.enrollment_id = tg_argv[0]::bigint"
        " and new.event_type = 'invite_sent' then"
        " raise exception 'poison'; end if; return new; end $$"
    )
    desk.connection.execute(
        f"create trigger poison before insert on outreach.campaign_events for each row"
        f" execute function outreach.poison({poisoned})"
    )
    desk.drain()
    assert desk.outcomes() == ["sent_proven", "sent_proven"]
    assert desk.status(healthy) == "pending_accept"
    assert desk.jobs(poisoned) == [("send_invite", "unknown")]
    assert alerts(desk)[0][0] == "answer_not_settled"
    assert reconcile_orphans(desk.connection, as_of=NOON).settled == 0
    assert resolve_job_alerts(desk.connection) == 0
    assert [row[0] for row in desk.violations()] == ["lost", "stuck"]

    desk.connection.execute("drop trigger poison on outreach.campaign_events")
    assert reconcile_orphans(desk.connection, as_of=NOON).settled == 1
    assert desk.status(poisoned) == "pending_accept"
    assert desk.jobs(poisoned) == [("send_invite", "completed")]
    assert resolve_job_alerts(desk.connection) == 1
    assert desk.violations() == []


def test_a_message_to_a_stranger_ends_that_step(desk):
    enrollment = desk.enroll(desk.campaign(MESSAGE))
    desk.drain()
    assert desk.outcomes() == ["permanent_prospect"]
    assert desk.one(
        "select failed_classification from outreach.campaign_prospects"
    ) == ("no_connection_with_recipient")
    assert desk.status(enrollment) == "failed"


def test_a_text_that_the_provider_refuses_parks_and_a_look_up_has_none(desk, sandbox):
    sandbox.script_fault("resolve_profile", status=400, type="invalid_parameters")
    enrollment = desk.enroll(desk.campaign(step("resolve_profile")), is_known=False)
    desk.drain()
    assert desk.status(enrollment) == "failed"
