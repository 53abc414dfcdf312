-- Appends to the ledger what a queued job is for and the provider shows as made already,
-- and lets it take effect: an attempt that is found, and its outcome, decided by a read.
-- The outcome unknown is for what may have been made: a person decides it.
-- rendered: see outreach.begin_send_attempts. Returns the attempt's id.
create or replace function outreach.append_found_send(
    workspace_id bigint,
    rendered jsonb,
    outcome text,
    begun_at timestamptz,
    provider_reference text,
    facts jsonb,
    detail text,
    actor text,
    at timestamptz
)
returns bigint
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    locked_account_ids bigint [];
    found_on date;
    job outreach.campaign_send_jobs;
    attempt outreach.send_attempts;
    recorded_id bigint;
begin
    locked_account_ids := array(
        select jobs.account_id
        from outreach.campaign_send_jobs as jobs
        where
            jobs.workspace_id = append_found_send.workspace_id
            and jobs.job_id = (rendered ->> 'job_id')::bigint
    );

    perform outreach.lock_accounts(append_found_send.workspace_id, locked_account_ids);

    update outreach.campaign_send_jobs as jobs
    set
        status = 'claimed',
        claimed_by = append_found_send.actor,
        lease_expires_at = append_found_send.at
    where
        jobs.workspace_id = append_found_send.workspace_id
        and jobs.job_id = (rendered ->> 'job_id')::bigint
        and jobs.status = 'queued'
    returning jobs.* into strict job;

    found_on := outreach.account_local_date(
        job.workspace_id, job.account_id, append_found_send.at
    );

    insert into outreach.send_attempts as attempts (
        workspace_id, job_id, enrollment_id, campaign_id, step_id, prospect_id,
        account_id, action, variant, worker, begun_at, counted_on,
        provider_account_id, recipient_provider_id, request_sha256,
        validation_stamps, has_note, is_found, answer_id
    )
    select
        job.workspace_id, job.job_id, job.enrollment_id, job.campaign_id,
        job.step_id, coalesce(enrollments.prospect_id, answers.prospect_id),
        job.account_id, outreach.limited_action(job.action),
        rendered ->> 'variant', append_found_send.actor, append_found_send.begun_at,
        found_on,
        provider_accounts.provider_account_id,
        coalesce(prospects.provider_id, answers.person),
        coalesce(rendered ->> 'request_sha256', ''),
        array(
            select stamps.stamp
            from jsonb_array_elements_text(
                coalesce(rendered -> 'validation_stamps', '[]')
            ) as stamps (stamp)
        ),
        coalesce((rendered ->> 'has_note')::boolean, false),
        true,
        job.answer_id
    from outreach.provider_accounts
    left join outreach.campaign_prospects as enrollments
        on
            enrollments.workspace_id = append_found_send.workspace_id
            and enrollments.enrollment_id = job.enrollment_id
    left join outreach.prospects
        on
            prospects.workspace_id = append_found_send.workspace_id
            and enrollments.prospect_id = prospects.prospect_id
    left join outreach.reply_answers as answers
        on
            answers.workspace_id = append_found_send.workspace_id
            and answers.answer_id = job.answer_id
    where
        provider_accounts.workspace_id = append_found_send.workspace_id
        and provider_accounts.account_id = job.account_id
    returning attempts.* into strict attempt;

    update outreach.campaign_send_jobs as jobs
    set status = 'sending'
    where
        jobs.workspace_id = append_found_send.workspace_id
        and jobs.job_id = job.job_id;

    insert into outreach.send_attempt_outcomes as outcomes (
        workspace_id, attempt_id, outcome, means, decided_by, detail,
        provider_reference, facts, recorded_at
    )
    select
        attempt.workspace_id, attempt.attempt_id, classes.outcome, classes.means,
        'read', append_found_send.detail, append_found_send.provider_reference,
        coalesce(append_found_send.facts, '{}'), append_found_send.at
    from outreach.send_outcome_classes as classes
    where classes.outcome = append_found_send.outcome
    returning outcomes.outcome_id into strict recorded_id;

    -- What turns out unsent spends nothing.
    insert into outreach.linkedin_daily_counters as counters (
        workspace_id, account_id, action, counted_on, count, updated_at
    )
    select
        attempt.workspace_id, attempt.account_id, attempt.action, attempt.counted_on,
        1, append_found_send.at
    from outreach.send_outcome_classes as classes
    where
        classes.outcome = append_found_send.outcome
        and classes.means <> 'unsent'
    on conflict (workspace_id, account_id, action, counted_on) do update
    set
        count = counters.count + excluded.count,
        updated_at = excluded.updated_at;

    perform outreach.settle_send_outcomes(
        attempt.workspace_id, array[recorded_id], append_found_send.actor
    );

    return attempt.attempt_id;
end
$$;
