-- Applies an outcome that proves no send to its job, by its outcome class, if the job
-- waits for that attempt and no evidence says that it was sent. An attempt without an
-- answer stays unknown and is never sent again on a guess, unless its call may be
-- repeated. No time changes: a due job waits for the end of its account's hold or its
-- person's cooldown. The caller holds the locks.
create or replace function outreach.settle_unsent(
    attempt outreach.send_attempts,
    recorded outreach.send_attempt_outcomes,
    actor text
)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    at constant timestamptz := recorded.recorded_at;
    reason constant text := coalesce(recorded.error_type, recorded.outcome);
    job outreach.campaign_send_jobs;
begin
    select jobs.*
    into strict job
    from outreach.campaign_send_jobs as jobs
    where
        jobs.workspace_id = attempt.workspace_id
        and jobs.job_id = attempt.job_id
    for no key update;

    if job.status not in ('sending', 'unknown') or exists (
        select 1
        from outreach.attempt_states as attempts
        where
            attempts.workspace_id = attempt.workspace_id
            and attempts.job_id = attempt.job_id
            and (
                attempts.attempt_id > attempt.attempt_id
                or (
                    attempts.attempt_id = attempt.attempt_id
                    and attempts.state = 'sent'
                )
            )
    ) then
        return;
    end if;

    perform outreach.apply_answer_to_account(attempt, recorded, actor);

    if outreach.settle_by_earlier_send(attempt, job, recorded, actor) then
        return;
    end if;

    case recorded.outcome
        when 'unknown' then
            perform outreach.hold_after_refusals(attempt, recorded);
            if outreach.may_be_repeated(attempt.action) then
                perform outreach.retry_job(attempt, job, recorded, actor);
            elsif job.status = 'sending' then
                perform outreach.set_job_status(job, 'unknown');
                perform outreach.record_enrollment_event(
                    job.workspace_id, job.enrollment_id, 'send_unknown', actor, at,
                    step_id => job.step_id,
                    details => jsonb_build_object(
                        'job_id', job.job_id,
                        'attempt_id', attempt.attempt_id,
                        'decided_by', recorded.decided_by
                    )
                );
            end if;
        when 'retry_safe' then
            perform outreach.retry_job(attempt, job, recorded, actor);
        when 'ambiguous_resend' then
            perform outreach.settle_ambiguous_resend(attempt, job, recorded, actor);
        when 'decided_unsent' then
            perform outreach.requeue_unsent(attempt, job, recorded, actor);
        when 'account_limit', 'account_down', 'our_key_bad' then
            perform outreach.set_job_status(job, 'queued');
        when 'already_connected', 'already_pending' then
            -- The job's effect exists already, and there was no send.
            perform outreach.set_job_status(job, 'cancelled', recorded.outcome);
            if job.action <> 'withdraw_invite' then
                perform outreach.record_enrollment_event(
                    job.workspace_id, job.enrollment_id, recorded.outcome, actor, at,
                    to_status => case
                        when recorded.outcome = 'already_pending' then 'pending_accept'
                    end,
                    step_id => job.step_id
                );
            -- A connection that is found by a withdrawal has accepted the invite.
            elsif outreach.accept_enrollment(
                job.workspace_id, job.enrollment_id, at, actor,
                jsonb_build_object('found_by', 'withdraw_invite', 'job_id', job.job_id),
                at
            ) is not null then
                return;
            end if;
            perform outreach.advance_enrollments(
                job.workspace_id, array[job.enrollment_id], actor, at
            );
        when 'already_gone' then
            perform outreach.set_job_status(job, 'cancelled', recorded.outcome);
            perform outreach.record_enrollment_event(
                job.workspace_id, job.enrollment_id, 'invite_withdrawn', actor, at,
                to_status => 'withdrawn',
                step_id => job.step_id,
                details => jsonb_build_object(
                    'job_id', job.job_id, 'was_gone_already', true
                )
            );
        when 'content_bad' then
            if outreach.may_be_repeated(attempt.action) then
                -- That call had no text, so no text can be corrected.
                perform outreach.fail_job(job, reason, actor, at);
            else
                perform outreach.park_job(
                    job,
                    jsonb_build_object(
                        'message', 'The provider refuses the text: '
                        || coalesce(recorded.detail, reason),
                        'code', reason,
                        'variant', attempt.variant
                    ),
                    actor, at
                );
            end if;
        else
            -- A chat that the provider does not know any more, because the account was
            -- added again, is deleted here; the next attempt starts a new one.
            delete from outreach.linkedin_chats as chats
            where
                attempt.action = 'send_message'
                and recorded.http_status = 404
                and chats.workspace_id = attempt.workspace_id
                and chats.account_id = attempt.account_id
                and chats.prospect_id = attempt.prospect_id;

            if found then
                perform outreach.set_job_status(job, 'queued', is_retry => true);
            else
                perform outreach.fail_job(job, reason, actor, at);
            end if;
    end case;
end
$$;
