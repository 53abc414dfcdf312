-- Moves an enrollment to its next step: queues its send not before the step's delay
-- has passed, inside a sending window, or lets it wait for the accept. No wait is
-- skipped. Steps that are done already are passed over with their delays kept: an
-- invite and a wait for somebody who is connected, a look-up of somebody who is known.
-- A message to somebody whose invite is still out waits for the accept, without a job.
-- Who replied, failed or is through goes nowhere. Returns the step it stands on now.
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
    prospect outreach.prospects;
    is_invited boolean;
    step record;
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

    if enrollment.linkedin_status not in (
        'ready_to_invite', 'pending_accept', 'ready_to_message'
    ) then
        return enrollment.current_step_id;
    end if;

    select prospects.*
    into strict prospect
    from outreach.prospects
    where
        prospects.workspace_id = enrollment.workspace_id
        and prospects.prospect_id = enrollment.prospect_id;

    if prospect.do_not_contact_at is not null then
        perform outreach.stop_enrollment(
            enrollment.workspace_id, enrollment.enrollment_id, 'do_not_contact',
            actor, advance_enrollment.at
        );
        return enrollment.current_step_id;
    end if;

    select
        is_connected
        or enrollment.linkedin_accepted_at is not null
        or coalesce(bool_or(events.event_type = 'already_connected'), false),
        enrollment.linkedin_invited_at is not null
        or coalesce(bool_or(events.event_type = 'already_pending'), false)
    into is_connected, is_invited
    from outreach.campaign_events as events
    where
        events.workspace_id = enrollment.workspace_id
        and events.enrollment_id = enrollment.enrollment_id
        and events.event_type in ('already_connected', 'already_pending');

    for step in
        select
            later_steps.step_id,
            later_steps.action,
            later_steps.settings,
            outreach.exact_span(later_steps.delay) as delay,
            outreach.step_action(later_steps, prospect) as job_action,
            coalesce(
                bool_or(later_steps.action = 'send_invite') over (
                    order by later_steps.position
                    rows between 1 following and unbounded following
                ),
                false
            ) as invites_later
        from outreach.campaign_steps as later_steps
        inner join outreach.campaign_steps as current_step
            on
                later_steps.workspace_id = current_step.workspace_id
                and later_steps.campaign_id = current_step.campaign_id
                and later_steps.position > current_step.position
        where
            current_step.workspace_id = enrollment.workspace_id
            and current_step.step_id = enrollment.current_step_id
            and current_step.removed_at is null
        order by later_steps.position
    loop
        waited := waited + step.delay;
        continue when step.action = 'wait';
        continue when step.action = 'wait_accept' and is_connected;
        continue when step.action = 'send_invite' and (is_connected or is_invited);
        continue when
            step.action = 'resolve_profile' and prospect.provider_id is not null;

        to_status := case
            when step.action = 'wait_accept' then 'pending_accept'
            when step.action in ('resolve_profile', 'send_invite')
                then 'ready_to_invite'
            when enrollment.linkedin_status = 'pending_accept' and not is_connected
                then 'pending_accept'
            when step.invites_later and not (is_connected or is_invited)
                then 'ready_to_invite'
            else 'ready_to_message'
        end;

        update outreach.campaign_prospects as enrollments
        set current_step_id = step.step_id
        where
            enrollments.workspace_id = enrollment.workspace_id
            and enrollments.enrollment_id = enrollment.enrollment_id;

        if step.job_action is not null
            and not (step.action = 'send_message' and to_status = 'pending_accept')
        then
            run_at := outreach.jittered_moment(
                enrollment.workspace_id, enrollment.account_id,
                enrollment.enrollment_id,
                advance_enrollment.at + waited + case
                    when step.action = 'wait_accept'
                        then outreach.exact_span(
                            (step.settings ->> 'time_out')::interval
                        )
                    else '0'
                end
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
    if enrollment.linkedin_status <> 'pending_accept' or is_connected then
        perform outreach.record_enrollment_event(
            enrollment.workspace_id, enrollment.enrollment_id, 'completed', actor,
            advance_enrollment.at,
            to_status => 'completed'
        );
    end if;

    return enrollment.current_step_id;
end
$$;
