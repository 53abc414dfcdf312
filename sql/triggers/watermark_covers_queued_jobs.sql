-- A claim scans an account's jobs from outreach.send_queue_watermarks on. A statement
-- that queues a job, moves one to an earlier time, or writes an expired lease lowers
-- the watermark. The trigger fires in every session_replication_role, because it
-- refuses no row and keeps jobs visible to claims.
create or replace function outreach.show_queued_jobs()
returns trigger
language plpgsql
security definer -- must lower the watermark for every role
set search_path = pg_catalog, pg_temp
as $$
begin
    perform
        outreach.lower_queue_watermark(
            firsts.workspace_id, firsts.account_id, lists.list, firsts.run_at
        )
    from (
        select
            queued.workspace_id,
            queued.account_id,
            queued.action,
            min(queued.run_at) as run_at
        from queued
        where queued.run_at is not null
        group by
            queued.workspace_id,
            queued.account_id,
            queued.action
        order by
            queued.workspace_id,
            queued.account_id,
            queued.action
    ) as firsts
    cross join lateral (values (firsts.action), ('leased')) as lists (list);

    return null;
end
$$;

create or replace trigger new_jobs_stay_in_sight
after insert on outreach.campaign_send_jobs
referencing new table as queued
for each statement
execute function outreach.show_queued_jobs();

create or replace function outreach.show_moved_job()
returns trigger
language plpgsql
security definer -- must lower the watermark for every role
set search_path = pg_catalog, pg_temp
as $$
begin
    perform outreach.lower_queue_watermark(
        new.workspace_id, new.account_id,
        case when new.status = 'queued' then new.action else 'leased' end,
        case when new.status = 'queued' then new.run_at else new.lease_expires_at end
    );

    return null;
end
$$;

create or replace trigger moved_jobs_stay_in_sight
after update on outreach.campaign_send_jobs
for each row
when (
    (
        new.status = 'queued'
        and (old.status <> 'queued' or old.run_at is distinct from new.run_at)
    )
    or (
        new.status in ('claimed', 'sending')
        and new.lease_expires_at < clock_timestamp()
    )
)
execute function outreach.show_moved_job();

alter table outreach.campaign_send_jobs
enable always trigger new_jobs_stay_in_sight;

alter table outreach.campaign_send_jobs
enable always trigger moved_jobs_stay_in_sight;
