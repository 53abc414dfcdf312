-- The accepts of some campaigns with their rates. Those of a small workspace
-- (outreach.console_is_small) are counted now, by the model int_campaign_accept_stats;
-- others are shown as analytics.campaign_accept_stats counted them. No row while dbt has
-- not counted them. Security definer: the console reads it, without rights to its tables.
create or replace function outreach.console_accept_stats(
    workspace_ids bigint [],
    campaign_ids bigint []
)
returns table (
    workspace_id bigint,
    campaign_id bigint,
    is_live boolean,
    counted_at timestamptz,
    open_invite_count bigint,
    covered_invite_count bigint,
    accept_rate numeric,
    accept_rate_lower numeric,
    accept_rate_upper numeric,
    coverage numeric
)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    one record;
begin
    if to_regclass('analytics.campaign_accept_stats') is null then
        return;
    end if;

    for one in
        select
            wanted.workspace_id,
            array_agg(wanted.campaign_id) as campaign_ids
        from unnest(workspace_ids, campaign_ids) as wanted (workspace_id, campaign_id)
        group by wanted.workspace_id
    loop
        -- The model came later than the mart.
        if to_regclass('analytics_intermediate.int_campaign_accept_stats') is not null
            and outreach.console_is_small(one.workspace_id)
        then
            return query
            select
                one.workspace_id,
                stats.campaign_id,
                true,
                statement_timestamp(),
                stats.open_invite_count,
                stats.covered_invite_count,
                stats.accept_rate,
                stats.accept_rate_lower,
                stats.accept_rate_upper,
                stats.coverage
            from analytics_intermediate.int_campaign_accept_stats as stats
            where
                stats.workspace_id = one.workspace_id
                and stats.campaign_id = any(one.campaign_ids);
        else
            return query
            select
                one.workspace_id,
                stats.campaign_id,
                false,
                stats.refreshed_at,
                stats.open_invite_count,
                stats.covered_invite_count,
                stats.accept_rate,
                stats.accept_rate_lower,
                stats.accept_rate_upper,
                stats.coverage
            from analytics.campaign_accept_stats as stats
            where
                stats.workspace_id = one.workspace_id
                and stats.campaign_id = any(one.campaign_ids);
        end if;
    end loop;
end
$$;

revoke execute on function outreach.console_accept_stats(bigint [], bigint [])
from public;
grant execute on function outreach.console_accept_stats(bigint [], bigint [])
to console;
