-- Enrollments at a past moment, rebuilt from append-only rows: the person, the step and
-- the status from events, the invite from the ledger, the accept from events and
-- credits. An enrollment that was loaded without events has its present state. Columns
-- that are not named here have no history and are null.
create or replace function outreach.past_campaign_prospects(at timestamptz)
returns setof outreach.campaign_prospects
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    with

    events as (

        select *
        from outreach.campaign_events
        where recorded_at <= past_campaign_prospects.at

    ),

    flips as (

        select distinct on (workspace_id, enrollment_id)
            workspace_id,
            enrollment_id,
            status_seq,
            to_status,
            details
        from events
        where status_seq is not null
        order by
            workspace_id,
            enrollment_id,
            status_seq desc

    ),

    -- These events have the enrollment's status; others have the step that they belong
    -- to.
    places as (

        select distinct on (workspace_id, enrollment_id)
            workspace_id,
            enrollment_id,
            step_id
        from events
        where event_type in ('enrolled', 'advanced', 'accept_reverted')
        order by
            workspace_id,
            enrollment_id,
            event_id desc

    ),

    invites as (

        select
            attempts.workspace_id,
            attempts.enrollment_id,
            min(attempts.begun_at) as invited_at
        from outreach.send_attempts as attempts
        inner join outreach.send_attempt_outcomes as outcomes
            on
                attempts.workspace_id = outcomes.workspace_id
                and attempts.attempt_id = outcomes.attempt_id
                and outcomes.means = 'sent'
        where
            attempts.action = 'send_invite'
            and outcomes.recorded_at <= past_campaign_prospects.at
        group by
            attempts.workspace_id,
            attempts.enrollment_id

    ),

    rebuilt as (

        select
            enrolled.*,
            places.step_id as current_step_id,
            coalesce(flips.status_seq, loaded.status_seq) as status_seq,
            coalesce(flips.to_status, loaded.linkedin_status) as linkedin_status,
            coalesce(
                invites.invited_at,
                case
                    when flips.enrollment_id is null
                        and loaded.linkedin_invited_at <= past_campaign_prospects.at
                        then loaded.linkedin_invited_at
                end
            ) as linkedin_invited_at,
            case
                when accepts.is_accepted then accepts.accepted_at
                when accepts.enrollment_id is null
                    and flips.enrollment_id is null
                    and loaded.linkedin_accepted_at <= past_campaign_prospects.at
                    then loaded.linkedin_accepted_at
            end as linkedin_accepted_at,
            case
                when flips.to_status = 'pending_template_fix'
                    then flips.details -> 'error'
            end as template_error
        from outreach.past_enrollments(past_campaign_prospects.at) as enrolled
        left join outreach.campaign_prospects as loaded
            using (workspace_id, enrollment_id)
        left join flips using (workspace_id, enrollment_id)
        left join places using (workspace_id, enrollment_id)
        left join invites using (workspace_id, enrollment_id)
        left join outreach.past_accepts(past_campaign_prospects.at) as accepts
            using (workspace_id, enrollment_id)

    )

    select past.*
    from rebuilt
    cross join lateral jsonb_populate_record(
        null::outreach.campaign_prospects, to_jsonb(rebuilt)
    ) as past;
end
$$;
