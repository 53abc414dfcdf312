-- The reads of lists whose items are older than their bound: at most most_rows, the oldest
-- first. Kept beyond the bound are
-- - reads that ended after the begin of an attempt which is unanswered or being made:
--   they may decide it, and an emptied read looks like an empty list;
-- - the newest complete read of each list, which shows what is absent now;
-- - a read on which another one builds that is not emptied.
create or replace function outreach.old_read_items(
    workspace_id bigint,
    at timestamptz,
    most_rows bigint
)
returns setof bigint
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    ended_before constant timestamptz
    := outreach.retention_bound('provider_reads.items', at);
begin
    return query
    with

    waiting as (

        select
            unanswered.account_id,
            unanswered.begun_at
        from outreach.unanswered_attempts(
            old_read_items.workspace_id, null, old_read_items.at
        ) as unanswered
        union all
        select
            attempts.account_id,
            attempts.begun_at
        from outreach.campaign_send_jobs as jobs
        inner join outreach.send_attempts as attempts
            on
                attempts.workspace_id = old_read_items.workspace_id
                and jobs.job_id = attempts.job_id
        where
            jobs.workspace_id = old_read_items.workspace_id
            and jobs.status = 'sending'

    )

    select reads.read_id
    from outreach.provider_reads as reads
    where
        reads.workspace_id = old_read_items.workspace_id
        and reads.ended_at < ended_before
        and reads.items is not null
        and not exists (
            select 1
            from waiting
            where
                waiting.account_id = reads.account_id
                and waiting.begun_at <= reads.ended_at
        )
        and not exists (
            select 1
            from outreach.provider_reads as building
            where
                building.workspace_id = old_read_items.workspace_id
                and building.base_read_id = reads.read_id
                and building.items is not null
        )
        and (
            not reads.is_complete
            or exists (
                select 1
                from outreach.provider_reads as newer
                where
                    newer.workspace_id = old_read_items.workspace_id
                    and newer.account_id = reads.account_id
                    and newer.list = reads.list
                    and newer.subject is not distinct from reads.subject
                    and newer.is_complete
                    and (newer.started_at, newer.read_id)
                    > (reads.started_at, reads.read_id)
            )
        )
    order by reads.read_id
    limit most_rows;
end
$$;
