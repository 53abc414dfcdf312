-- Writes one attempt and adds one to the account's daily counter, unless the action
-- spends nothing. The rules on send_attempts add the day it counts on and all it is
-- judged by, and refuse it (23514) where a limit is reached. Returns the attempt's id.
create or replace function outreach.begin_send_attempt(
    job outreach.campaign_send_jobs,
    worker text,
    variant text,
    request_sha256 text,
    validation_stamps text [],
    at timestamptz
)
returns bigint
language plpgsql
set search_path = ''
as $$
#variable_conflict use_column
declare
    attempt outreach.send_attempts;
begin
    insert into outreach.send_attempts (
        workspace_id, job_id, enrollment_id, campaign_id, step_id, prospect_id,
        account_id, action, variant, worker, begun_at,
        provider_account_id, recipient_provider_id,
        request_sha256, validation_stamps
    )
    select
        job.workspace_id, job.job_id, job.enrollment_id, job.campaign_id,
        job.step_id, enrollments.prospect_id,
        job.account_id, job.action, begin_send_attempt.variant,
        begin_send_attempt.worker, at,
        provider_accounts.provider_account_id, prospects.provider_id,
        begin_send_attempt.request_sha256, begin_send_attempt.validation_stamps
    from outreach.campaign_prospects as enrollments
    inner join outreach.prospects
        on
            prospects.workspace_id = enrollments.workspace_id
            and prospects.prospect_id = enrollments.prospect_id
    inner join outreach.provider_accounts
        on
            provider_accounts.workspace_id = job.workspace_id
            and provider_accounts.account_id = job.account_id
    where
        enrollments.workspace_id = job.workspace_id
        and enrollments.enrollment_id = job.enrollment_id
    returning send_attempts.* into attempt;

    if attempt.limit_per_day is null then
        return attempt.attempt_id;
    end if;

    insert into outreach.linkedin_daily_counters as counters (
        workspace_id, account_id, action, counted_on, count, updated_at
    )
    values (
        attempt.workspace_id, attempt.account_id, attempt.action,
        attempt.counted_on, 1, at
    )
    on conflict (workspace_id, account_id, action, counted_on) do update
    set
        count = counters.count + 1,
        updated_at = excluded.updated_at;

    return attempt.attempt_id;
end
$$;
