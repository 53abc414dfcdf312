-- What the steps of some campaigns came to, by variant. Those of a small workspace
-- (outreach.console_is_small) are counted now, by the model int_step_results; others
-- are shown as analytics.campaign_step_stats counted them. No row while dbt has not built
-- them. Security definer: the console reads it, without rights to its tables.
create or replace function outreach.console_step_counts(
    workspace_ids bigint [],
    campaign_ids bigint []
)
returns table (
    workspace_id bigint,
    campaign_id bigint,
    step_id bigint,
    variant text,
    sent_count bigint,
    accepted_count bigint,
    replied_count bigint,
    failed_count bigint,
    parked_count bigint
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
    if to_regclass('analytics.campaign_step_stats') is null then
        return;
    end if;

    for one in
        select
            wanted.workspace_id,
            wanted.campaign_id
        from unnest(workspace_ids, campaign_ids) as wanted (workspace_id, campaign_id)
    loop
        if outreach.console_is_small(one.workspace_id) then
            return query
            select
                one.workspace_id,
                one.campaign_id,
                results.step_id,
                results.variant,
                count(*) filter (where results.result = 'sent'),
                count(distinct results.enrollment_id) filter (
                    where results.result = 'accepted'
                ),
                count(*) filter (where results.result = 'replied'),
                count(*) filter (where results.result = 'failed'),
                count(*) filter (where results.result = 'parked')
            from analytics_intermediate.int_step_results as results
            where
                results.workspace_id = one.workspace_id
                and results.campaign_id = one.campaign_id
            group by
                results.step_id,
                results.variant;
        else
            return query
            select
                one.workspace_id,
                one.campaign_id,
                stats.step_id,
                stats.variant,
                stats.sent_count,
                stats.accepted_count,
                stats.replied_count,
                stats.failed_count,
                stats.parked_count
            from analytics.campaign_step_stats as stats
            where
                stats.workspace_id = one.workspace_id
                and stats.campaign_id = one.campaign_id;
        end if;
    end loop;
end
$$;

revoke execute on function outreach.console_step_counts(bigint [], bigint []) from public;
grant execute on function outreach.console_step_counts(bigint [], bigint []) to console;
