-- Replies to campaigns that are not recorded: a message, and each enrollment for which
-- this account had sent something to the writer before, or made a call without an answer
-- so far, with the step that was sent last. Messages received more than 60 days before a
-- moment, or before received_since, are ignored.
-- The writer is matched by LinkedIn's id. If the prospect's id is of another kind, such
-- as Sales Navigator's, the writer is matched by the public identifier of the
-- connection, as in outreach.accept_matches(). Who writes in the chat that an InMail
-- opened is its recipient, whichever id the product gives.
create or replace function outreach.unrecorded_replies(
    workspace_id bigint,
    at timestamptz,
    received_since timestamptz
)
returns table (
    linkedin_event_id bigint,
    provider_reference text,
    replied_at timestamptz,
    payload jsonb,
    enrollment_id bigint,
    step_id bigint
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    select
        messages.event_id as linkedin_event_id,
        messages.provider_reference,
        messages.replied_at,
        messages.payload,
        enrollments.enrollment_id,
        sent.step_id
    from (
        select
            linkedin_events.*,
            least(
                linkedin_events.occurred_at, linkedin_events.received_at
            ) as replied_at
        from outreach.linkedin_events
        where
            linkedin_events.workspace_id = unrecorded_replies.workspace_id
            and linkedin_events.event_type = 'message_received'
            and linkedin_events.received_at
            >= coalesce(
                unrecorded_replies.received_since,
                unrecorded_replies.at - interval '60 days'
            )
    ) as messages
    cross join lateral (
        select prospects.prospect_id
        from outreach.prospects
        where
            prospects.workspace_id = unrecorded_replies.workspace_id
            and prospects.provider_id = messages.provider_id
        union
        select prospects.prospect_id
        from outreach.accept_signals as signals
        inner join outreach.prospects
            on
                prospects.workspace_id = unrecorded_replies.workspace_id
                and signals.public_identifier = prospects.public_identifier
        where
            signals.workspace_id = unrecorded_replies.workspace_id
            and signals.account_id = messages.account_id
            and signals.person = messages.provider_id
            and coalesce(
                left(signals.provider_id, 5) <> left(prospects.provider_id, 5),
                true
            )
        union
        select inmails.prospect_id
        from outreach.campaign_events as inmails
        where
            inmails.workspace_id = unrecorded_replies.workspace_id
            and inmails.account_id = messages.account_id
            and inmails.event_type = 'inmail_sent'
            and inmails.details ->> 'provider_reference'
            = messages.payload ->> 'chat_id'
    ) as senders
    inner join outreach.campaign_prospects as enrollments
        on
            enrollments.workspace_id = unrecorded_replies.workspace_id
            and senders.prospect_id = enrollments.prospect_id
    cross join lateral (
        select sends.step_id
        from (
            select
                events.step_id,
                events.occurred_at,
                events.event_id
            from outreach.campaign_events as events
            where
                events.workspace_id = unrecorded_replies.workspace_id
                and events.enrollment_id = enrollments.enrollment_id
                and events.account_id = messages.account_id
                and events.event_type in (
                    'invite_sent', 'message_sent', 'inmail_sent', 'comment_posted',
                    'send_unproven'
                )
            union all
            -- A call without an answer so far has no event, and may be replied to.
            select
                attempts.step_id,
                attempts.begun_at,
                null
            from outreach.send_attempts as attempts
            where
                attempts.workspace_id = unrecorded_replies.workspace_id
                and attempts.enrollment_id = enrollments.enrollment_id
                and attempts.account_id = messages.account_id
                and outreach.contacts_person(attempts.action)
                and outreach.state_of_means(
                    array(
                        select outcomes.means
                        from outreach.send_attempt_outcomes as outcomes
                        where
                            outcomes.workspace_id = unrecorded_replies.workspace_id
                            and outcomes.attempt_id = attempts.attempt_id
                    )
                ) in ('open', 'unknown')
        ) as sends
        where sends.occurred_at <= messages.replied_at
        order by
            sends.occurred_at desc,
            sends.event_id desc
        limit 1
    ) as sent
    where
        not exists (
            select 1
            from outreach.campaign_events as known
            where
                known.workspace_id = unrecorded_replies.workspace_id
                and known.enrollment_id = enrollments.enrollment_id
                and known.event_type = 'reply_received'
                and known.details ->> 'linkedin_event_id'
                = messages.event_id::text
        )
    order by
        enrollments.account_id,
        enrollments.enrollment_id,
        messages.replied_at,
        messages.event_id;
end
$$;
