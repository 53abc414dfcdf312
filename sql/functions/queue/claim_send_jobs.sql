-- Claims at most one due job per account, at most batch in total, and returns them. A
-- job that cannot be sent now stays queued with its time unchanged. Accounts that
-- another worker has locked are skipped. Each account is checked in statements after
-- its lock, which see everything that was committed before the lock.
-- provider_dsn: only accounts that are called at this address are claimed for.
-- account_ids: the accounts to claim for; null for all of the workspace. If a row
-- raises an error, the claim fails and the caller claims again for fewer accounts.
create or replace function outreach.claim_send_jobs(
    workspace_id bigint,
    worker text,
    batch integer,
    as_of timestamptz default null,
    provider_dsn text default null,
    lease interval default interval '2 minutes',
    account_ids bigint [] default null
)
returns setof outreach.campaign_send_jobs
language plpgsql
set search_path = pg_catalog, pg_temp
-- Forces one index look-up per row, which is fast whatever the statistics.
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
set enable_material = off
set enable_bitmapscan = off
set jit = off
as $$
#variable_conflict use_column
declare
    at constant timestamptz := coalesce(as_of, clock_timestamp());
    -- Each claim starts at another account, so that none is always served last.
    pivot constant bigint := (
        select
            min(accounts.account_id)
            + floor(random() * (max(accounts.account_id) - min(accounts.account_id) + 1))
        from outreach.linkedin_accounts as accounts
        where accounts.workspace_id = claim_send_jobs.workspace_id
    );
    lowest bigint;
    highest bigint;
    locked_account_ids bigint [];
    claimable_job_ids bigint [] := '{}';
    answering_account_ids bigint [];
    answer_job_ids bigint [];
begin
    perform outreach.assert_read_committed();
    perform outreach.renew_statistics();
    perform outreach.assert_provider_dsn(
        claim_send_jobs.workspace_id, claim_send_jobs.provider_dsn
    );

    foreach lowest in array array[pivot, 0] loop
        highest := case
            when lowest = pivot then 9223372036854775807 else pivot - 1
        end;

        loop
            locked_account_ids := array(
                select accounts.account_id
                from outreach.linkedin_accounts as accounts
                where
                    accounts.workspace_id = claim_send_jobs.workspace_id
                    and accounts.account_id between lowest and highest
                    and (
                        claim_send_jobs.account_ids is null
                        or accounts.account_id = any(claim_send_jobs.account_ids)
                    )
                    and exists (
                        select 1
                        from outreach.send_queue_watermarks as watermarks
                        inner join outreach.campaign_send_jobs as jobs
                            on
                                jobs.workspace_id = claim_send_jobs.workspace_id
                                and watermarks.account_id = jobs.account_id
                                and watermarks.list = jobs.action
                                and jobs.status = 'queued'
                                and jobs.run_at between watermarks.watermark_at and at
                        where
                            watermarks.workspace_id = claim_send_jobs.workspace_id
                            and watermarks.account_id = accounts.account_id
                        offset 0 -- keeps this an index look-up per account
                    )
                    and exists (
                        select 1
                        from outreach.provider_accounts as linked
                        where
                            linked.workspace_id = claim_send_jobs.workspace_id
                            and linked.account_id = accounts.account_id
                            and linked.provider_dsn = claim_send_jobs.provider_dsn
                    )
                order by accounts.account_id
                limit batch - cardinality(claimable_job_ids)
                for no key update skip locked
            );

            exit when locked_account_ids = '{}';

            -- A person waits for an answer, so it goes before the account's steps.
            select
                coalesce(array_agg(answers.account_id), '{}'),
                coalesce(array_agg(answers.job_id), '{}')
            into answering_account_ids, answer_job_ids
            from outreach.claimable_answers(
                claim_send_jobs.workspace_id, locked_account_ids, at
            ) as answers;

            claimable_job_ids := claimable_job_ids || answer_job_ids || array(
                select claimable.job_id
                from outreach.claimable_jobs(
                    claim_send_jobs.workspace_id,
                    array(
                        select locked.account_id
                        from unnest(locked_account_ids) as locked (account_id)
                        where locked.account_id <> all(answering_account_ids)
                    ),
                    at
                ) as claimable (job_id)
            );

            lowest := locked_account_ids[cardinality(locked_account_ids)] + 1;
        end loop;
    end loop;

    -- The workspace may have moved before these locks, and cannot while they are held.
    perform outreach.assert_provider_dsn(
        claim_send_jobs.workspace_id, claim_send_jobs.provider_dsn
    );

    perform outreach.raise_queue_watermarks(
        claim_send_jobs.workspace_id, claimable_job_ids, at
    );

    return query
    update outreach.campaign_send_jobs as jobs
    set
        status = 'claimed',
        claimed_by = worker,
        lease_expires_at = at + lease
    where
        jobs.workspace_id = claim_send_jobs.workspace_id
        and jobs.job_id = any(claimable_job_ids)
        -- A session without the account's lock may have changed the job first. The
        -- check does not use the status, because that would scan the index of queued
        -- jobs for each.
        and jobs.claimed_by is null
        and jobs.run_at <= at
    returning jobs.*;
end
$$;
