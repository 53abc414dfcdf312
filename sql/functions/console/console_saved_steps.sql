-- outreach.saved_campaign_steps() of a campaign. Security definer: the console reads it,
-- without rights to its tables.
create or replace function outreach.console_saved_steps(
    in_workspace_id bigint,
    in_campaign_id bigint
)
returns table (
    step_id bigint,
    step_key text,
    action text,
    delay interval,
    settings jsonb,
    templates jsonb,
    active_count bigint
)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    select steps.*
    from outreach.saved_campaign_steps(in_workspace_id, in_campaign_id) as steps;
end
$$;

revoke execute on function outreach.console_saved_steps(bigint, bigint) from public;
grant execute on function outreach.console_saved_steps(bigint, bigint) to console;
