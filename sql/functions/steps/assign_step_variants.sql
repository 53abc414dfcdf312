-- Assigns each claimed job's enrollment a variant of the step, if the step has several
-- (outreach.drawn_variants): once. Later changes of the weights move no enrollment; a
-- removed variant is assigned again.
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
declare
    texted record;
begin
    -- A look-up, or an act that a wait ends with, has no variant.
    select
        array_agg(jobs.enrollment_id) as enrollment_ids,
        array_agg(jobs.step_id) as step_ids
    into texted
    from outreach.campaign_send_jobs as jobs
    inner join outreach.campaign_steps as steps
        on
            steps.workspace_id = assign_step_variants.workspace_id
            and jobs.step_id = steps.step_id
            and jobs.action = steps.action
    where
        jobs.workspace_id = assign_step_variants.workspace_id
        and jobs.job_id = any(assign_step_variants.job_ids);

    insert into outreach.enrollment_step_variants as assigned (
        workspace_id, enrollment_id, step_id, variant, assigned_at
    )
    select
        assign_step_variants.workspace_id,
        drawn.enrollment_id,
        drawn.step_id,
        drawn.variant,
        assign_step_variants.at
    from outreach.drawn_variants(
        assign_step_variants.workspace_id, texted.enrollment_ids, texted.step_ids
    ) as drawn
    on conflict (workspace_id, enrollment_id, step_id) do update
    set
        variant = excluded.variant,
        assigned_at = excluded.assigned_at
    where assigned.variant <> excluded.variant;
end
$$;
