-- The accounts of a workspace that a campaign can choose, by name. Security definer: the
-- console reads it, without rights to its tables.
create or replace function outreach.console_senders(in_workspace_id bigint)
returns table (
    account_id bigint,
    account text,
    status text,
    has_premium boolean
)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    select
        senders.account_id,
        senders.name,
        senders.status,
        senders.has_premium
    from outreach.accounts_that_could_send(in_workspace_id) as senders
    where senders.status <> 'deleted'
    order by
        senders.name,
        senders.account_id
    limit 1000;
end
$$;

revoke execute on function outreach.console_senders(bigint) from public;
grant execute on function outreach.console_senders(bigint) to console;
