-- Records an event for each of an account's invites that has left the list of pending
-- ones, and an accept signal if the person is connected. Only a complete walk proves
-- this, and only for invites that were sent 15 minutes or more before it began. The
-- signal does not depend on the enrollment's later status, such as a reply before the
-- accept. Withdrawn invites are left out. Returns the number of new events.
create or replace function outreach.take_in_sent_invitations(
    workspace_id bigint,
    read_id bigint
)
returns bigint
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    gone jsonb;
begin
    with

    reads as materialized (

        select provider_reads.*
        from outreach.whole_provider_reads as provider_reads
        where
            provider_reads.workspace_id = take_in_sent_invitations.workspace_id
            and provider_reads.read_id = take_in_sent_invitations.read_id
            and provider_reads.list = 'sent_invitations'
            and provider_reads.is_complete

    ),

    pending as materialized (

        select items.*
        from reads
        cross join lateral jsonb_to_recordset(reads.items) as items (
            reference text,
            provider_id text,
            public_identifier text
        )

    ),

    invites as (

        select
            events.event_id,
            events.details ->> 'provider_reference' as reference,
            prospects.provider_id,
            prospects.public_identifier,
            reads.account_id,
            reads.read_id,
            reads.ended_at,
            outreach.linkedin_event_key(
                'invitation_gone', reads.account_id, events.event_id::text
            ) as dedupe_key
        from reads
        inner join outreach.campaign_events as events
            on
                events.workspace_id = take_in_sent_invitations.workspace_id
                and reads.account_id = events.account_id
                and events.counted_on >= (reads.started_at - interval '200 days')::date
                and events.event_type = 'invite_sent'
                and events.occurred_at <= reads.started_at - interval '15 minutes'
        inner join outreach.prospects
            on
                prospects.workspace_id = take_in_sent_invitations.workspace_id
                and events.prospect_id = prospects.prospect_id
        inner join outreach.campaign_prospects as enrollments
            on
                enrollments.workspace_id = take_in_sent_invitations.workspace_id
                and events.enrollment_id = enrollments.enrollment_id
        where enrollments.linkedin_status <> 'withdrawn'

    )

    select
        jsonb_agg(
            jsonb_build_object(
                'account_id', invites.account_id,
                'event_type', 'invitation_gone',
                'subject', invites.event_id::text,
                'provider_id', invites.provider_id,
                'public_identifier', invites.public_identifier,
                'reference', invites.reference,
                'received_at', invites.ended_at,
                'observed_at', invites.ended_at,
                'signal', 'invitation_gone',
                'evidence', jsonb_build_object(
                    'read_id', invites.read_id, 'invite_event_id', invites.event_id
                ),
                'payload', jsonb_build_object('invite_event_id', invites.event_id)
            )
        )
    into gone
    from invites
    where
        not exists (
            select 1
            from outreach.linkedin_events as known
            where
                known.workspace_id = take_in_sent_invitations.workspace_id
                and known.dedupe_key = invites.dedupe_key
        )
        and not exists (
            select 1
            from pending
            where pending.provider_id = invites.provider_id
        )
        and not exists (
            select 1
            from pending
            where pending.public_identifier = invites.public_identifier
        )
        and not exists (
            select 1
            from pending
            where pending.reference = invites.reference
        );

    if gone is null then
        return 0;
    end if;

    perform outreach.record_accept_signals(
        take_in_sent_invitations.workspace_id, gone
    );

    return outreach.record_linkedin_events(
        take_in_sent_invitations.workspace_id, 'poll', gone
    );
end
$$;
