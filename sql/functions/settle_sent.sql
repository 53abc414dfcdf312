-- An attempt turned out to be sent: its event on the day on which it began, its job
-- completed at the call's time, its enrollment one step on.
-- A yes without a proof (a message without its id, a comment) completes the job and
-- moves on just the same, because it must never be sent again, and the attempt counts
-- for every limit. But its event is send_unproven, which no figure counts: message_sent
-- or comment_posted follows once it was found at the provider (decided_sent).
create or replace function outreach.settle_sent(
    attempt outreach.send_attempts,
    job outreach.campaign_send_jobs,
    recorded outreach.send_attempt_outcomes,
    waits_for_this boolean,
    actor text
)
returns void
language plpgsql
set search_path = ''
as $$
#variable_conflict use_column
begin
    perform outreach.record_sent_event(attempt, recorded, actor);

    if attempt.action = 'send_message' and recorded.facts ? 'chat_id' then
        insert into outreach.linkedin_chats as chats (
            workspace_id, account_id, prospect_id, chat_id, started_at
        )
        values (
            attempt.workspace_id, attempt.account_id, attempt.prospect_id,
            recorded.facts ->> 'chat_id', attempt.begun_at
        )
        on conflict (workspace_id, account_id, prospect_id) do update
        set chat_id = excluded.chat_id;
    end if;

    if attempt.action = 'send_invite' then
        update outreach.campaign_prospects as enrollments
        set
            linkedin_invited_at = attempt.begun_at,
            failed_classification = null,
            template_error = null
        where
            enrollments.workspace_id = attempt.workspace_id
            and enrollments.enrollment_id = attempt.enrollment_id
            and enrollments.linkedin_invited_at is null;
    end if;

    -- A job that went on to a later attempt waits for that one's own answer.
    if not (waits_for_this or job.status in ('queued', 'claimed', 'parked')) then
        return;
    end if;

    if attempt.action = 'resolve_profile' then
        perform outreach.settle_look_up(attempt, job, recorded, actor);
    else
        perform outreach.set_job_status(
            job, 'completed', completed_at => attempt.begun_at
        );
        perform outreach.advance_enrollment(
            attempt.workspace_id, attempt.enrollment_id, actor, recorded.recorded_at
        );
    end if;
end
$$;
