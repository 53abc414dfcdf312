-- The invites of an account that are not pending any more and were not accepted, and are
-- not recorded as gone yet. It is proven as the absence of a lost invite is: no complete
-- read of the pending invitations since the first one without it has it, and no complete
-- read of the relations since then has the person, at least two of each.
-- invite_event_id: the event invite_sent. gone_at: the end of the first read without the
-- invite. read_ids: the reads that prove it.
create or replace function outreach.gone_invites(
    workspace_id bigint,
    account_id bigint,
    at timestamptz
)
returns table (
    enrollment_id bigint,
    invite_event_id bigint,
    step_id bigint,
    gone_at timestamptz,
    read_ids bigint []
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    with

    invites as materialized (

        select
            enrollments.enrollment_id,
            events.event_id,
            events.step_id,
            events.occurred_at as invited_at,
            events.details ->> 'provider_reference' as reference,
            told.received_at as gone_at,
            prospects.provider_id,
            prospects.public_identifier
        from outreach.campaign_prospects as enrollments
        inner join outreach.campaign_events as events
            on
                events.workspace_id = gone_invites.workspace_id
                and enrollments.enrollment_id = events.enrollment_id
                and events.account_id = gone_invites.account_id
                and events.event_type = 'invite_sent'
        inner join outreach.linkedin_events as told
            on
                told.workspace_id = gone_invites.workspace_id
                and told.dedupe_key = outreach.linkedin_event_key(
                    'invitation_gone', events.account_id, events.event_id::text
                )
        inner join outreach.prospects
            on
                prospects.workspace_id = gone_invites.workspace_id
                and enrollments.prospect_id = prospects.prospect_id
        where
            enrollments.workspace_id = gone_invites.workspace_id
            and enrollments.account_id = gone_invites.account_id
            and enrollments.linkedin_accepted_at is null
            and enrollments.linkedin_invited_at is not null
            and enrollments.linkedin_status <> 'withdrawn'
            and not exists (
                select 1
                from outreach.campaign_events as known
                where
                    known.workspace_id = gone_invites.workspace_id
                    and known.enrollment_id = enrollments.enrollment_id
                    and known.event_type = 'invite_gone'
            )

    ),

    reads as materialized (

        select provider_reads.*
        from outreach.whole_provider_reads as provider_reads
        where
            provider_reads.workspace_id = gone_invites.workspace_id
            and provider_reads.account_id = gone_invites.account_id
            and provider_reads.list in ('sent_invitations', 'relations')
            and provider_reads.is_complete
            -- Without its items a read shows nobody absent.
            and provider_reads.items_emptied_at is null
            and provider_reads.ended_at
            >= (select min(invites.gone_at) from invites)
            and provider_reads.ended_at <= gone_invites.at

    ),

    listed as materialized (

        select
            reads.read_id,
            reads.ended_at,
            items.reference,
            items.provider_id,
            items.public_identifier
        from reads
        cross join lateral jsonb_to_recordset(reads.items) as items (
            reference text,
            provider_id text,
            public_identifier text
        )

    )

    select
        invites.enrollment_id,
        invites.event_id,
        invites.step_id,
        invites.gone_at,
        (
            select array_agg(reads.read_id order by reads.read_id)
            from reads
            where reads.ended_at >= invites.gone_at
        ) as read_ids
    from invites
    where
        (
            select
                count(*) filter (where reads.list = 'sent_invitations') >= 2
                and count(*) filter (where reads.list = 'relations') >= 2
            from reads
            where reads.ended_at >= invites.gone_at
        )
        and not exists (
            select 1
            from listed
            where
                listed.ended_at >= invites.gone_at
                and (
                    listed.provider_id = invites.provider_id
                    or listed.public_identifier = invites.public_identifier
                    or listed.reference = invites.reference
                )
        )
        -- Another sign of an accept may have come that is not credited yet.
        and not exists (
            select 1
            from outreach.accept_signals as signals
            where
                signals.workspace_id = gone_invites.workspace_id
                and signals.account_id = gone_invites.account_id
                and signals.person = invites.provider_id
                and signals.signal <> 'invitation_gone'
                and signals.observed_at >= invites.invited_at
        );
end
$$;
