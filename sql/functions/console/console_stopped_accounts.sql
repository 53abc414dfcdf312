-- The accounts that cannot send, and since when: not connected, also not with LinkedIn's
-- classic product (status and since as in the account's newest audit row), or paused by a
-- person; those stopped first come first. Deleted ones are left out. waiting_count: the people whose next step waits
-- for the account, at most 10,001. Security definer: the console reads it, without
-- rights to its tables.
create or replace function outreach.console_stopped_accounts(most_rows integer)
returns table (
    workspace_id bigint,
    workspace text,
    account_id bigint,
    account text,
    timezone text,
    status text,
    status_since timestamptz,
    status_reason text,
    paused_at timestamptz,
    paused_by text,
    paused_reason text,
    waiting_count bigint
)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    stopped record;
begin
    for stopped in
        select
            accounts.*,
            workspaces.name as workspace,
            usable.is_usable,
            flips.flipped_at,
            flips.reason
        from outreach.linkedin_accounts as accounts
        inner join outreach.workspaces
            on accounts.workspace_id = workspaces.workspace_id
        cross join lateral (
            select
                outreach.may_use_product(
                    accounts.status, accounts.product_states, 'classic'
                ) as is_usable
        ) as usable
        left join lateral (
            select
                audit.flipped_at,
                audit.reason
            from outreach.linkedin_account_status_audit as audit
            where
                audit.workspace_id = accounts.workspace_id
                and audit.account_id = accounts.account_id
            order by audit.status_seq desc
            limit 1
        ) as flips on true
        where
            accounts.status <> 'deleted'
            and (not usable.is_usable or accounts.paused_at is not null)
        order by
            case
                when not usable.is_usable then flips.flipped_at
                else accounts.paused_at
            end,
            accounts.account_id
        limit most_rows
    loop
        return query
        select
            stopped.workspace_id,
            stopped.workspace,
            stopped.account_id,
            stopped.name,
            stopped.timezone,
            stopped.status,
            stopped.flipped_at,
            stopped.reason,
            stopped.paused_at,
            stopped.paused_by,
            stopped.paused_reason,
            count(*)
        from (
            select 1
            from outreach.campaign_send_jobs as jobs
            where
                jobs.workspace_id = stopped.workspace_id
                and jobs.account_id = stopped.account_id
                and jobs.status = 'queued'
            limit 10001
        ) as waiting;
    end loop;
end
$$;

revoke execute on function outreach.console_stopped_accounts(integer) from public;
grant execute on function outreach.console_stopped_accounts(integer) to console;
