-- Enrollments that existed at a past moment, and since when: by the first event of an
-- enrollment, or by its row if it was loaded without events.
create or replace function outreach.past_enrollments(at timestamptz)
returns table (
    workspace_id bigint,
    enrollment_id bigint,
    campaign_id bigint,
    prospect_id bigint,
    account_id bigint,
    created_at timestamptz
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    select
        events.workspace_id,
        events.enrollment_id,
        events.campaign_id,
        events.prospect_id,
        events.account_id,
        events.occurred_at as created_at
    from outreach.campaign_events as events
    where
        events.status_seq = 0
        and events.recorded_at <= past_enrollments.at

    union all

    select
        enrollments.workspace_id,
        enrollments.enrollment_id,
        enrollments.campaign_id,
        enrollments.prospect_id,
        enrollments.account_id,
        enrollments.created_at
    from outreach.campaign_prospects as enrollments
    where
        enrollments.created_at <= past_enrollments.at
        and not exists (
            select 1
            from outreach.campaign_events as creation
            where
                creation.workspace_id = enrollments.workspace_id
                and creation.enrollment_id = enrollments.enrollment_id
                and creation.status_seq = 0
        );
end
$$;
