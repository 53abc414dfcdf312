-- Ends enrollments that must not continue, and cancels the job of each in any status if
-- its call has not begun. A call that has begun waits for its answer. A pending invite
-- stays: it may still be accepted, and its withdrawal contacts no person. Such an
-- enrollment stays pending, or becomes pending again, and only its withdrawal stays in
-- the queue. The caller holds the accounts' locks. Returns the number of cancelled jobs.
create or replace function outreach.stop_enrollments(
    workspace_id bigint,
    enrollment_ids bigint [],
    reason text,
    actor text,
    at timestamptz
)
returns bigint
language plpgsql
set search_path = pg_catalog, pg_temp
-- Planned for the list that is given: Postgres hashes it then. A plan for any list
-- compares each enrollment with all of them.
set plan_cache_mode = force_custom_plan
-- Forces one index look-up per row, which is fast whatever the statistics.
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
set enable_material = off
set enable_bitmapscan = off
as $$
#variable_conflict use_column
declare
    invited_ids bigint [];
    cancelled_ids bigint [];
begin
    perform
    from outreach.campaign_prospects as enrollments
    where
        enrollments.workspace_id = stop_enrollments.workspace_id
        and enrollments.enrollment_id = any(stop_enrollments.enrollment_ids)
    order by enrollments.enrollment_id
    for no key update;

    invited_ids := array(
        select enrollments.enrollment_id
        from outreach.campaign_prospects as enrollments
        where
            enrollments.workspace_id = stop_enrollments.workspace_id
            and enrollments.enrollment_id = any(stop_enrollments.enrollment_ids)
            and enrollments.linkedin_accepted_at is null
            and (
                enrollments.linkedin_status = 'pending_accept'
                or enrollments.linkedin_invited_at is not null
            )
    );

    -- The events come first, while the rows still have their statuses. No list is joined
    -- with another one: without statistics, that would be a comparison of all pairs.
    with

    stopping as (

        select
            enrollments.*,
            jobs.job_id,
            case
                when enrollments.enrollment_id = any(invited_ids) then 'pending_accept'
                else 'failed'
            end as to_status
        from outreach.campaign_prospects as enrollments
        left join outreach.campaign_send_jobs as jobs
            on
                jobs.workspace_id = stop_enrollments.workspace_id
                and enrollments.enrollment_id = jobs.enrollment_id
                and jobs.status in ('queued', 'claimed', 'parked')
                and jobs.action <> 'withdraw_invite'
        where
            enrollments.workspace_id = stop_enrollments.workspace_id
            and enrollments.enrollment_id = any(stop_enrollments.enrollment_ids)

    )

    insert into outreach.campaign_events (
        workspace_id, enrollment_id, campaign_id, step_id, prospect_id, account_id,
        event_type, occurred_at, status_seq, from_status, to_status, actor, details
    )
    select
        stop_enrollments.workspace_id, stopping.enrollment_id, stopping.campaign_id,
        stopping.current_step_id, stopping.prospect_id, stopping.account_id,
        'send_cancelled', stop_enrollments.at,
        case
            when stopping.to_status <> stopping.linkedin_status
                then stopping.status_seq + 1
        end,
        nullif(stopping.linkedin_status, stopping.to_status),
        nullif(stopping.to_status, stopping.linkedin_status),
        stop_enrollments.actor,
        jsonb_build_object(
            'job_id', stopping.job_id, 'reason', stop_enrollments.reason
        )
    from stopping
    where stopping.job_id is not null or stopping.to_status <> stopping.linkedin_status
    order by stopping.enrollment_id;

    with

    cancelled as (

        update outreach.campaign_send_jobs as jobs
        set
            status = 'cancelled',
            run_at = null,
            claimed_by = null,
            lease_expires_at = null,
            failed_classification = stop_enrollments.reason
        where
            jobs.workspace_id = stop_enrollments.workspace_id
            and jobs.enrollment_id = any(stop_enrollments.enrollment_ids)
            and jobs.status in ('queued', 'claimed', 'parked')
            and jobs.action <> 'withdraw_invite'
        returning jobs.enrollment_id

    )

    select coalesce(array_agg(cancelled.enrollment_id), '{}')
    into cancelled_ids
    from cancelled;

    update outreach.campaign_prospects as enrollments
    set
        linkedin_status = case
            when enrollments.enrollment_id = any(invited_ids) then 'pending_accept'
            else 'failed'
        end,
        failed_classification = case
            when enrollments.enrollment_id <> all(invited_ids)
                then stop_enrollments.reason
        end,
        template_error = null,
        next_action_at = case
            when enrollments.enrollment_id <> all(cancelled_ids)
                then enrollments.next_action_at
        end
    where
        enrollments.workspace_id = stop_enrollments.workspace_id
        and enrollments.enrollment_id = any(stop_enrollments.enrollment_ids);

    return cardinality(cancelled_ids);
end
$$;
