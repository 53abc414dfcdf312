-- Moves an enrollment to its next step: queues its send not before the step's delay
-- has passed, inside a sending window, or lets it wait for the accept. No wait is
-- skipped. Returns the step it stands on now.
create or replace function outreach.advance_enrollment(
    workspace_id bigint,
    enrollment_id bigint,
    actor text,
    at timestamptz,
    is_connected boolean default false
)
returns bigint
language plpgsql
set search_path = ''
as $$
#variable_conflict use_column
declare
    enrollment outreach.campaign_prospects;
    step outreach.campaign_steps;
    waited interval := '0';
    run_at timestamptz;
    to_status text;
begin
    select enrollments.*
    into strict enrollment
    from outreach.campaign_prospects as enrollments
    where
        enrollments.workspace_id = advance_enrollment.workspace_id
        and enrollments.enrollment_id = advance_enrollment.enrollment_id
    for no key update;

    for step in
        select later_steps.*
        from outreach.campaign_steps as later_steps
        inner join outreach.campaign_steps as current_step
            on
                later_steps.workspace_id = current_step.workspace_id
                and later_steps.campaign_id = current_step.campaign_id
                and later_steps.position > current_step.position
        where
            current_step.workspace_id = enrollment.workspace_id
            and current_step.step_id = enrollment.current_step_id
        order by later_steps.position
    loop
        waited := waited + step.delay;
        continue when step.action = 'wait';
        continue when step.action = 'wait_accept' and is_connected;

        update outreach.campaign_prospects as enrollments
        set current_step_id = step.step_id
        where
            enrollments.workspace_id = enrollment.workspace_id
            and enrollments.enrollment_id = enrollment.enrollment_id;

        to_status := case
            when step.action = 'wait_accept' then 'pending_accept'
            when step.action in ('resolve_profile', 'send_invite')
                then 'ready_to_invite'
            else 'ready_to_message'
        end;

        if step.action <> 'wait_accept' then
            run_at := outreach.clamp_to_sending_window(
                enrollment.workspace_id, enrollment.account_id,
                outreach.clamp_to_sending_window(
                    enrollment.workspace_id, enrollment.account_id,
                    advance_enrollment.at + waited
                )
                + outreach.send_jitter(
                    enrollment.workspace_id, enrollment.enrollment_id,
                    (advance_enrollment.at at time zone 'UTC')::date
                )
            );
        end if;

        perform outreach.record_enrollment_event(
            enrollment.workspace_id, enrollment.enrollment_id, 'advanced', actor,
            advance_enrollment.at,
            to_status => to_status,
            details => jsonb_build_object('next_action_at', run_at)
        );

        if run_at is not null then
            perform outreach.queue_send_job(
                enrollment.workspace_id, enrollment.enrollment_id, run_at
            );
        end if;

        return step.step_id;
    end loop;

    -- The last step is over. An invite that is still out keeps the enrollment open.
    if enrollment.linkedin_status <> 'pending_accept' then
        perform outreach.record_enrollment_event(
            enrollment.workspace_id, enrollment.enrollment_id, 'completed', actor,
            advance_enrollment.at,
            to_status => 'completed'
        );
    end if;

    return enrollment.current_step_id;
end
$$;
