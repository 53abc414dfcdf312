-- Returns whether these enrollments' live jobs may be done at a moment, and if not, why
-- and until when: the first reason of outreach.job_blockers, else that of
-- outreach.action_gates, else, for an invite with its note, that of the account's notes.
-- blocker is null if nothing blocks the job. A claim, a begin and the mart
-- enrollment_blockers take their answer from these two functions.
-- is_claimable: whether a claim takes the job in its turn: nothing blocks it, or the
-- sender has to end it (sender_does, see outreach.job_blockers).
-- worker: whose claims are judged as if they were still in the queue.
-- noted_job_ids: invites that are rendered with a note. spent, spent_on_notes: the limits
-- that were judged.
create or replace function outreach.send_verdicts(
    workspace_id bigint,
    enrollment_ids bigint [],
    at timestamptz,
    worker text default null,
    noted_job_ids bigint [] default '{}'
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
    is_account_busy boolean,
    spent outreach.spent_limit,
    spent_on_notes outreach.spent_limit
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
            send_verdicts.workspace_id, enrollment_ids, send_verdicts.at,
            worker => send_verdicts.worker
        ) as blockers

    ),

    asked as materialized (

        select distinct
            jobs.account_id,
            actions.action
        from jobs
        cross join lateral (
            values
            (jobs.action),
            (case when jobs.action = 'send_invite' then 'send_invite_with_note' end)
        ) as actions (action)
        where
            jobs.sender_does is not null
            and actions.action is not null

    ),

    gates as materialized (

        select answers.*
        from outreach.action_gates(
            send_verdicts.workspace_id,
            array(select asked.account_id from asked),
            array(select asked.action from asked),
            send_verdicts.at
        ) as answers

    ),

    notes as materialized (

        select gates.*
        from gates
        where gates.action = 'send_invite_with_note'

    )

    select
        jobs.enrollment_id,
        jobs.account_id,
        jobs.job_id,
        jobs.job_status,
        jobs.run_at,
        coalesce(jobs.blocker, gates.blocker, noted.blocker),
        case
            when jobs.blocker is not null then jobs.lifts_at
            when gates.blocker is not null then gates.lifts_at
            else noted.lifts_at
        end,
        jobs.sender_does,
        jobs.sender_does is not null
        and jobs.job_status = 'queued'
        and jobs.run_at <= send_verdicts.at
        and gates.blocker is null
        and noted.blocker is null,
        gates.is_busy,
        gates.spent,
        notes.spent
    from jobs
    left join gates
        on
            jobs.sender_does is not null
            and jobs.account_id = gates.account_id
            and jobs.action = gates.action
    left join notes
        on
            jobs.sender_does is not null
            and jobs.action = 'send_invite'
            and jobs.account_id = notes.account_id
    left join lateral (
        select
            notes.blocker,
            notes.lifts_at
        where
            notes.blocker is not null
            and (
                jobs.job_id = any(noted_job_ids)
                or (
                    select facts.needs_note
                    from outreach.send_facts as facts
                    where
                        facts.workspace_id = send_verdicts.workspace_id
                        and facts.enrollment_id = jobs.enrollment_id
                )
            )
    ) as noted on true;
end
$$;
