-- An attempt that is found after a restore was made already, so no limit and no window
-- holds it back. Only the owner appends it, once a step, for a job that is claimed.
create or replace function outreach.judge_found_attempt()
returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    perform outreach.assert_read_committed();

    perform outreach.lock_accounts(new.workspace_id, array[new.account_id]);

    if not pg_has_role(
        (
            select pg_class.relowner
            from pg_catalog.pg_class
            where pg_class.oid = 'outreach.send_attempts'::regclass
        ),
        'usage'
    ) then
        raise exception 'only the owner of the ledger appends attempts that were found'
            using
                errcode = 'insufficient_privilege',
                hint = 'Run trueup db after-restore as the owner.';
    end if;

    if not exists (
        select 1
        from outreach.campaign_send_jobs as jobs
        where
            jobs.workspace_id = new.workspace_id
            and jobs.job_id = new.job_id
            and jobs.account_id = new.account_id
            and jobs.enrollment_id is not distinct from new.enrollment_id
            and jobs.step_id is not distinct from new.step_id
            and jobs.answer_id is not distinct from new.answer_id
            and outreach.limited_action(jobs.action) = new.action
            and jobs.status = 'claimed'
    ) or exists (
        select 1
        from outreach.attempt_states as attempts
        where
            attempts.workspace_id = new.workspace_id
            and (
                (
                    attempts.enrollment_id = new.enrollment_id
                    and attempts.step_id = new.step_id
                )
                or attempts.answer_id = new.answer_id
            )
            and attempts.action = new.action
            and not outreach.may_be_repeated(attempts.action)
            and attempts.state <> 'unsent'
    ) then
        raise exception 'job % asks for no % to % that could be found',
            new.job_id, new.action,
            coalesce('enrollment ' || new.enrollment_id, 'answer ' || new.answer_id)
            using
                errcode = 'check_violation',
                hint = 'Call outreach.append_found_send().';
    end if;

    new.timezone := (
        select
            outreach.account_timezone(
                accounts.timezone, accounts.next_timezone, accounts.next_timezone_at,
                new.begun_at
            )
        from outreach.linkedin_accounts as accounts
        where
            accounts.workspace_id = new.workspace_id
            and accounts.account_id = new.account_id
    );
    new.minimum_gap := '0';

    return new;
end
$$;

create or replace trigger found_attempts_were_made_before
before insert on outreach.send_attempts
for each row
when (new.is_found)
execute function outreach.judge_found_attempt();
