-- Which of these jobs are invites that go out with a note or not at all
-- (outreach.invites_that_need_notes), also by the wording that a claim will draw for them
-- (outreach.drawn_variants).
create or replace function outreach.foreseen_notes(
    workspace_id bigint,
    job_ids bigint []
)
returns setof bigint
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    invites record;
begin
    if coalesce(cardinality(job_ids), 0) = 0 then
        return;
    end if;

    select
        array_agg(jobs.enrollment_id) as enrollment_ids,
        array_agg(jobs.step_id) as step_ids
    into invites
    from outreach.campaign_send_jobs as jobs
    where
        jobs.workspace_id = foreseen_notes.workspace_id
        and jobs.job_id = any(foreseen_notes.job_ids)
        and jobs.action = 'send_invite';

    return query
    select jobs.job_id
    from outreach.campaign_send_jobs as jobs
    inner join outreach.invites_that_need_notes(
        foreseen_notes.workspace_id, invites.enrollment_ids
    ) as needed (enrollment_id)
        on jobs.enrollment_id = needed.enrollment_id
    where
        jobs.workspace_id = foreseen_notes.workspace_id
        and jobs.job_id = any(foreseen_notes.job_ids)
        and outreach.is_live_job(jobs.status)

    union

    select jobs.job_id
    from outreach.drawn_variants(
        foreseen_notes.workspace_id, invites.enrollment_ids, invites.step_ids
    ) as drawn
    inner join outreach.campaign_steps as steps
        on
            steps.workspace_id = foreseen_notes.workspace_id
            and drawn.step_id = steps.step_id
            and steps.settings ->> 'on_note_limit' is distinct from 'leave_out'
    inner join outreach.campaign_step_templates as templates
        on
            templates.workspace_id = foreseen_notes.workspace_id
            and drawn.step_id = templates.step_id
            and drawn.variant = templates.variant
            and templates.field = 'note'
    inner join outreach.campaign_send_jobs as jobs
        on
            jobs.workspace_id = foreseen_notes.workspace_id
            and drawn.enrollment_id = jobs.enrollment_id
            and drawn.step_id = jobs.step_id
            and jobs.action = 'send_invite'
            and jobs.job_id = any(foreseen_notes.job_ids);
end
$$;
