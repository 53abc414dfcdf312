-- Checks the new attempts of a statement under their accounts' locks, in a statement after
-- the locks, against the tables: limits and windows, and what each attempt stores of
-- these. The ledger is counted with the new attempts in it, so no role can exceed a limit.
-- An answer is under the limit of messages and under no window; an attempt that is found
-- after a restore is under neither.
create or replace function outreach.judge_attempts_under_lock()
returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    batch record;
    refusal text [];
begin
    perform outreach.assert_read_committed();

    select
        min(attempts.workspace_id) as workspace_id,
        min(attempts.begun_at) as begun_at,
        count(distinct (attempts.workspace_id, attempts.begun_at)) as moment_count,
        array_agg(attempts.account_id) as account_ids,
        array_agg(
            case
                when attempts.answer_id is null then attempts.action
                else 'answer_reply'
            end
        ) as actions,
        array_agg(attempts.account_id) filter (where attempts.has_note) as noted_ids,
        array_agg('send_invite_with_note'::text) filter (where attempts.has_note)
        as note_actions
    into batch
    from new_attempts as attempts
    where not attempts.is_found;

    if batch.moment_count = 0 then
        return null;
    end if;

    perform outreach.lock_accounts(batch.workspace_id, batch.account_ids);

    with

    limits as materialized (

        select distinct spent.*
        from outreach.spent_limits(
            batch.workspace_id, batch.account_ids || batch.noted_ids,
            batch.actions || batch.note_actions, batch.begun_at, are_begun => true
        ) as spent

    )

    select judged.refusal
    into refusal
    from (
        select
            attempts.attempt_id,
            case
                when limits.newest_at > attempts.begun_at or batch.moment_count > 1
                    then array[
                        format(
                            'account %s began %s at %s already, so an attempt at %s is too '
                            'late', attempts.account_id, attempts.action,
                            limits.newest_at, attempts.begun_at
                        ),
                        'Insert attempts in the order of begun_at, one moment a statement.'
                    ]
                when limits.timezone is null
                    then array[
                        format(
                            'account %s has no sending window open at %s',
                            attempts.account_id, attempts.begun_at
                        ),
                        'Wait for outreach.clamp_to_sending_window().'
                    ]
                when limits.reached || notes.reached <> '{}'
                    then array[
                        format(
                            'LinkedIn account %s of workspace %s is at its limit for %s: %s',
                            attempts.account_id, attempts.workspace_id,
                            case
                                when limits.reached = '{}' then 'invites with a note'
                                else attempts.action
                            end,
                            (limits.reached || notes.reached)[1]
                        ),
                        'Wait until the limit allows it; see '
                        'outreach.linkedin_account_limits.'
                    ]
                when (
                    attempts.counted_on, attempts.timezone, attempts.window_weekday,
                    attempts.window_opens, attempts.window_closes, attempts.limit_per_day,
                    attempts.limit_per_week, attempts.limit_per_month,
                    attempts.limit_outstanding, attempts.minimum_gap,
                    attempts.note_limit_per_week, attempts.note_limit_per_month
                ) is distinct from (
                    limits.counted_on, limits.timezone, limits.weekday, limits.opens,
                    limits.closes, limits.per_day, limits.per_week, limits.per_month,
                    limits.outstanding, limits.minimum_gap, notes.per_week, notes.per_month
                )
                    then array[
                        format(
                            'an attempt of account %s for %s stores other limits than it '
                            'has', attempts.account_id, attempts.action
                        ),
                        'Store what outreach.spent_limits() returns.'
                    ]
            end as refusal
        from new_attempts as attempts
        inner join limits
            on
                attempts.account_id = limits.account_id
                and case
                    when attempts.answer_id is null then attempts.action
                    else 'answer_reply'
                end = limits.action
        left join limits as notes
            on
                attempts.has_note
                and attempts.account_id = notes.account_id
                and notes.action = 'send_invite_with_note'
        where not attempts.is_found
    ) as judged
    where judged.refusal is not null
    order by judged.attempt_id
    limit 1;

    if found then
        raise exception '%', refusal[1]
            using
                errcode = 'check_violation',
                hint = refusal[2];
    end if;

    return null;
end
$$;

create or replace trigger attempts_are_judged_under_lock
after insert on outreach.send_attempts
referencing new table as new_attempts
for each statement
execute function outreach.judge_attempts_under_lock();
