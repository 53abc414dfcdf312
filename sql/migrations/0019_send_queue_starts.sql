-- Where a look through a list of an account's jobs may start. A list is an action's
-- queued jobs, by run_at, or 'leased': what is claimed or sending, by the lease's end.
-- Nothing live stands before watermark_at. A claim that began at the very front would read
-- past every job that was ever done, for as long as some transaction holds back vacuum.
create table outreach.send_queue_watermarks (
    workspace_id bigint not null,
    account_id bigint not null,
    list text not null,
    watermark_at timestamptz not null,
    constraint send_queue_starts_pkey primary key (workspace_id, account_id, list),
    constraint send_queue_starts_account_fkey
    foreign key (workspace_id, account_id)
    references outreach.linkedin_accounts (workspace_id, account_id)
);

insert into outreach.send_queue_watermarks (workspace_id, account_id, list, watermark_at)
select
    jobs.workspace_id,
    jobs.account_id,
    lists.list,
    '-infinity'
from outreach.campaign_send_jobs as jobs
cross join lateral (values (jobs.action), ('leased')) as lists (list)
group by
    jobs.workspace_id,
    jobs.account_id,
    lists.list;

grant select on outreach.send_queue_watermarks to sender, operator;
grant insert, update on outreach.send_queue_watermarks to sender;
