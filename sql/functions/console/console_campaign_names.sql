-- The campaigns of a workspace by name, for a choice. Security definer: the console reads
-- it, without rights to its tables.
create or replace function outreach.console_campaign_names(in_workspace_id bigint)
returns table (
    campaign_id bigint,
    campaign text,
    status text
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
        campaigns.campaign_id,
        campaigns.name,
        campaigns.status
    from outreach.campaigns
    where campaigns.workspace_id = in_workspace_id
    order by
        campaigns.name,
        campaigns.campaign_id
    limit 1000;
end
$$;

revoke execute on function outreach.console_campaign_names(bigint) from public;
grant execute on function outreach.console_campaign_names(bigint) to console;
