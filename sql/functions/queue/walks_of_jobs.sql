-- How many pages of the pending invites may be read for these claimed jobs: for those
-- whose account has a budget of reads, and whose action may need that list.
create or replace function outreach.walks_of_jobs(
    workspace_id bigint,
    job_ids bigint [],
    at timestamptz
)
returns table (job_id bigint, pages integer)
language plpgsql
stable
rows 10
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    walking_job_ids bigint [];
    walking_account_ids bigint [];
begin
    select
        array_agg(jobs.job_id),
        array_agg(jobs.account_id)
    into walking_job_ids, walking_account_ids
    from unnest(walks_of_jobs.job_ids) as claimed (job_id)
    cross join lateral (
        select claimed_jobs.*
        from outreach.campaign_send_jobs as claimed_jobs
        where
            claimed_jobs.workspace_id = walks_of_jobs.workspace_id
            and claimed_jobs.job_id = claimed.job_id
        offset 0 -- keeps this an index look-up per job
    ) as jobs
    where jobs.action in ('send_invite', 'withdraw_invite');

    return query
    select
        walking.job_id,
        walks.pages
    from unnest(walking_job_ids, walking_account_ids) as walking (job_id, account_id)
    inner join outreach.read_pages_allowed(
        walks_of_jobs.workspace_id, walking_account_ids, 'sent_invitations',
        walks_of_jobs.at, 'sends'
    ) as walks
        on walking.account_id = walks.account_id;
end
$$;
