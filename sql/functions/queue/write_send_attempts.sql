-- Writes an attempt for each of these claimed and rendered jobs, adds to the accounts'
-- daily counters unless the action is no send, and puts the jobs in sending. The
-- triggers on send_attempts set the day on which each counts, its limits and its
-- window, and refuse the statement (23514) if a limit is reached. The caller holds the
-- accounts' locks.
-- rendered: see outreach.begin_send_attempts.
create or replace function outreach.write_send_attempts(
    workspace_id bigint,
    worker text,
    rendered jsonb,
    at timestamptz,
    lease interval
)
returns setof outreach.begun_send_attempt
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    with

    begun as (

        insert into outreach.send_attempts (
            workspace_id, job_id, enrollment_id, campaign_id, step_id, prospect_id,
            account_id, action, variant, worker, begun_at,
            provider_account_id, recipient_provider_id,
            request_sha256, validation_stamps, has_note, answer_id
        )
        select
            jobs.workspace_id, jobs.job_id, jobs.enrollment_id, jobs.campaign_id,
            jobs.step_id, coalesce(enrollments.prospect_id, answers.prospect_id),
            jobs.account_id, outreach.limited_action(jobs.action), sends.variant,
            write_send_attempts.worker, at, provider_accounts.provider_account_id,
            coalesce(prospects.provider_id, answers.person),
            sends.request_sha256, coalesce(sends.validation_stamps, '{}'),
            coalesce(sends.has_note, false), jobs.answer_id
        from jsonb_to_recordset(rendered) as sends (
            job_id bigint,
            variant text,
            request_sha256 text,
            validation_stamps text [],
            has_note boolean
        )
        inner join outreach.campaign_send_jobs as jobs
            on
                jobs.workspace_id = write_send_attempts.workspace_id
                and sends.job_id = jobs.job_id
        left join outreach.campaign_prospects as enrollments
            on
                enrollments.workspace_id = write_send_attempts.workspace_id
                and jobs.enrollment_id = enrollments.enrollment_id
        left join outreach.reply_answers as answers
            on
                answers.workspace_id = write_send_attempts.workspace_id
                and jobs.answer_id = answers.answer_id
        left join outreach.prospects
            on
                prospects.workspace_id = write_send_attempts.workspace_id
                and enrollments.prospect_id = prospects.prospect_id
        inner join outreach.provider_accounts
            on
                jobs.workspace_id = provider_accounts.workspace_id
                and jobs.account_id = provider_accounts.account_id
        order by jobs.job_id
        returning
            send_attempts.workspace_id,
            send_attempts.job_id,
            send_attempts.attempt_id,
            send_attempts.account_id,
            send_attempts.action,
            send_attempts.counted_on,
            send_attempts.limit_per_day

    ),

    counted as (

        insert into outreach.linkedin_daily_counters as counters (
            workspace_id, account_id, action, counted_on, count, updated_at
        )
        select
            begun.workspace_id, begun.account_id, begun.action, begun.counted_on,
            count(*), at
        from begun
        where
            begun.limit_per_day is not null
            and begun.action <> 'withdraw_invite'
        group by
            begun.workspace_id, begun.account_id, begun.action, begun.counted_on
        on conflict (workspace_id, account_id, action, counted_on) do update
        set
            count = counters.count + excluded.count,
            updated_at = excluded.updated_at

    )

    update outreach.campaign_send_jobs as jobs
    set
        status = 'sending',
        lease_expires_at = at + lease
    from begun
    where
        jobs.workspace_id = write_send_attempts.workspace_id
        and jobs.job_id = begun.job_id
    returning
        jobs.job_id,
        begun.attempt_id,
        null::text;
end
$$;
