-- Records replies to campaigns: an event for each enrollment for which this account had
-- sent something to the writer before, on the step that was sent last. A message is one
-- reply, even if it is reported repeatedly. Messages received more than 60 days ago, or
-- before received_since, are ignored.
-- The writer is matched by LinkedIn's id. If the prospect's id is of another kind, such
-- as Sales Navigator's, the writer is matched by the public identifier of the
-- connection, as in outreach.accept_matches(). Returns the new replies.
create or replace function outreach.record_replies(
    workspace_id bigint,
    actor text,
    as_of timestamptz default null,
    received_since timestamptz default null
)
returns table (
    enrollment_id bigint,
    event_id bigint
)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    reply record;
begin
    -- A concurrent call for the same workspace waits here, then sees these replies.
    perform
    from outreach.workspaces
    where workspaces.workspace_id = record_replies.workspace_id
    for no key update;

    for reply in
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
                linkedin_events.workspace_id = record_replies.workspace_id
                and linkedin_events.event_type = 'message_received'
                and linkedin_events.received_at
                >= coalesce(
                    received_since,
                    coalesce(as_of, clock_timestamp()) - interval '60 days'
                )
        ) as messages
        cross join lateral (
            select prospects.prospect_id
            from outreach.prospects
            where
                prospects.workspace_id = record_replies.workspace_id
                and prospects.provider_id = messages.provider_id
            union
            select prospects.prospect_id
            from outreach.accept_signals as signals
            inner join outreach.prospects
                on
                    prospects.workspace_id = record_replies.workspace_id
                    and signals.public_identifier = prospects.public_identifier
            where
                signals.workspace_id = record_replies.workspace_id
                and signals.account_id = messages.account_id
                and signals.person = messages.provider_id
                and coalesce(
                    left(signals.provider_id, 5) <> left(prospects.provider_id, 5),
                    true
                )
        ) as senders
        inner join outreach.campaign_prospects as enrollments
            on
                enrollments.workspace_id = record_replies.workspace_id
                and senders.prospect_id = enrollments.prospect_id
        cross join lateral (
            select events.step_id
            from outreach.campaign_events as events
            where
                events.workspace_id = record_replies.workspace_id
                and events.enrollment_id = enrollments.enrollment_id
                and events.account_id = messages.account_id
                and events.event_type in (
                    'invite_sent', 'message_sent', 'inmail_sent', 'comment_posted',
                    'send_unproven'
                )
                and events.occurred_at <= messages.replied_at
            order by
                events.occurred_at desc,
                events.event_id desc
            limit 1
        ) as sent
        where
            not exists (
                select 1
                from outreach.campaign_events as known
                where
                    known.workspace_id = record_replies.workspace_id
                    and known.enrollment_id = enrollments.enrollment_id
                    and known.event_type = 'reply_received'
                    and known.details ->> 'linkedin_event_id'
                    = messages.event_id::text
            )
        order by
            enrollments.account_id,
            enrollments.enrollment_id,
            messages.replied_at,
            messages.event_id
    loop
        perform outreach.lock_enrollment(
            record_replies.workspace_id, reply.enrollment_id
        );

        enrollment_id := reply.enrollment_id;
        event_id := outreach.record_enrollment_event(
            record_replies.workspace_id, reply.enrollment_id, 'reply_received', actor,
            reply.replied_at,
            step_id => reply.step_id,
            details => jsonb_build_object(
                'linkedin_event_id', reply.linkedin_event_id,
                'message_id', reply.provider_reference
            ) || jsonb_strip_nulls(
                jsonb_build_object(
                    'opt_out_phrase', coalesce(
                        reply.payload ->> 'opt_out_phrase',
                        outreach.opt_out_phrase_of(reply.payload ->> 'message')
                    )
                )
            )
        );

        return next;
    end loop;
end
$$;
