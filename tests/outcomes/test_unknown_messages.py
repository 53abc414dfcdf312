"""Messages, InMails and comments that nobody answered: found by text and time, or left
to a person. Their attempts are laid down by hand, as a killed sender leaves them."""

import asyncio
import datetime as dt

import pytest

from tests.support.ledger_rows import loading
from tests.support.rows import (
    make_account,
    make_campaign,
    make_workspace,
    provider_account_id,
    record,
)
from tests.support.versions import BOTH_VERSIONS
from trueup.inbound.lists.unknown_sends import resolve_unknown_sends
from trueup.sender.rendering import RenderedSend
from trueup.unipile.provider import open_provider

MINUTE = dt.timedelta(minutes=1)
PERSON = "ACoAAperson-of-the-message"
POST = "urn:li:activity:7332661864792854528"
TEXTS = {
    "send_message": {"message": "Hello, shall we talk?"},
    "send_inmail": {"subject": "A question", "body": "Hello, shall we talk?"},
    "comment": {"comment": "Hello, shall we talk?"},
}


class Lost:
    """A call that was begun just now and never answered; its job is unknown."""

    def __init__(self, connection, sandbox, action):
        self.action = action
        self.begun_at = connection.execute("select clock_timestamp()").fetchone()[0]
        self.workspace_id = make_workspace(connection, sandbox.dsn)
        self.account_id = make_account(connection, self.workspace_id)
        self.provider_account_id = provider_account_id(sandbox.dsn, self.account_id)
        campaign_id, (step_id,) = make_campaign(
            connection, self.workspace_id, (action,)
        )
        request = RenderedSend(
            job_id=0,
            action=action,
            variant=None,
            provider_account_id=self.provider_account_id,
            recipient_provider_id=PERSON,
            texts=TEXTS[action],
            validation_stamps=[],
        )
        with loading(connection):
            connection.execute(
                "select outreach.test_lose_send(%s, %s, %s, %s, %s, %s, %s, %s, %s)",
                [
                    self.workspace_id,
                    self.account_id,
                    campaign_id,
                    step_id,
                    action,
                    PERSON,
                    POST,
                    request.request_sha256,
                    self.begun_at,
                ],
            )
        sandbox.register_accounts(
            [
                {
                    "id": self.provider_account_id,
                    "name": "Anisha",
                    "provider_id": f"ACoAA{self.workspace_id}-{self.account_id}",
                    "public_identifier": f"anisha-{self.account_id}",
                    "premium_features": ["premium"],
                }
            ]
        )


@pytest.fixture
def lose(opened, sandbox):
    opened.execute(
        """
        create function outreach.test_lose_send(
            workspace_id bigint, account_id bigint, campaign_id bigint, step_id bigint,
            action text, person text, post text, sha text, at timestamptz
        )
        returns void
        language sql
        begin atomic
            update outreach.campaign_steps set settings = '{"post": "custom.post"}'
            where campaign_steps.step_id = $4;

            insert into outreach.prospects (
                workspace_id, prospect_id, provider_id, public_identifier, custom
            ) overriding system value
            values ($1, 1, $6, 'ada', jsonb_build_object('post', $7));

            insert into outreach.campaign_prospects (
                workspace_id, enrollment_id, campaign_id, prospect_id, account_id,
                linkedin_status, current_step_id, next_action_at
            ) overriding system value
            values ($1, 1, $3, 1, $2, 'ready_to_message', $4, $9);

            insert into outreach.campaign_send_jobs (
                workspace_id, job_id, enrollment_id, campaign_id, step_id, account_id,
                action, status, run_at
            ) overriding system value
            values ($1, 1, 1, $3, $4, $2, $5, 'unknown', $9);

            insert into outreach.send_attempts (
                workspace_id, attempt_id, job_id, enrollment_id, campaign_id, step_id,
                prospect_id, account_id, action, worker, begun_at, counted_on,
                provider_account_id, recipient_provider_id, request_sha256,
                limit_per_day, minimum_gap, timezone, window_weekday, window_opens,
                window_closes
            ) overriding system value
            values (
                $1, 1, 1, 1, $3, $4, 1, $2, $5, 'w1', $9, $9::date,
                (
                    select accounts.provider_account_id
                    from outreach.provider_accounts as accounts
                    where accounts.account_id = $2
                ),
                $6, $8, 80, '0', 'UTC', 1, '00:00', '24:00'
            );

            insert into outreach.send_attempt_outcomes (
                workspace_id, attempt_id, outcome, means, decided_by, recorded_at
            )
            values ($1, 1, 'unknown', 'unknown', 'lease', $9);
        end
        """
    )
    return lambda action: Lost(opened, sandbox, action)


