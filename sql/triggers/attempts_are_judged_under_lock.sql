-- Checks an attempt under its account's lock, in a statement after the lock, against
-- the tables: this trigger sets its day, its limits and its window, and overwrites the
-- values of the insert. No role can exceed a limit, because the ledger is counted, with
-- the rows before this one. A send is not begun again while an earlier attempt of the
-- same step may have reached the person: only an answer that proves it unsent allows
-- another attempt. Look-ups and withdrawals of an invite are idempotent and may be
-- repeated. An answer goes outside the windows too, and is begun once.
create or replace function outreach.judge_attempt_under_lock()
returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    account record;
    facts record;
    window_now record;
    limits record;
    note_limits record;
begin
    perform outreach.assert_read_committed();

    account := outreach.lock_account(
        new.workspace_id, new.account_id, must_exist => false
    );

    select
        exists (
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
        ) as is_claimed,
        (
            select max(attempts.begun_at)
            from outreach.send_attempts as attempts
            where
                attempts.workspace_id = new.workspace_id
                and attempts.account_id = new.account_id
                and attempts.action = new.action
        ) as newest_begun_at,
        (
            select attempts.attempt_id
            from outreach.attempt_states as attempts
            where
                attempts.workspace_id = new.workspace_id
                and attempts.enrollment_id = new.enrollment_id
                and attempts.step_id = new.step_id
                and attempts.action = new.action
                and not outreach.may_be_repeated(attempts.action)
                and attempts.state <> 'unsent'
            limit 1
        ) as earlier_attempt_id
    into facts;

    if new.answer_id is null then
        window_now := outreach.sending_window_at(
            new.workspace_id, new.account_id, new.begun_at
        );
    else
        facts.earlier_attempt_id := (
            select attempts.attempt_id
            from outreach.attempt_states as attempts
            where
                attempts.workspace_id = new.workspace_id
                and attempts.answer_id = new.answer_id
                and attempts.state <> 'unsent'
            limit 1
        );
        select
            outreach.account_timezone(
                (account).timezone, (account).next_timezone,
                (account).next_timezone_at, new.begun_at
            ) as timezone,
            null::smallint as weekday,
            null::time as opens,
            null::time as closes
        into window_now;
    end if;

    new.counted_on := (new.begun_at at time zone window_now.timezone)::date;

    limits := outreach.limit_reached(
        new.workspace_id, new.account_id, new.action, new.counted_on, new.begun_at,
        tells_when => false
    );

    if not facts.is_claimed then
        raise exception 'no claimed job % asks account % for % to %',
            new.job_id, new.account_id, new.action,
            coalesce('enrollment ' || new.enrollment_id, 'answer ' || new.answer_id)
            using
                errcode = 'check_violation',
                hint = 'Claim a job and call outreach.begin_send_attempts().';
    end if;

    if new.begun_at < facts.newest_begun_at then
        raise exception 'account % began % at % already, so an attempt at % is too late',
            new.account_id, new.action, facts.newest_begun_at, new.begun_at
            using
                errcode = 'check_violation',
                hint = 'Attempts are inserted in the order of begun_at.';
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
                hint = 'Leave as_of out: the database sets the time.';
    end if;

    if window_now.timezone is null then
        raise exception 'account % has no sending window open at %',
            new.account_id, new.begun_at
            using
                errcode = 'check_violation',
                hint = 'Wait for outreach.clamp_to_sending_window().';
    end if;

    if facts.earlier_attempt_id is not null then
        raise exception
            '% of workspace % was tried before by attempt %, which is %',
            coalesce('enrollment ' || new.enrollment_id, 'answer ' || new.answer_id),
            new.workspace_id, facts.earlier_attempt_id,
            (
                select attempts.state
                from outreach.attempt_states as attempts
                where
                    attempts.workspace_id = new.workspace_id
                    and attempts.attempt_id = facts.earlier_attempt_id
            )
            using
                errcode = 'check_violation',
                hint = 'Look it up at the provider; never send on a guess.';
    end if;

    if limits.reached is not null then
        raise exception
            'LinkedIn account % of workspace % is at its limit for %: %',
            new.account_id, new.workspace_id, new.action, limits.reached
            using
                errcode = 'check_violation',
                hint = 'Wait until the limit allows it; see '
                || 'outreach.linkedin_account_limits.';
    end if;

    new.note_limit_per_week := null;
    new.note_limit_per_month := null;

    if new.has_note then
        note_limits := outreach.limit_reached(
            new.workspace_id, new.account_id, 'send_invite_with_note', new.counted_on,
            new.begun_at,
            tells_when => false
        );

        if note_limits.reached is not null then
            raise exception
                'LinkedIn account % of workspace % is at its limit for invites with a '
                'note: %',
                new.account_id, new.workspace_id, note_limits.reached
                using
                    errcode = 'check_violation',
                    hint = 'Invite without a note, or wait until the limit allows it; '
                    || 'see outreach.linkedin_account_limits.';
        end if;

        new.note_limit_per_week := note_limits.per_week;
        new.note_limit_per_month := note_limits.per_month;
    end if;

    new.timezone := window_now.timezone;
    new.window_weekday := window_now.weekday;
    new.window_opens := window_now.opens;
    new.window_closes := window_now.closes;
    new.limit_per_day := limits.per_day;
    new.limit_per_week := limits.per_week;
    new.limit_per_month := limits.per_month;
    new.limit_outstanding := limits.outstanding;
    new.minimum_gap := coalesce(limits.minimum_gap, '0');

    return new;
end
$$;

create or replace trigger attempts_are_judged_under_lock
before insert on outreach.send_attempts
for each row
when (not new.is_found)
execute function outreach.judge_attempt_under_lock();
