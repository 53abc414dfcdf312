-- Why a claimed job must not be done at a moment, or null when nothing speaks against
-- it. cancels is true where it must not be done at any other moment either; resumes
-- where something else comes first or instead: a look-up that is missing, or one that
-- is not needed any more. The account's row is locked by the caller.
create or replace function outreach.refusal_to_send(
    job outreach.campaign_send_jobs,
    variant text,
    validation_stamps text [],
    at timestamptz,
    out refusal text,
    out cancels boolean,
    out resumes boolean
)
language plpgsql
stable
set search_path = ''
as $$
#variable_conflict use_column
declare
    facts record;
begin
    cancels := false;
    resumes := false;

    select
        accounts.status as account_status,
        accounts.paused_at is not null as is_paused,
        campaigns.status as campaign_status,
        enrollments.linkedin_status,
        enrollments.paused_at is not null as is_enrollment_paused,
        prospects.prospect_id,
        prospects.do_not_contact_at is not null as is_do_not_contact,
        prospects.provider_id,
        provider_accounts.provider_account_id
    into facts
    from outreach.campaign_prospects as enrollments
    inner join outreach.linkedin_accounts as accounts
        on
            accounts.workspace_id = job.workspace_id
            and accounts.account_id = job.account_id
    inner join outreach.campaigns
        on
            campaigns.workspace_id = job.workspace_id
            and campaigns.campaign_id = job.campaign_id
    inner join outreach.prospects
        on
            prospects.workspace_id = job.workspace_id
            and prospects.prospect_id = enrollments.prospect_id
    left join outreach.provider_accounts
        on
            provider_accounts.workspace_id = job.workspace_id
            and provider_accounts.account_id = job.account_id
    where
        enrollments.workspace_id = job.workspace_id
        and enrollments.enrollment_id = job.enrollment_id;

    -- Taking an invite back contacts nobody.
    if facts.is_do_not_contact and job.action <> 'withdraw_invite' then
        refusal := 'do_not_contact';
        cancels := true;
    elsif facts.linkedin_status <> all(outreach.sendable_statuses(job.action)) then
        refusal := 'status_' || facts.linkedin_status;
        cancels := true;
    elsif not outreach.may_be_repeated(job.action) and exists (
        select
        from outreach.send_attempts as attempts
        where
            attempts.workspace_id = job.workspace_id
            and attempts.enrollment_id = job.enrollment_id
            and attempts.step_id = job.step_id
            and attempts.action = job.action
            and outreach.attempt_state(attempts.workspace_id, attempts.attempt_id)
            <> 'unsent'
    ) then
        refusal := 'begun_before';
        cancels := true;
    elsif job.action = 'send_invite' and outreach.is_invited_elsewhere(
        job, facts.prospect_id
    ) then
        refusal := 'invited_by_another_campaign';
        cancels := true;
    elsif facts.account_status <> 'connected' then
        refusal := 'account_' || facts.account_status;
    elsif facts.provider_account_id is null then
        refusal := 'account_not_linked';
    elsif facts.is_paused then
        refusal := 'account_paused';
    elsif facts.is_enrollment_paused then
        refusal := 'enrollment_paused';
    elsif facts.campaign_status <> 'running' then
        refusal := 'campaign_' || facts.campaign_status;
    elsif facts.provider_id is null
        and job.action in ('send_invite', 'send_message', 'send_inmail')
    then
        refusal := 'profile_not_resolved';
        resumes := true;
    elsif facts.provider_id is not null and job.action = 'resolve_profile' then
        refusal := 'profile_known';
        resumes := true;
    elsif exists (
        select
        from outreach.linkedin_account_holds as holds
        where
            holds.workspace_id = job.workspace_id
            and holds.account_id = job.account_id
            and holds.action = job.action
            and holds.held_until > at
    ) then
        refusal := 'account_held';
    elsif outreach.is_cooled(job, facts.prospect_id, at) then
        refusal := 'person_cooled';
    elsif not exists (
        select
        from outreach.sending_window_at(job.workspace_id, job.account_id, at)
    ) then
        refusal := 'outside_window';
    elsif not outreach.is_as_rendered(job, variant, validation_stamps) then
        refusal := 'template_changed';
    else
        refusal := 'limit_' || outreach.limit_reached(
            job.workspace_id, job.account_id, job.action,
            outreach.account_local_date(job.workspace_id, job.account_id, at), at
        );
    end if;
end
$$;
