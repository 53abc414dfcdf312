-- Simulates the sender for one account from a moment until another: when each job goes
-- if nothing changes, and the jobs that follow it. The account does the oldest job of
-- those whose gates are open, one at a time, as outreach.claimable_jobs() takes them.
-- The gates are holds, sending windows, limits, which count the ledger and simulated
-- sends, and unread replies. One row for each job in order.
-- spans: in which the account may send (outreach.simulated_calendars). pending_count: how
-- many of its invites are out, null without a limit of them. unread_blocker,
-- unread_until: see outreach.simulated_reading. unsent_ids: see outreach.spent_before.
-- enrollment_ids, lists, starts_ats, places: one element for each job that goes, in the
-- order of the queue (outreach.forecast_jobs). paths_list to paths_keep_time: columns of
-- outreach.forecast_paths; their index is a place.
-- send_takes: how long the account is busy with one job, with the few seconds until a
-- sender looks again. They add to each gap too.
-- root: the element of the arrays that the job is or follows. act_number: 1 for itself.
-- expected_at: null for a job that does not go before until.
-- earliest_at, latest_at: the forecast is off by up to a minute, 10 seconds for each job
-- before it in its window, a gap for each window that closed on waiting jobs, and as much
-- as the act before it.
-- blocker: what kept the job from going earlier: the heaviest reason that held its queue
-- since it could go, in the order hold, limit, unread replies, window, gap, others before
-- it.
create or replace function outreach.simulate_sends(
    workspace_id bigint,
    account_id bigint,
    as_of timestamptz,
    until timestamptz,
    spans outreach.simulated_span [],
    pending_count bigint,
    unread_blocker text,
    unread_until timestamptz,
    unsent_ids bigint [],
    enrollment_ids bigint [],
    lists text [],
    starts_ats timestamptz [],
    places bigint [],
    paths_list text [],
    paths_next bigint [],
    paths_waits interval [],
    paths_keep_time boolean [],
    send_takes interval default '3 seconds'
)
returns table (
    root integer,
    act_number integer,
    place bigint,
    jobs_ahead_count integer,
    expected_at timestamptz,
    earliest_at timestamptz,
    latest_at timestamptz,
    blocker text
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    actions constant text [] := outreach.simulated_actions(lists || paths_list);
    jobs outreach.simulated_job [];
    paths outreach.simulated_path [];
begin
    select
        array_agg(
            row(
                given.number, 1, given.enrollment_id, given.place,
                array_position(actions, given.list), given.starts_at,
                greatest(given.starts_at, simulate_sends.as_of), interval '1 minute'
            )::outreach.simulated_job
            order by given.number
        )
    into jobs
    from unnest(enrollment_ids, lists, starts_ats, places) with ordinality as given (
        enrollment_id, list, starts_at, place, number
    );

    select
        array_agg(
            row(
                array_position(actions, given.list), given.next_path, given.waits_for,
                given.keeps_time
            )::outreach.simulated_path
            order by given.number
        )
    into paths
    from unnest(paths_list, paths_next, paths_waits, paths_keep_time)
    with ordinality as given (list, next_path, waits_for, keeps_time, number);

    return query
    select
        (acts.job).root,
        (acts.job).act_number,
        (acts.job).path::bigint,
        acts.jobs_ahead_count,
        acts.expected_at,
        bounds.earliest_at,
        bounds.latest_at,
        waits.blocker
    from outreach.simulated_acts(
        simulate_sends.workspace_id, simulate_sends.account_id, as_of, until, actions,
        jobs, outreach.simulated_queues(jobs, cardinality(actions)), paths, spans,
        outreach.simulated_spent_limits(
            simulate_sends.workspace_id, simulate_sends.account_id, actions, as_of,
            unread_until, unsent_ids
        ),
        pending_count, send_takes
    ) as acts
    cross join lateral outreach.forecast_bounds(
        acts.expected_at,
        case
            when (acts.job).act_number = 1 and acts.expected_at is not null
                then (acts.job).ready_at
        end,
        acts.slack,
        (spans[acts.span]).opens_at,
        (spans[acts.span]).closes_at,
        case
            when
                (acts.delay).cut_short > '0'
                and (acts.job).ready_at < (spans[acts.span - 1]).closes_at
                then (spans[acts.span - 1]).closes_at
        end,
        coalesce((spans[acts.span + 1]).opens_at, until)
    ) as bounds
    cross join lateral outreach.forecast_blocker(
        (acts.job).ready_at, (acts.delay).held_until,
        (acts.delay).limited_until, (acts.delay).limited_by,
        unread_until, unread_blocker, acts.window_until, (acts.delay).gap_until,
        case
            when acts.expected_at > (acts.job).ready_at then 'behind_others'
            when acts.expected_at is null and (acts.job).starts_at < until
                then 'behind_others'
            when (acts.job).starts_at > as_of then 'not_due_yet'
            else 'due_now'
        end
    ) as waits (blocker);
end
$$;
