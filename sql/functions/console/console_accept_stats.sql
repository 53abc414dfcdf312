-- What analytics.campaign_accept_stats says of some campaigns; no row while dbt has not
-- built it. Security definer: the console reads it, without rights to its tables.
create or replace function outreach.console_accept_stats(campaign_ids bigint [])
returns table (
    workspace_id bigint,
    campaign_id bigint,
    invites_sent_count bigint,
    invites_unanswered_count bigint,
    accept_count bigint,
    open_invite_count bigint,
    covered_invite_count bigint,
    accept_rate numeric,
    accept_rate_lower numeric,
    accept_rate_upper numeric,
    coverage numeric,
    refreshed_at timestamptz
)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    if to_regclass('analytics.campaign_accept_stats') is null then
        return;
    end if;

    return query
    select
        stats.workspace_id,
        stats.campaign_id,
        stats.invites_sent_count,
        stats.invites_unanswered_count,
        stats.accept_count,
        stats.open_invite_count,
        stats.covered_invite_count,
        stats.accept_rate,
        stats.accept_rate_lower,
        stats.accept_rate_upper,
        stats.coverage,
        stats.refreshed_at
    from analytics.campaign_accept_stats as stats
    where stats.campaign_id = any(campaign_ids);
end
$$;

revoke execute on function outreach.console_accept_stats(bigint []) from public;
grant execute on function outreach.console_accept_stats(bigint []) to console;
