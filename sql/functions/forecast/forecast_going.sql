-- The acts of accounts whose jobs wait for nothing else than time and their turn, and the
-- acts that follow (outreach.forecast_acts). All that accounts share is looked up once;
-- each account is then simulated by itself (outreach.simulate_sends).
-- The arrays have one element for each job, account by account in the order of its queue:
-- see outreach.forecast_queue.
create or replace function outreach.forecast_going(
    workspace_id bigint,
    as_of timestamptz,
    until timestamptz,
    account_ids bigint [],
    enrollment_ids bigint [],
    job_ids bigint [],
    lists text [],
    starts_ats timestamptz [],
    places jsonb [],
    place_numbers bigint []
)
returns setof outreach.forecast_act
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    unsent_ids bigint [];
    distinct_places jsonb [];
    paths record;
    account record;
begin
    if job_ids is null then
        return;
    end if;

    -- A limit counts the sends of a month at most.
    unsent_ids := array(
        select unsent.attempt_id
        from outreach.unsent_attempts(
            forecast_going.workspace_id, forecast_going.as_of - interval '33 days'
        ) as unsent (attempt_id)
    );
    distinct_places := array(
        select distinct place
        from unnest(places) as place
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
    from outreach.forecast_paths(forecast_going.workspace_id, distinct_places) as path;

    for account in
        select senders.*
        from outreach.forecast_senders(
            forecast_going.workspace_id, account_ids, forecast_going.as_of,
            forecast_going.until
        ) as senders
    loop
        return query
        select
            account.account_id,
            enrollment_ids[account.first_of - 1 + acts.root],
            acts.act_number,
            case
                when acts.act_number = 1
                    then job_ids[account.first_of - 1 + acts.root]
            end,
            paths.step_ids[acts.place],
            paths.actions[acts.place],
            case
                when acts.expected_at is not null then 'expected'
                when
                    acts.blocker in ('no_limit_set', 'outstanding_limit')
                    or not account.has_window
                    then 'blocked'
                else 'after_horizon'
            end,
            acts.expected_at,
            acts.earliest_at,
            acts.latest_at,
            acts.blocker,
            acts.jobs_ahead_count
        from outreach.simulate_sends(
            forecast_going.workspace_id, account.account_id, forecast_going.as_of,
            forecast_going.until, account.spans, account.pending_count,
            account.unread_blocker, account.unread_until, unsent_ids,
            enrollment_ids[account.first_of:account.last_of],
            lists[account.first_of:account.last_of],
            starts_ats[account.first_of:account.last_of],
            place_numbers[account.first_of:account.last_of],
            paths.lists, paths.next_numbers, paths.waits, paths.keep_time
        ) as acts
        where acts.expected_at is not null or acts.act_number = 1;
    end loop;
end
$$;
