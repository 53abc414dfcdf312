-- Whether each enrollment was accepted at a past moment, and since when: its last event
-- about an accept decides, in the order of event_id.
create or replace function outreach.past_accepts(at timestamptz)
returns table (
    workspace_id bigint,
    enrollment_id bigint,
    is_accepted boolean,
    accepted_at timestamptz
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    with

    last_words as (

        select distinct on (workspace_id, enrollment_id)
            workspace_id,
            enrollment_id,
            event_type = 'invite_accepted' as is_accepted,
            occurred_at
        from outreach.campaign_events
        where
            event_type in ('invite_accepted', 'accept_reverted')
            and recorded_at <= past_accepts.at
        order by
            workspace_id,
            enrollment_id,
            event_id desc

    ),

    -- A later signal can correct the time of an accept without another event.
    credits as (

        select distinct on (workspace_id, enrollment_id)
            workspace_id,
            enrollment_id,
            accepted_at
        from outreach.accept_credits
        where
            is_credited
            and decided_at <= past_accepts.at
        order by
            workspace_id,
            enrollment_id,
            credit_id desc

    )

    select
        last_words.workspace_id,
        last_words.enrollment_id,
        last_words.is_accepted,
        coalesce(credits.accepted_at, last_words.occurred_at)
    from last_words
    left join credits using (workspace_id, enrollment_id);
end
$$;
