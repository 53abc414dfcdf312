-- The forecast of one account: see outreach.forecast_acts.
create or replace function outreach.forecast_account(
    workspace_id bigint,
    account_id bigint,
    as_of timestamptz,
    until timestamptz
)
returns table (
    enrollment_id bigint,
    act_number integer,
    job_id bigint,
    step_id bigint,
    action text,
    outlook text,
    expected_at timestamptz,
    earliest_at timestamptz,
    latest_at timestamptz,
    blocker text,
    jobs_ahead_count integer
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    has_window constant boolean := exists (
        select 1
        from outreach.linkedin_account_sending_windows as windows
        where
            windows.workspace_id = forecast_account.workspace_id
            and windows.account_id = forecast_account.account_id
    );
    going record;
    distinct_places jsonb [];
    paths record;
begin
    select
        array_agg(queue.enrollment_id) filter (where queue.goes) as enrollment_ids,
        array_agg(queue.job_id) filter (where queue.goes) as job_ids,
        array_agg(queue.list) filter (where queue.goes) as lists,
        array_agg(queue.starts_at) filter (where queue.goes) as starts_ats,
        array_agg(queue.place) filter (where queue.goes) as places,
        array_agg(queue.place_number) filter (where queue.goes) as place_numbers,
        array_agg(queue.enrollment_id) filter (where not queue.goes) as other_ids,
        array_agg(queue.job_id) filter (where not queue.goes) as other_job_ids,
        array_agg(queue.action) filter (where not queue.goes) as other_actions,
        array_agg(queue.blocker) filter (where not queue.goes) as other_blockers,
        array_agg(queue.sender_does) filter (where not queue.goes)
            as others_sender_does
    into going
    from outreach.forecast_queue(
        forecast_account.workspace_id, forecast_account.account_id,
        forecast_account.as_of, forecast_account.until
    ) as queue;

    return query
    select
        others.enrollment_id,
        1,
        others.job_id,
        enrollments.current_step_id,
        others.action,
        case
            when others.blocker = 'being_sent' then 'expected'
            when others.sender_does = 'cancel' then 'ending'
            else 'blocked'
        end,
        sending.at,
        sending.at,
        sending.at + interval '2 minutes',
        others.blocker,
        null::integer
    from unnest(
        going.other_ids, going.other_job_ids, going.other_actions,
        going.other_blockers, going.others_sender_does
    ) as others (enrollment_id, job_id, action, blocker, sender_does)
    inner join outreach.campaign_prospects as enrollments
        on
            enrollments.workspace_id = forecast_account.workspace_id
            and others.enrollment_id = enrollments.enrollment_id
    cross join lateral (
        select
            case
                when others.blocker = 'being_sent' then forecast_account.as_of
            end as at
    ) as sending;

    if going.job_ids is null then
        return;
    end if;

    distinct_places := array(
        select distinct place
        from unnest(going.places) as place
        order by place
    );

    select
        array_agg(path.step_id order by path.number) as step_ids,
        array_agg(path.action order by path.number) as actions,
        array_agg(path.list order by path.number) as lists,
        array_agg(path.next_number order by path.number) as next_numbers,
        array_agg(path.waits_for order by path.number) as waits,
        array_agg(path.keeps_time order by path.number) as keep_time
    into paths
    from outreach.forecast_paths(
        forecast_account.workspace_id, distinct_places
    ) as path;

    return query
    select
        going.enrollment_ids[acts.root],
        acts.act_number,
        case when acts.act_number = 1 then going.job_ids[acts.root] end,
        paths.step_ids[acts.place],
        paths.actions[acts.place],
        case
            when acts.expected_at is not null then 'expected'
            when
                acts.blocker in ('no_limit_set', 'outstanding_limit')
                or not has_window
                then 'blocked'
            else 'after_horizon'
        end,
        acts.expected_at,
        acts.earliest_at,
        acts.latest_at,
        acts.blocker,
        acts.jobs_ahead_count
    from outreach.simulate_sends(
        forecast_account.workspace_id, forecast_account.account_id, forecast_account.as_of,
        forecast_account.until, going.enrollment_ids, going.lists, going.starts_ats,
        going.place_numbers, paths.lists, paths.next_numbers, paths.waits,
        paths.keep_time
    ) as acts
    where acts.expected_at is not null or acts.act_number = 1;
end
$$;
