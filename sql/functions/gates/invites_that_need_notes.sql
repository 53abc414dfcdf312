-- Which of these enrollments have as their live job an invite that is sent with its note
-- or not at all, by its step or by the wording that the enrollment was given.
create or replace function outreach.invites_that_need_notes(
    workspace_id bigint,
    enrollment_ids bigint []
)
returns setof bigint
language plpgsql
stable
rows 10
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    note_step_ids bigint [];
begin
    if coalesce(cardinality(enrollment_ids), 0) = 0 then
        return;
    end if;

    note_step_ids := array(
        select needed.step_id
        from outreach.needed_note_steps(invites_that_need_notes.workspace_id)
        as needed (step_id)
    );

    return query
    select jobs.enrollment_id
    from outreach.campaign_send_jobs as jobs
    where
        jobs.workspace_id = invites_that_need_notes.workspace_id
        and jobs.enrollment_id = any(enrollment_ids)
        and outreach.is_live_job(jobs.status)
        and jobs.action = 'send_invite'
        and (
            jobs.step_id = any(note_step_ids)
            or exists (
                select 1
                from outreach.enrollment_step_variants as assigned
                inner join outreach.campaign_steps as steps
                    on
                        steps.workspace_id = invites_that_need_notes.workspace_id
                        and assigned.step_id = steps.step_id
                inner join outreach.campaign_step_templates as templates
                    on
                        templates.workspace_id = invites_that_need_notes.workspace_id
                        and assigned.step_id = templates.step_id
                        and assigned.variant = templates.variant
                        and templates.field = 'note'
                where
                    assigned.workspace_id = invites_that_need_notes.workspace_id
                    and assigned.enrollment_id = jobs.enrollment_id
                    and assigned.step_id = jobs.step_id
                    and steps.settings ->> 'on_note_limit' is distinct from 'leave_out'
                offset 0 -- keeps this an index look-up per job
            )
        );
end
$$;
