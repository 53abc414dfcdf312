-- The next answer of each account at a moment, for accounts that have one: the oldest
-- due answer that nothing holds back, or that the sender has to end. A person waits for
-- it, so a claim takes it before the account's other jobs. The caller has locked the
-- accounts' rows in an earlier statement.
create or replace function outreach.claimable_answers(
    workspace_id bigint,
    account_ids bigint [],
    at timestamptz
)
returns table (account_id bigint, job_id bigint)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    due_job_ids bigint [];
begin
    due_job_ids := array(
        select jobs.job_id
        from unnest(account_ids) as asked (account_id)
        inner join outreach.send_queue_watermarks as watermarks
            on
                watermarks.workspace_id = claimable_answers.workspace_id
                and watermarks.account_id = any(account_ids)
                and asked.account_id = watermarks.account_id
                and watermarks.list = 'answer_reply'
        cross join lateral (
            select due.job_id
            from outreach.campaign_send_jobs as due
            where
                due.workspace_id = claimable_answers.workspace_id
                and due.account_id = watermarks.account_id
                and due.action = 'answer_reply'
                and due.status = 'queued'
                and due.run_at between watermarks.watermark_at and claimable_answers.at
            offset 0 -- keeps this an index look-up per account
        ) as jobs
    );

    if due_job_ids = '{}' then
        return;
    end if;

    return query
    select distinct on (verdicts.account_id)
        verdicts.account_id,
        verdicts.job_id
    from outreach.answer_verdicts(
        claimable_answers.workspace_id, due_job_ids, claimable_answers.at
    ) as verdicts
    where
        not verdicts.is_account_busy
        and (
            verdicts.sender_does = 'cancel'
            or verdicts.blocker is null
        )
    order by
        verdicts.account_id,
        verdicts.run_at,
        verdicts.job_id;
end
$$;
