-- May the jobs of answers be done at a moment, and if not, why and until when: the
-- first reason that holds, of outreach.answer_blockers and then of
-- outreach.action_gates. No window holds an answer. One row for each of these jobs that
-- is the job of an answer.
-- sender_does: send, or cancel where it must never be done; null where the sender
-- leaves the job in the queue. worker: whose claim is judged as if it were still in the
-- queue.
create or replace function outreach.answer_verdicts(
    workspace_id bigint,
    job_ids bigint [],
    at timestamptz,
    worker text default null
)
returns table (
    job_id bigint,
    account_id bigint,
    answer_id bigint,
    run_at timestamptz,
    blocker text,
    lifts_at timestamptz,
    sender_does text,
    is_account_busy boolean,
    spent outreach.spent_limit
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    asked_account_ids bigint [];
begin
    if coalesce(job_ids, '{}') = '{}' then
        return; -- nearly all claims and begins have no answer
    end if;

    asked_account_ids := array(
        select distinct jobs.account_id
        from outreach.campaign_send_jobs as jobs
        where
            jobs.workspace_id = answer_verdicts.workspace_id
            and jobs.job_id = any(answer_verdicts.job_ids)
    );

    return query
    with

    judged as materialized (

        select blockers.*
        from outreach.answer_blockers(
            answer_verdicts.workspace_id, answer_verdicts.job_ids, answer_verdicts.at,
            worker
        ) as blockers

    )

    select
        judged.job_id,
        judged.account_id,
        judged.answer_id,
        judged.run_at,
        coalesce(judged.blocker, gates.blocker),
        case
            when judged.blocker = 'not_due_yet' then judged.run_at
            when judged.blocker is not null then null
            -- A new day opens it, at any hour.
            when gates.blocker = 'day_limit'
                then
                    outreach.next_local_midnight(
                        outreach.account_timezone(
                            accounts.timezone, accounts.next_timezone,
                            accounts.next_timezone_at, answer_verdicts.at
                        ),
                        answer_verdicts.at
                    )
            else gates.lifts_at
        end,
        case
            when judged.blocker in ('do_not_contact', 'begun_before') then 'cancel'
            when judged.blocker is null then 'send'
        end,
        gates.is_busy,
        gates.spent
    from judged
    inner join outreach.linkedin_accounts as accounts
        on
            accounts.workspace_id = answer_verdicts.workspace_id
            and judged.account_id = accounts.account_id
    left join outreach.action_gates(
        answer_verdicts.workspace_id,
        asked_account_ids,
        array_fill('answer_reply'::text, array[cardinality(asked_account_ids)]),
        answer_verdicts.at
    ) as gates
        on judged.account_id = gates.account_id;
end
$$;
