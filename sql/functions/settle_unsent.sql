-- An attempt is known unsent: what that means for its job, by outcome class
-- (unipile.md, "Outcome classes"). Time is never moved: an account's hold says
-- until when its due jobs wait.
create or replace function outreach.settle_unsent(
    attempt outreach.send_attempts,
    job outreach.campaign_send_jobs,
    recorded outreach.send_attempt_outcomes,
    actor text
)
returns void
language plpgsql
set search_path = ''
as $$
#variable_conflict use_column
declare
    at constant timestamptz := recorded.recorded_at;
    reason constant text := coalesce(recorded.error_type, recorded.outcome);
    most_retries constant integer := 8;
begin
    case recorded.outcome
        when 'account_limit' then
            perform outreach.hold_account_action(attempt, recorded);
            perform outreach.requeue_job(job);
        when 'retry_safe' then
            if job.retry_count >= most_retries then
                perform outreach.fail_job(job, 'retries_exhausted', actor, at);
            else
                perform outreach.hold_account_action(
                    attempt, recorded,
                    least(
                        interval '30 seconds' * 2 ^ job.retry_count, interval '1 hour'
                    )
                );
                perform outreach.requeue_job(job, is_retry => true);
            end if;
        when 'ambiguous_resend' then
            -- A second person refused in a row speaks of the account, not of them.
            if outreach.refused_someone_else_before(attempt, recorded.outcome) then
                perform outreach.hold_account_action(attempt, recorded);
                perform outreach.requeue_job(job);
            else
                perform outreach.fail_job(job, reason, actor, at);
            end if;
        when 'account_down' then
            perform outreach.requeue_job(job);
            perform outreach.flip_linkedin_account_status(
                attempt.workspace_id, attempt.account_id,
                case
                    when recorded.error_type = 'account_restricted' then 'restricted'
                    else 'disconnected'
                end,
                'the provider answered ' || reason || ' to attempt '
                || attempt.attempt_id,
                actor, at
            );
        when 'our_key_bad', 'decided_unsent' then
            perform outreach.requeue_job(job);
        when 'already_connected' then
            perform outreach.set_job_status(job, 'cancelled', recorded.outcome);
            perform outreach.record_enrollment_event(
                job.workspace_id, job.enrollment_id, 'already_connected', actor, at,
                step_id => job.step_id
            );
            perform outreach.advance_enrollment(
                job.workspace_id, job.enrollment_id, actor, at, is_connected => true
            );
        when 'already_pending' then
            perform outreach.set_job_status(job, 'cancelled', recorded.outcome);
            perform outreach.record_enrollment_event(
                job.workspace_id, job.enrollment_id, 'already_pending', actor, at,
                to_status => 'pending_accept', step_id => job.step_id
            );
            perform outreach.advance_enrollment(
                job.workspace_id, job.enrollment_id, actor, at
            );
        when 'content_bad' then
            perform outreach.park_job(
                job,
                jsonb_build_object(
                    'message', 'The provider refuses the text: '
                    || coalesce(recorded.detail, reason),
                    'code', reason
                ),
                actor, at
            );
        else
            perform outreach.fail_job(job, reason, actor, at);
    end case;
end
$$;
