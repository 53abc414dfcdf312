-- May these enrollments' live jobs be done at a moment, and if not, why and until when:
-- the first reason that holds, in the order of outreach.job_blockers, then of
-- outreach.action_gates, then of outreach.held_notes for an invite that needs its note;
-- null where nothing holds a job back. A claim, a begin and the
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

    ),

    held_notes as materialized (

        select notes.*
        from outreach.held_notes(
            send_verdicts.workspace_id,
            array(
                select asked.account_id
                from asked
                where asked.action = 'send_invite'
            ),
            send_verdicts.at
        ) as notes

    ),

    note_jobs as materialized (

        select noted.job_id
        from outreach.jobs_with_needed_note(
            send_verdicts.workspace_id,
            array(
                select jobs.job_id
                from jobs
                inner join held_notes
                    on jobs.account_id = held_notes.account_id
                where
                    jobs.sender_does is not null
                    and jobs.action = 'send_invite'
            )
        ) as noted (job_id)

    )

    select
        jobs.enrollment_id,
        jobs.account_id,
        jobs.job_id,
        jobs.job_status,
        jobs.run_at,
        coalesce(jobs.blocker, gates.blocker, notes.blocker),
        case
            when jobs.blocker is not null then jobs.lifts_at
            when gates.blocker is not null then gates.lifts_at
            else notes.lifts_at
        end,
        jobs.sender_does,
        jobs.sender_does is not null
        and jobs.job_status = 'queued'
        and jobs.run_at <= send_verdicts.at
        and gates.blocker is null
        and notes.blocker is null,
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
            and jobs.action = gates.action
    left join note_jobs on jobs.job_id = note_jobs.job_id
    left join held_notes as notes
        on
            note_jobs.job_id is not null
            and jobs.account_id = notes.account_id;
end
$$;
