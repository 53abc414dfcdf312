-- The steps of some campaigns that write to people, by variant, with their counts by
-- outreach.console_step_counts(), 0 where it has none. A removed step is shown while it has counts.
-- step_number: from 1, null once removed. variant: null for a step without texts and
-- counts. is_varied: whether the step has several. Security definer: the console reads it,
-- without rights to its tables.
create or replace function outreach.console_campaign_steps(
    workspace_ids bigint [],
    campaign_ids bigint []
)
returns table (
    workspace_id bigint,
    campaign_id bigint,
    step_id bigint,
    step_number integer,
    action text,
    variant text,
    is_varied boolean,
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
begin
    return query
    with

    counted as materialized (

        select known.*
        from outreach.console_step_counts(workspace_ids, campaign_ids) as known

    ),

    steps as (

        select steps.*
        from unnest(workspace_ids, campaign_ids) as wanted (workspace_id, campaign_id)
        inner join outreach.campaign_steps as steps
            on
                wanted.workspace_id = steps.workspace_id
                and wanted.campaign_id = steps.campaign_id

    ),

    variants as (

        select
            steps.workspace_id,
            steps.step_id,
            templates.variant
        from steps
        inner join outreach.campaign_step_templates as templates
            on
                steps.workspace_id = templates.workspace_id
                and steps.step_id = templates.step_id
        where steps.removed_at is null

        union

        select
            steps.workspace_id,
            steps.step_id,
            weights.variant
        from steps
        cross join lateral jsonb_object_keys(
            steps.settings -> 'weights'
        ) as weights (variant)
        where steps.removed_at is null

        union

        select
            stats.workspace_id,
            stats.step_id,
            stats.variant
        from steps
        inner join counted as stats
            on
                steps.workspace_id = stats.workspace_id
                and steps.step_id = stats.step_id

    )

    select
        steps.workspace_id,
        steps.campaign_id,
        steps.step_id,
        case when steps.removed_at is null then steps.position + 1 end,
        steps.action,
        variants.variant,
        count(*) over (partition by steps.workspace_id, steps.step_id) > 1,
        coalesce(stats.sent_count, 0),
        coalesce(stats.accepted_count, 0),
        coalesce(stats.replied_count, 0),
        coalesce(stats.failed_count, 0),
        coalesce(stats.parked_count, 0)
    from steps
    left join variants
        on
            steps.workspace_id = variants.workspace_id
            and steps.step_id = variants.step_id
    left join counted as stats
        on
            variants.workspace_id = stats.workspace_id
            and variants.step_id = stats.step_id
            and variants.variant = stats.variant
    where
        variants.variant is not null
        or (
            steps.removed_at is null
            and steps.action not in ('wait', 'wait_accept')
        )
    order by
        steps.workspace_id,
        steps.campaign_id,
        steps.removed_at is not null,
        steps.position,
        variants.variant;
end
$$;

revoke execute on function outreach.console_campaign_steps(bigint [], bigint [])
from public;
grant execute on function outreach.console_campaign_steps(bigint [], bigint [])
to console;
