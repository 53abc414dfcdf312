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

        select
            blockers.*,
            case when blockers.sender_does is not null then blockers.account_id end
            as asking_account_id,
            case when blockers.action = 'send_invite' then 'send_invite_with_note' end
            as note_action
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
        cross join lateral (values (jobs.action), (jobs.note_action)) as actions (action)
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

    -- A nested loop takes the square of the jobs. A full join is never one, and offset 0
    -- keeps it from becoming a left join.
    gated as (

        select
            jobs.*,
            gates.blocker as gate_blocker,
            gates.lifts_at as gate_lifts_at,
            gates.is_busy,
            gates.spent,
            notes.blocker as note_blocker,
            notes.lifts_at as note_lifts_at,
            notes.spent as note_spent
        from jobs
        full join gates
            on
                jobs.asking_account_id = gates.account_id
                and jobs.action = gates.action
        full join gates as notes
            on
                jobs.asking_account_id = notes.account_id
                and jobs.note_action = notes.action
        offset 0

    )

    select
        gated.enrollment_id,
        gated.account_id,
        gated.job_id,
        gated.job_status,
        gated.run_at,
        coalesce(gated.blocker, gated.gate_blocker, noted.blocker),
        case
            when gated.blocker is not null then gated.lifts_at
            when gated.gate_blocker is not null then gated.gate_lifts_at
            else noted.lifts_at
        end,
        gated.sender_does,
        gated.sender_does is not null
        and gated.job_status = 'queued'
        and gated.run_at <= send_verdicts.at
        and gated.gate_blocker is null
        and noted.blocker is null,
        gated.is_busy,
        gated.spent,
        gated.note_spent
    from gated
    left join lateral (
        select
            gated.note_blocker as blocker,
            gated.note_lifts_at as lifts_at
        where
            gated.note_blocker is not null
            and (
                gated.job_id = any(noted_job_ids)
                or gated.enrollment_id in (
                    select needing.enrollment_id
                    from outreach.invites_that_need_notes(
                        send_verdicts.workspace_id,
                        array(select held.enrollment_id from gated as held)
                    ) as needing (enrollment_id)
                )
            )
    ) as noted on true
    where gated.enrollment_id is not null;
end
$$;
