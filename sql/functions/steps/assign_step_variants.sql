-- Assigns each claimed job's enrollment a variant of the step, if the step has several:
-- once, by a stable hash over the weights (settings.weights, 1 by default). Later
-- changes of the weights move no enrollment; a removed variant is assigned again. A
-- variant may have no text, such as an invite without a note.
create or replace function outreach.assign_step_variants(
    workspace_id bigint,
    job_ids bigint [],
    at timestamptz
)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    with

    jobs as (

        select
            jobs.workspace_id,
            jobs.enrollment_id,
            jobs.step_id,
            steps.settings -> 'weights' as weights
        from outreach.campaign_send_jobs as jobs
        inner join outreach.campaign_steps as steps
            on
                steps.workspace_id = assign_step_variants.workspace_id
                and jobs.step_id = steps.step_id
                and jobs.action = steps.action
        where
            jobs.workspace_id = assign_step_variants.workspace_id
            and jobs.job_id = any(assign_step_variants.job_ids)

    ),

    shares as (

        select
            jobs.*,
            variants.variant,
            sum(variants.weight) over (
                partition by jobs.enrollment_id, jobs.step_id
                order by variants.variant collate "C"
            ) as upto,
            sum(variants.weight) over (
                partition by jobs.enrollment_id, jobs.step_id
            ) as total,
            count(*) over (
                partition by jobs.enrollment_id, jobs.step_id
            ) as variant_count
        from jobs
        cross join lateral (
            select
                named.variant,
                coalesce((jobs.weights ->> named.variant)::integer, 1) as weight
            from (
                select templates.variant
                from outreach.campaign_step_templates as templates
                where
                    templates.workspace_id = assign_step_variants.workspace_id
                    and templates.step_id = jobs.step_id
                union
                select jsonb_object_keys(jobs.weights)
            ) as named (variant)
        ) as variants

    ),

    draws as (

        select distinct on (shares.enrollment_id, shares.step_id)
            shares.enrollment_id,
            shares.step_id,
            shares.variant
        from shares
        where
            shares.variant_count > 1
            and shares.upto > outreach.stable_draw(
                concat_ws(
                    ':', shares.workspace_id, shares.enrollment_id, shares.step_id
                )
            ) % shares.total
        order by
            shares.enrollment_id,
            shares.step_id,
            shares.upto

    )

    insert into outreach.enrollment_step_variants as assigned (
        workspace_id, enrollment_id, step_id, variant, assigned_at
    )
    select
        assign_step_variants.workspace_id,
        draws.enrollment_id,
        draws.step_id,
        draws.variant,
        assign_step_variants.at
    from draws
    on conflict (workspace_id, enrollment_id, step_id) do update
    set
        variant = excluded.variant,
        assigned_at = excluded.assigned_at
    where not exists (
        select 1
        from shares
        where
            shares.enrollment_id = assigned.enrollment_id
            and shares.step_id = assigned.step_id
            and shares.variant = assigned.variant
    );
end
$$;
