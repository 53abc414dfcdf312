-- Claims at most one due job per account, at most batch in all, and returns with
-- each what rendering and calling need. What cannot go now stays queued with its
-- time unchanged. Accounts that another worker holds are passed over.
-- Each account is judged in statements later than its lock, so what they count
-- includes all that was committed before the lock was ours.
-- What cannot be judged or read stops no other: it is done again one by one.
create or replace function outreach.claim_send_jobs(
    workspace_id bigint,
    worker text,
    batch integer,
    as_of timestamptz default null,
    provider_dsn text default null,
    lease interval default interval '2 minutes'
)
returns setof outreach.claimed_send_job
language plpgsql
set search_path = pg_catalog, pg_temp
-- One index look-up per row has no bad plan, whatever the statistics say.
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
set enable_material = off
set enable_bitmapscan = off
set plan_cache_mode = force_generic_plan
set jit = off
as $$
#variable_conflict use_column
declare
    at constant timestamptz := coalesce(as_of, clock_timestamp());
    -- Each claim starts at another account, so that none is served last forever.
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
    claimed_job_ids bigint [] := '{}';
    sends outreach.claimed_send_job [];
begin
    perform outreach.assert_read_committed();
    perform outreach.assert_provider_dsn(
        claim_send_jobs.workspace_id, claim_send_jobs.provider_dsn
    );

    -- Again where all that was claimed had to be passed over: what is behind it on the
    -- same account is due as well.
    for attempt in 1..batch loop
        claimed_job_ids := '{}';

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
                        and accounts.status = 'connected'
                        and accounts.paused_at is null
                        and exists (
                            select 1
                            from outreach.send_queue_watermarks as watermarks
                            inner join outreach.campaign_send_jobs as jobs
                                on
                                    watermarks.workspace_id = jobs.workspace_id
                                    and watermarks.account_id = jobs.account_id
                                    and watermarks.list = jobs.action
                                    and jobs.status = 'queued'
                                    and jobs.run_at between watermarks.watermark_at and at
                            where
                                watermarks.workspace_id = claim_send_jobs.workspace_id
                                and watermarks.account_id = accounts.account_id
                            offset 0 -- keeps this an index look-up per account
                        )
                    order by accounts.account_id
                    limit batch - cardinality(claimed_job_ids)
                    for no key update skip locked
                );

                exit when locked_account_ids = '{}';

                begin
                    claimed_job_ids := claimed_job_ids || array(
                        select claimable.job_id
                        from outreach.claimable_jobs(
                            claim_send_jobs.workspace_id, locked_account_ids, at
                        ) as claimable
                    );
                exception
                    when transaction_rollback or operator_intervention
                        or insufficient_resources
                        then raise;
                    when others then
                        claimed_job_ids := claimed_job_ids || outreach.claimable_jobs_apart(
                            claim_send_jobs.workspace_id, locked_account_ids, at
                        );
                end;

                lowest := locked_account_ids[cardinality(locked_account_ids)] + 1;
            end loop;
        end loop;

        perform outreach.raise_queue_watermarks(
            claim_send_jobs.workspace_id, claimed_job_ids, at
        );

        with

        claimed as (

            update outreach.campaign_send_jobs as jobs
            set
                status = 'claimed',
                claimed_by = worker,
                lease_expires_at = at + lease
            where
                jobs.workspace_id = claim_send_jobs.workspace_id
                and jobs.job_id = any(claimed_job_ids)
                -- Who changes a job without its account's lock may have come first. Not
                -- by its status: the index of what is queued would be walked for each.
                and jobs.claimed_by is null
                and jobs.run_at <= at
            returning jobs.job_id

        )

        select coalesce(array_agg(claimed.job_id), '{}')
        into claimed_job_ids
        from claimed;

        begin
            perform outreach.assign_step_variants(
                claim_send_jobs.workspace_id, claimed_job_ids, at
            );

            sends := array(
                select facts
                from outreach.claimed_send_jobs(
                    claim_send_jobs.workspace_id, claimed_job_ids
                ) as facts
            );
        exception
            when transaction_rollback or operator_intervention or insufficient_resources
                then raise;
            when others then
                sends := array(
                    select facts
                    from outreach.claimed_send_jobs_apart(
                        claim_send_jobs.workspace_id, claimed_job_ids, at
                    ) as facts
                );
        end;

        exit when claimed_job_ids = '{}' or sends <> '{}';
    end loop;

    return query
    select facts.*
    from unnest(sends) as facts;
end
$$;
