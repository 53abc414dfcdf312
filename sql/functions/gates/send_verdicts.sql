-- May these enrollments' live jobs be done at a moment, and if not, why and until when:
-- the first reason that holds, in the order of outreach.job_blockers and then of
-- outreach.action_gates; null where nothing holds a job back. A claim, a begin and the
-- mart enrollment_blockers all take their answer from these two functions.
-- is_claimable: a claim takes the job in its turn: nothing holds it back, or what does
-- makes the sender end it (sender_does, see outreach.job_blockers).
create or replace function outreach.send_verdicts(
    workspace_id bigint,
    enrollment_ids bigint [],
    at timestamptz,
    worker text default null
)
returns table (
    enrollment_id bigint,
    account_id bigint,
    job_id bigint,
    job_status text,
    run_at timestamptz,
    blocker text,
    lifts_at timestamptz,
    sender_does text,
    is_claimable boolean,
    is_account_busy boolean
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    with

    jobs as materialized (

        select blockers.*
        from outreach.job_blockers(
            send_verdicts.workspace_id, enrollment_ids, send_verdicts.at, worker
        ) as blockers

    ),

    asked as materialized (

        select distinct
            jobs.account_id,
            jobs.action
        from jobs
        where jobs.sender_does is not null

    )

    select
        jobs.enrollment_id,
        jobs.account_id,
        jobs.job_id,
        jobs.job_status,
        jobs.run_at,
        coalesce(jobs.blocker, gates.blocker),
        case when jobs.blocker is null then gates.lifts_at else jobs.lifts_at end,
        jobs.sender_does,
        jobs.sender_does is not null
        and jobs.job_status = 'queued'
        and jobs.run_at <= send_verdicts.at
        and gates.blocker is null,
        gates.is_busy
    from jobs
    left join outreach.action_gates(
        send_verdicts.workspace_id,
        array(select asked.account_id from asked),
        array(select asked.action from asked),
        send_verdicts.at
    ) as gates
        on
            jobs.sender_does is not null
            and jobs.account_id = gates.account_id
            and jobs.action = gates.action;
end
$$;
