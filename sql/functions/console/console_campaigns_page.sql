-- What a page of campaigns shows, each row with its part: is_counted is whether dbt has
-- counted the steps; then the workspaces, and the campaigns as
-- outreach.console_campaigns() has them, at most most_cards and one more, whose
-- people, accepts and steps are left out. Security definer: the console reads it, without
-- rights to its tables.
create or replace function outreach.console_campaigns_page(
    wanted_workspace_id bigint,
    wanted_campaign_id bigint,
    after_name text,
    after_campaign_id bigint,
    most_cards integer
)
returns table (
    part text,
    shown jsonb
)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    workspace_ids bigint [];
    campaign_ids bigint [];
begin
    select
        array_agg(campaigns.workspace_id),
        array_agg(campaigns.campaign_id)
    into workspace_ids, campaign_ids
    from outreach.console_campaigns(
        wanted_workspace_id, wanted_campaign_id, after_name, after_campaign_id,
        most_cards
    ) as campaigns;

    return query
    select
        'is_counted',
        jsonb_build_object(
            'is_counted', to_regclass('analytics.campaign_step_stats') is not null
        )
    union all
    select
        'workspace',
        to_jsonb(workspaces)
    from outreach.console_workspaces() as workspaces
    union all
    select
        'campaign',
        to_jsonb(campaigns)
    from outreach.console_campaigns(
        wanted_workspace_id, wanted_campaign_id, after_name, after_campaign_id,
        most_cards + 1
    ) as campaigns
    union all
    select
        'people',
        to_jsonb(people)
    from outreach.console_campaign_people(workspace_ids, campaign_ids) as people
    union all
    select
        'accepts',
        to_jsonb(stats)
    from outreach.console_accept_stats(workspace_ids, campaign_ids) as stats
    union all
    select
        'step',
        to_jsonb(steps)
    from outreach.console_campaign_steps(workspace_ids, campaign_ids) as steps;
end
$$;

revoke execute on function outreach.console_campaigns_page(
    bigint, bigint, text, bigint, integer
) from public;
grant execute on function outreach.console_campaigns_page(
    bigint, bigint, text, bigint, integer
) to console;
