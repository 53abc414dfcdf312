-- Tells once of an attempt that was sent: by its action's own event, which the figures
-- count on the day on which the attempt began, or, as long as nothing proves it, by
-- send_unproven. Taking an invite back spends nothing and counts on no day.
create or replace function outreach.record_sent_event(
    attempt outreach.send_attempts,
    recorded outreach.send_attempt_outcomes,
    actor text
)
returns void
language plpgsql
set search_path = ''
as $$
#variable_conflict use_column
declare
    told_as text;
    status_now text;
    counts boolean;
begin
    told_as := case
        when recorded.outcome = 'sent_unproven' then 'send_unproven'
        when attempt.action = 'resolve_profile' then 'profile_resolved'
        when attempt.action = 'send_invite' then 'invite_sent'
        when attempt.action = 'send_message' then 'message_sent'
        when attempt.action = 'send_inmail' then 'inmail_sent'
        when attempt.action = 'comment' then 'comment_posted'
        when attempt.action = 'withdraw_invite' then 'invite_withdrawn'
    end;
    counts := told_as not in ('send_unproven', 'invite_withdrawn');

    if exists (
        select
        from outreach.campaign_events as events
        where
            events.workspace_id = attempt.workspace_id
            and events.enrollment_id = attempt.enrollment_id
            and events.attempt_id = attempt.attempt_id
            and (events.counted_on is not null or events.event_type = told_as)
    ) then
        return;
    end if;

    select enrollments.linkedin_status
    into status_now
    from outreach.campaign_prospects as enrollments
    where
        enrollments.workspace_id = attempt.workspace_id
        and enrollments.enrollment_id = attempt.enrollment_id;

    perform outreach.record_enrollment_event(
        attempt.workspace_id, attempt.enrollment_id, told_as, actor,
        attempt.begun_at,
        to_status => case
            when told_as = 'invite_sent'
                and status_now in ('ready_to_invite', 'pending_template_fix')
                then 'pending_accept'
            when told_as = 'invite_withdrawn' and status_now = 'pending_accept'
                then 'withdrawn'
        end,
        details => jsonb_build_object(
            'job_id', attempt.job_id,
            'outcome', recorded.outcome,
            'decided_by', recorded.decided_by,
            'provider_reference', recorded.provider_reference
        ),
        attempt_id => attempt.attempt_id,
        action => case when counts then attempt.action end,
        counted_on => case when counts then attempt.counted_on end,
        step_id => attempt.step_id
    );
end
$$;
