-- Those of these accounts that contact a person at a moment, once their replies are read:
-- a step of a running campaign is due by then, and no other gate of outreach.action_gates
-- blocks it.
create or replace function outreach.accounts_with_steps_due(
    workspace_id bigint,
    account_ids bigint [],
    at timestamptz
)
returns setof bigint
language plpgsql
stable
rows 10
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
    list_account_ids bigint [];
    list_actions text [];
begin
    select
        array_agg(watermarks.account_id),
        array_agg(watermarks.list)
    into list_account_ids, list_actions
    from unnest(accounts_with_steps_due.account_ids) as asked (account_id)
    inner join outreach.linkedin_accounts as accounts
        on
            accounts.workspace_id = accounts_with_steps_due.workspace_id
            and asked.account_id = accounts.account_id
    inner join outreach.send_queue_watermarks as watermarks
        on
            watermarks.workspace_id = accounts_with_steps_due.workspace_id
            and asked.account_id = watermarks.account_id
    where
        accounts.paused_at is null
        and outreach.contacts_person(watermarks.list)
        and exists (
            select 1
            from outreach.campaign_send_jobs as jobs
            inner join outreach.campaigns
                on
                    campaigns.workspace_id = accounts_with_steps_due.workspace_id
                    and jobs.campaign_id = campaigns.campaign_id
                    and campaigns.status = 'running'
            where
                jobs.workspace_id = accounts_with_steps_due.workspace_id
                and jobs.account_id = watermarks.account_id
                and jobs.action = watermarks.list
                and jobs.status = 'queued'
                and jobs.run_at between watermarks.watermark_at
                and accounts_with_steps_due.at
            offset 0 -- keeps this an index look-up per list
        );

    return query
    select distinct gates.account_id
    from outreach.action_gates(
        accounts_with_steps_due.workspace_id,
        list_account_ids,
        list_actions,
        accounts_with_steps_due.at,
        tells_when => false
    ) as gates
    where
        gates.blocker is null
        or gates.blocker = 'replies_not_read';
end
$$;
