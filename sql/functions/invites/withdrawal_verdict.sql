-- What a withdrawal would do with a pending invite: withdraw; sooner, where one is queued
-- for later; or keep. job_status, job_action, run_at: of the live job; null without one,
-- job_action also for the end of a wait. The body is parsed at creation, so that no
-- search_path can change its meaning and a query can inline it.
create or replace function outreach.withdrawal_verdict(
    linkedin_status text,
    job_status text,
    job_action text,
    run_at timestamptz,
    at timestamptz
)
returns text
language sql
immutable
return case
    when withdrawal_verdict.linkedin_status = 'replied' then 'keep'
    when withdrawal_verdict.job_status in ('sending', 'unknown') then 'keep'
    when withdrawal_verdict.job_action is distinct from 'withdraw_invite'
        then 'withdraw'
    when
        withdrawal_verdict.job_status = 'queued'
        and withdrawal_verdict.run_at > withdrawal_verdict.at
        then 'sooner'
    else 'keep'
end;