def write(sandbox, lost, text="Hello, shall we talk?"):
    """What the killed sender's call did at the provider."""
    account = lost.provider_account_id
    if lost.action == "send_message":
        sandbox.connect_stranger(account, PERSON)
    inmail = {"subject": "A question", "inmail_api": "classic"}
    options = inmail if lost.action == "send_inmail" else {}

    async def call():
        async with open_provider(sandbox.dsn, sandbox.api_key) as provider:
            if lost.action == "comment":
                return await provider.post_comment(account, POST, text)
            return await provider.start_chat(account, PERSON, text, **options)

    answer = asyncio.run(call())
    assert answer.is_success
    return answer


def ask(opened, sandbox, lost, minutes):
    as_of = lost.begun_at + minutes * MINUTE
    return resolve_unknown_sends(opened, sandbox.dsn, sandbox.api_key, as_of)


def job_status(opened):
    return opened.execute(
        "select status from outreach.campaign_send_jobs where job_id = 1"
    ).fetchone()[0]


@BOTH_VERSIONS
def test_the_chat_of_an_inmail_is_known_though_its_answer_was_lost(
    opened, sandbox, lose
):
    lost = lose("send_inmail")
    chat_id = write(sandbox, lost).body["chat_id"]
    ask(opened, sandbox, lost, 16)
    assert opened.execute(
        "select details ->> 'provider_reference' from outreach.campaign_events"
        " where event_type = 'inmail_sent'"
    ).fetchall() == [(chat_id,)]


@BOTH_VERSIONS
@pytest.mark.parametrize("action", TEXTS)
def test_what_was_written_is_found_by_its_text(opened, sandbox, lose, action):
    lost = lose(action)
    write(sandbox, lost)
    report = ask(opened, sandbox, lost, 16)
    assert report.outcomes == {"decided_sent": 1}
    assert job_status(opened) == "completed"


@BOTH_VERSIONS
@pytest.mark.parametrize("action", TEXTS)
def test_another_text_is_not_it_and_a_person_decides(opened, sandbox, lose, action):
    lost = lose(action)
    write(sandbox, lost, "Something else")
    for minutes in (16, 32, 48):
        assert ask(opened, sandbox, lost, minutes).outcomes == {}
    assert job_status(opened) == "unknown"


@pytest.mark.parametrize("action", TEXTS)
def test_after_two_complete_reads_the_provider_is_left_alone(
    opened, sandbox, lose, action
):
    lost = lose(action)
    asked = [ask(opened, sandbox, lost, minutes).asked for minutes in (16, 32, 48)]
    assert asked == [1, 1, 0]


@BOTH_VERSIONS
def test_a_walk_of_chats_that_breaks_is_made_again(opened, sandbox, lose):
    lost = lose("send_message")
    sandbox.script_fault("chats", times=2, status=500, type="unexpected_error")
    asked = [ask(opened, sandbox, lost, 16 * number).asked for number in range(1, 6)]
    assert asked == [1, 1, 1, 1, 0]


@BOTH_VERSIONS
def test_a_persons_own_words_are_not_ours(opened, sandbox, lose):
    lost = lose("send_message")
    sandbox.connect_stranger(lost.provider_account_id, PERSON)
    sandbox.incoming_message(lost.provider_account_id, PERSON, "Hello, shall we talk?")
    assert ask(opened, sandbox, lost, 16).outcomes == {}


@pytest.mark.parametrize(
    ("action", "event_type"),
    [("send_message", "message_sent"), ("comment", "comment_posted")],
)
def test_a_yes_without_a_proof_counts_once_it_is_found(
    opened, sandbox, lose, action, event_type
):
    lost = lose(action)
    write(sandbox, lost)
    record(opened, lost.workspace_id, 1, as_of=None, provider_reference=None)
    assert job_status(opened) == "completed"
    assert counted_events(opened) == []

    assert ask(opened, sandbox, lost, 16).outcomes == {"decided_sent": 1}
    assert counted_events(opened) == [event_type]
    assert ask(opened, sandbox, lost, 32).asked == 0


def counted_events(opened):
    return [
        row[0]
        for row in opened.execute(
            "select event_type from outreach.campaign_events"
            " where counted_on is not null"
        )
    ]
