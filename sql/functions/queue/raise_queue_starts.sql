-- Moves the starts of lists up to where these jobs stand, which a claim is about to
-- take: the first live one of each list, for what is queued before it is looked for
-- once more under the list's lock. A list that somebody queues in meanwhile is left as
-- it is, and so is one whose start lags by less than a minute.
-- The caller holds the accounts' locks and has found nothing claimed or sending there.
create or replace function outreach.raise_queue_starts(
    workspace_id bigint,
    job_ids bigint [],
    at timestamptz
)
returns void
language plpgsql
set search_path = ''
as $$
#variable_conflict use_column
declare
    -- Never in the future, whatever moment is replayed: a lease ends later than now.
    now_at constant timestamptz := least(raise_queue_starts.at, clock_timestamp());
    lists outreach.send_queue_starts [];
begin
    lists := array(
        select starts
        from unnest(job_ids) as claimed (job_id)
        cross join lateral (
            select
                claimed_jobs.workspace_id,
                claimed_jobs.account_id,
                claimed_jobs.action,
                claimed_jobs.run_at
            from outreach.campaign_send_jobs as claimed_jobs
            where
                claimed_jobs.workspace_id = raise_queue_starts.workspace_id
                and claimed_jobs.job_id = claimed.job_id
            offset 0 -- keeps this an index look-up per job
        ) as jobs
        cross join lateral (
            values (jobs.action, jobs.run_at), ('leased', now_at)
        ) as reached (list, at)
        inner join outreach.send_queue_starts as starts
            on
                jobs.workspace_id = starts.workspace_id
                and jobs.account_id = starts.account_id
                and reached.list = starts.list
                and starts.starts_at < reached.at - interval '1 minute'
        order by
            starts.account_id,
            starts.list
        for update of starts skip locked
    );

    -- A later statement: it sees all that was queued before the lists were ours.
    update outreach.send_queue_starts as starts
    set starts_at = greatest(starts.starts_at, firsts.at)
    from unnest(lists) as lagging
    cross join lateral (
        select
            case
                when lagging.list = 'leased' then now_at
                else (
                    select min(jobs.run_at)
                    from outreach.campaign_send_jobs as jobs
                    where
                        jobs.workspace_id = lagging.workspace_id
                        and jobs.account_id = lagging.account_id
                        and jobs.action = lagging.list
                        and jobs.status = 'queued'
                        and jobs.run_at >= lagging.starts_at
                )
            end as at
        offset 0
    ) as firsts
    where
        starts.workspace_id = lagging.workspace_id
        and starts.account_id = lagging.account_id
        and starts.list = lagging.list;
end
$$;
