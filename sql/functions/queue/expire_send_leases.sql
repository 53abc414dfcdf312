-- Ends expired leases. A claim that was not begun is queued again; a call that was
-- begun and not answered becomes unknown and is never repeated on a guess. Returns the
-- number of each.
create or replace function outreach.expire_send_leases(
    workspace_id bigint,
    as_of timestamptz default null,
    out released bigint,
    out unknown bigint
)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    at constant timestamptz := coalesce(as_of, clock_timestamp());
    locked_account_ids bigint [];
    job outreach.campaign_send_jobs;
    attempt outreach.send_attempts;
    unknown_id bigint;
begin
    released := 0;
    unknown := 0;

    locked_account_ids := array(
        select accounts.account_id
        from outreach.linkedin_accounts as accounts
        where
            accounts.workspace_id = expire_send_leases.workspace_id
            and accounts.account_id in (
                select jobs.account_id
                from outreach.campaign_send_jobs as jobs
                where
                    jobs.workspace_id = expire_send_leases.workspace_id
                    and jobs.status in ('claimed', 'sending')
                    and jobs.lease_expires_at <= at
            )
        order by accounts.account_id
        for no key update skip locked
    );

    for job in
        select jobs.*
        from outreach.campaign_send_jobs as jobs
        where
            jobs.workspace_id = expire_send_leases.workspace_id
            and jobs.account_id = any(locked_account_ids)
            and jobs.status in ('claimed', 'sending')
            and jobs.lease_expires_at <= at
        order by jobs.account_id, jobs.job_id
    loop
        if job.status = 'claimed' then
            perform outreach.set_job_status(job, 'queued');
            released := released + 1;
            continue;
        end if;

        select attempts.*
        into attempt
        from outreach.send_attempts as attempts
        where
            attempts.workspace_id = job.workspace_id
            and attempts.job_id = job.job_id
        order by attempts.attempt_id desc
        limit 1;

        -- The queue's functions cannot create such a row; the consistency sweep reports
        -- it.
        continue when not found;

        unknown_id := outreach.append_unknown_outcome(
            attempt.workspace_id, attempt.attempt_id,
            'the lease of ' || job.claimed_by || ' ended without an answer', at
        );

        perform outreach.settle_send_outcomes(
            job.workspace_id, array[unknown_id], job.claimed_by
        );
        unknown := unknown + 1;
    end loop;
end
$$;
