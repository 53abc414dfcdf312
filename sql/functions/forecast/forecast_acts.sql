-- What these accounts do from a moment until another, if nothing changes: one row for
-- each act that the sender will do for an active enrollment, and one for each active
-- enrollment whose next act does not go before then.
-- account_ids: null for all of the workspace.
-- act_number: 1 for the enrollment's live job; the acts after it follow by themselves.
-- job_id: null for an act that has no job yet.
-- step_id, action: null for an enrollment that waits without a job.
-- outlook: expected; after_horizon; blocked, until a person, an accept or the provider
-- acts; or ending, if the sender ends the job without a call.
-- blocker: why not earlier, or why not at all, with its name in outreach.blockers().
-- See outreach.simulate_sends() for the other columns.
create or replace function outreach.forecast_acts(
    workspace_id bigint,
    account_ids bigint [],
    as_of timestamptz,
    until timestamptz
)
returns table (
    account_id bigint,
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
    asked_account_id bigint;
    has_window boolean;
    active_ids bigint [];
    going record;
    paths record;
begin
    for asked_account_id, has_window in
        select
            accounts.account_id,
            exists (
                select 1
                from outreach.linkedin_account_sending_windows as windows
                where
                    windows.workspace_id = forecast_acts.workspace_id
                    and windows.account_id = accounts.account_id
            )
        from outreach.linkedin_accounts as accounts
        where
            accounts.workspace_id = forecast_acts.workspace_id
            and (
                forecast_acts.account_ids is null
                or accounts.account_id = any(forecast_acts.account_ids)
            )
        order by accounts.account_id
    loop
        active_ids := array(
            select enrollments.enrollment_id
            from outreach.campaign_prospects as enrollments
            where
                enrollments.workspace_id = forecast_acts.workspace_id
                and enrollments.account_id = asked_account_id
                and enrollments.linkedin_status in (
                    'ready_to_invite', 'pending_accept', 'ready_to_message',
                    'pending_template_fix'
                )
        );

        with

        jobs as materialized (

            select
                forecast.*,
                case
                    when forecast.goes
                        then jsonb_build_object(
                            'step_id', places.step_id,
                            'action', forecast.action,
                            'status', places.linkedin_status,
                            'is_connected', places.is_connected_now,
                            'is_invited', places.is_invited,
                            'has_profile', places.has_profile
                        )
                end as place
            from outreach.forecast_jobs(
                forecast_acts.workspace_id, active_ids, forecast_acts.as_of,
                forecast_acts.until
            ) as forecast
            left join outreach.step_places(
                forecast_acts.workspace_id, active_ids
            ) as places
                on forecast.enrollment_id = places.enrollment_id

        ),

        distinct_places as (

            select
                found.place,
                row_number() over () as number
            from (select distinct jobs.place from jobs where jobs.goes) as found

        ),

        numbered as (

            select
                jobs.*,
                distinct_places.number
            from jobs
            left join distinct_places on jobs.place = distinct_places.place
            order by
                jobs.starts_at,
                jobs.job_id

        )

        select
            array_agg(numbered.enrollment_id) filter (where numbered.goes)
                as enrollment_ids,
            array_agg(numbered.job_id) filter (where numbered.goes) as job_ids,
            array_agg(numbered.list) filter (where numbered.goes) as lists,
            array_agg(numbered.starts_at) filter (where numbered.goes) as starts_ats,
            array_agg(numbered.number) filter (where numbered.goes) as places,
            array(
                select listed.place
                from distinct_places as listed
                order by listed.number
            ) as distinct_places,
            array_agg(numbered.enrollment_id) filter (where not numbered.goes)
                as other_ids,
            array_agg(numbered.job_id) filter (where not numbered.goes)
                as other_job_ids,
            array_agg(numbered.action) filter (where not numbered.goes)
                as other_actions,
            array_agg(numbered.blocker) filter (where not numbered.goes)
                as other_blockers,
            array_agg(numbered.sender_does) filter (where not numbered.goes)
                as others_sender_does
        into going
        from numbered;

        return query
        select
            asked_account_id,
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
                enrollments.workspace_id = forecast_acts.workspace_id
                and others.enrollment_id = enrollments.enrollment_id
        cross join lateral (
            select
                case
                    when others.blocker = 'being_sent' then forecast_acts.as_of
                end as at
        ) as sending;

        continue when going.job_ids is null;

        select
            array_agg(path.step_id order by path.number) as step_ids,
            array_agg(path.action order by path.number) as actions,
            array_agg(path.list order by path.number) as lists,
            array_agg(path.next_number order by path.number) as next_numbers,
            array_agg(path.waits_for order by path.number) as waits,
            array_agg(path.keeps_time order by path.number) as keep_time
        into paths
        from outreach.forecast_paths(
            forecast_acts.workspace_id, going.distinct_places
        ) as path;

        return query
        select
            asked_account_id,
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
            forecast_acts.workspace_id, asked_account_id, forecast_acts.as_of,
            forecast_acts.until, going.enrollment_ids, going.lists, going.starts_ats,
            going.places, paths.lists, paths.next_numbers, paths.waits,
            paths.keep_time
        ) as acts
        where acts.expected_at is not null or acts.act_number = 1;
    end loop;
end
$$;
