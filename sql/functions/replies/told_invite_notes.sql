-- The notes of invites to a person that the provider told of as messages: LinkedIn shows
-- a note as the first message of the chat, under an id of its own. It is the first
-- message of the account within 10 minutes of the invite that no other send or answer
-- explains.
-- message_reference: the provider's id of that message.
create or replace function outreach.told_invite_notes(
    workspace_id bigint,
    person text
)
returns table (
    attempt_id bigint,
    account_id bigint,
    message_reference text
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    with

    sends as materialized (

        select
            events.event_type,
            events.attempt_id,
            events.account_id,
            events.details ->> 'provider_reference' as reference
        from outreach.prospects
        inner join outreach.campaign_prospects as enrollments
            on
                enrollments.workspace_id = told_invite_notes.workspace_id
                and prospects.prospect_id = enrollments.prospect_id
        inner join outreach.campaign_events as events
            on
                events.workspace_id = told_invite_notes.workspace_id
                and enrollments.enrollment_id = events.enrollment_id
                and events.attempt_id is not null
        where
            prospects.workspace_id = told_invite_notes.workspace_id
            and prospects.provider_id = told_invite_notes.person

        union all

        select
            'answer',
            attempts.attempt_id,
            answers.account_id,
            outcomes.provider_reference
        from outreach.reply_answers as answers
        inner join outreach.send_attempts as attempts
            on
                attempts.workspace_id = told_invite_notes.workspace_id
                and answers.answer_id = attempts.answer_id
        inner join outreach.send_attempt_outcomes as outcomes
            on
                outcomes.workspace_id = told_invite_notes.workspace_id
                and attempts.attempt_id = outcomes.attempt_id
        where
            answers.workspace_id = told_invite_notes.workspace_id
            and answers.person = told_invite_notes.person

    )

    select distinct on (attempts.attempt_id)
        attempts.attempt_id,
        attempts.account_id,
        messages.provider_reference
    from sends as invites
    inner join outreach.send_attempts as attempts
        on
            attempts.workspace_id = told_invite_notes.workspace_id
            and invites.attempt_id = attempts.attempt_id
            and attempts.has_note
    inner join outreach.linkedin_events as messages
        on
            messages.workspace_id = told_invite_notes.workspace_id
            and attempts.account_id = messages.account_id
            and messages.provider_id = told_invite_notes.person
            and messages.event_type = 'message_sent'
            and coalesce(messages.occurred_at, messages.received_at)
            between attempts.begun_at - interval '1 minute'
            and attempts.begun_at + interval '10 minutes'
    where
        invites.event_type = 'invite_sent'
        and not exists (
            select 1
            from sends
            where
                sends.account_id = messages.account_id
                and sends.reference = messages.provider_reference
        )
    order by
        attempts.attempt_id,
        coalesce(messages.occurred_at, messages.received_at),
        messages.event_id;
end
$$;
