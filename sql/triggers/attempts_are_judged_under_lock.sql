-- An attempt is judged under its account's lock, by what the tables say: its day, its
-- limits and its window are written here, whatever the insert claimed. Fires first of
-- the rules on attempts (they fire in the order of their names), so the others count
-- in statements later than the lock and see each other's rows.
create or replace function outreach.judge_attempt_under_lock()
returns trigger
language plpgsql
set search_path = ''
as $$
declare
    newest_begun_at timestamptz;
    limits record;
    sending_window record;
begin
    perform outreach.assert_read_committed();

    perform
    from outreach.linkedin_accounts as accounts
    where
        accounts.workspace_id = new.workspace_id
        and accounts.account_id = new.account_id
    for no key update;

    perform
    from outreach.campaign_send_jobs as jobs
    where
        jobs.workspace_id = new.workspace_id
        and jobs.job_id = new.job_id
        and jobs.account_id = new.account_id
        and jobs.enrollment_id = new.enrollment_id
        and jobs.step_id = new.step_id
        and jobs.action = new.action
        and jobs.status = 'claimed';

    if not found then
        raise exception 'no claimed job % asks account % for % to enrollment %',
            new.job_id, new.account_id, new.action, new.enrollment_id
            using
                errcode = 'check_violation',
                hint = 'Claim a job and call outreach.begin_send_attempts().';
    end if;

    select max(attempts.begun_at)
    into newest_begun_at
    from outreach.send_attempts as attempts
    where
        attempts.workspace_id = new.workspace_id
        and attempts.account_id = new.account_id
        and attempts.action = new.action;

    if new.begun_at < newest_begun_at then
        raise exception 'account % began % at % already, an attempt at % comes too late',
            new.account_id, new.action, newest_begun_at, new.begun_at
            using
                errcode = 'check_violation',
                hint = 'Attempts are written in the order in which they begin.';
    end if;

    -- A worker does not date its own attempts; the owner replays other moments.
    if abs(extract(epoch from new.begun_at - clock_timestamp())) > 300
        and not pg_has_role(
            (
                select pg_class.relowner
                from pg_catalog.pg_class
                where pg_class.oid = 'outreach.send_attempts'::regclass
            ),
            'usage'
        )
    then
        raise exception 'an attempt that begins now cannot be dated %', new.begun_at
            using
                errcode = 'check_violation',
                hint = 'Leave as_of out: the database knows the time.';
    end if;

    select windows.*
    into sending_window
    from outreach.sending_window_at(
        new.workspace_id, new.account_id, new.begun_at
    ) as windows;

    if not found then
        raise exception 'account % has no sending window open at %',
            new.account_id, new.begun_at
            using
                errcode = 'check_violation',
                hint = 'Wait for outreach.clamp_to_sending_window().';
    end if;

    limits := outreach.action_limits(new.workspace_id, new.account_id, new.action);

    new.counted_on := (new.begun_at at time zone sending_window.timezone)::date;
    new.timezone := sending_window.timezone;
    new.window_weekday := sending_window.weekday;
    new.window_opens := sending_window.opens;
    new.window_closes := sending_window.closes;
    new.limit_per_day := limits.per_day;
    new.limit_per_week := limits.per_week;
    new.limit_outstanding := limits.outstanding;
    new.minimum_gap := coalesce(limits.minimum_gap, '0');

    return new;
end
$$;

create or replace trigger attempts_are_judged_under_lock
before insert on outreach.send_attempts
for each row
execute function outreach.judge_attempt_under_lock();
