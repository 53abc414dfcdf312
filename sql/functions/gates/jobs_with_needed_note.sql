-- Which of these jobs are invites that go out with a note or not at all: by their step,
-- or by the wording that the enrollment was given.
-- foresees: also by the wording that it will be given (outreach.drawn_variants); a claim
-- gives it first.
create or replace function outreach.jobs_with_needed_note(
    workspace_id bigint,
    job_ids bigint [],
    foresees boolean default false
)
returns setof bigint
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    invites record;
    drawn_enrollment_ids bigint [];
    drawn_step_ids bigint [];
begin
    if coalesce(cardinality(job_ids), 0) = 0 then
        return;
    end if;

    if foresees then
        select
            array_agg(jobs.enrollment_id) as enrollment_ids,
            array_agg(jobs.step_id) as step_ids
        into invites
        from outreach.campaign_send_jobs as jobs
        where
            jobs.workspace_id = jobs_with_needed_note.workspace_id
            and jobs.job_id = any(jobs_with_needed_note.job_ids)
            and jobs.action = 'send_invite';

        select
            array_agg(drawn.enrollment_id),
            array_agg(drawn.step_id)
        into drawn_enrollment_ids, drawn_step_ids
        from outreach.drawn_variants(
            jobs_with_needed_note.workspace_id, invites.enrollment_ids,
            invites.step_ids
        ) as drawn
        inner join outreach.campaign_step_templates as templates
            on
                templates.workspace_id = jobs_with_needed_note.workspace_id
                and drawn.step_id = templates.step_id
                and drawn.variant = templates.variant
                and templates.field = 'note';
    end if;

    return query
    select jobs.job_id
    from outreach.campaign_send_jobs as jobs
    inner join outreach.campaign_steps as steps
        on
            steps.workspace_id = jobs_with_needed_note.workspace_id
            and jobs.step_id = steps.step_id
    where
        jobs.workspace_id = jobs_with_needed_note.workspace_id
        and jobs.job_id = any(jobs_with_needed_note.job_ids)
        and jobs.action = 'send_invite'
        and (
            jobs.step_id in (
                select needed.step_id
                from outreach.steps_with_needed_note(
                    jobs_with_needed_note.workspace_id
                ) as needed (step_id)
            )
            or (
                steps.settings ->> 'on_note_limit' is distinct from 'leave_out'
                and (
                    (jobs.enrollment_id, jobs.step_id) in (
                        select
                            drawn.enrollment_id,
                            drawn.step_id
                        from unnest(
                            drawn_enrollment_ids, drawn_step_ids
                        ) as drawn (enrollment_id, step_id)
                    )
                    or exists (
                        select 1
                        from outreach.enrollment_step_variants as assigned
                        inner join outreach.campaign_step_templates as templates
                            on
                                templates.workspace_id = jobs_with_needed_note.workspace_id
                                and assigned.step_id = templates.step_id
                                and assigned.variant = templates.variant
                                and templates.field = 'note'
                        where
                            assigned.workspace_id = jobs_with_needed_note.workspace_id
                            and assigned.enrollment_id = jobs.enrollment_id
                            and assigned.step_id = jobs.step_id
                    )
                )
            )
        );
end
$$;
