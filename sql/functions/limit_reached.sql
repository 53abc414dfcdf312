-- The limit that holds an account's action back at a moment, or null when none does:
-- no_limit_set, day, week, outstanding or minimum_gap. Counts the ledger, never the
-- cached counter (LL#273). Only a look: the trigger on send_attempts decides.
create or replace function outreach.limit_reached(
    workspace_id bigint,
    account_id bigint,
    action text,
    counted_on date,
    at timestamptz
)
returns text
language plpgsql
stable
set search_path = ''
as $$
#variable_conflict use_column
declare
    limits record;
    last_begun_at timestamptz;
begin
    -- These spend nothing: one calls nobody, the other takes back what was spent.
    if limit_reached.action in ('end_wait', 'withdraw_invite') then
        return null;
    end if;

    select
        max(account_limits.limit_count) filter (
            where account_limits.per = 'day'
        ) as per_day,
        max(account_limits.limit_count) filter (
            where account_limits.per = 'week'
        ) as per_week,
        max(account_limits.limit_count) filter (
            where account_limits.per = 'outstanding'
        ) as outstanding,
        max(account_limits.minimum_gap) as minimum_gap
    into limits
    from outreach.linkedin_account_limits as account_limits
    where
        account_limits.workspace_id = limit_reached.workspace_id
        and account_limits.account_id = limit_reached.account_id
        and account_limits.action = limit_reached.action;

    if limits.per_day is null then
        return 'no_limit_set';
    end if;

    if limits.minimum_gap > '0' then
        select max(attempts.begun_at)
        into last_begun_at
        from outreach.send_attempts as attempts
        where
            attempts.workspace_id = limit_reached.workspace_id
            and attempts.account_id = limit_reached.account_id
            and attempts.action = limit_reached.action;

        if last_begun_at + limits.minimum_gap > limit_reached.at then
            return 'minimum_gap';
        end if;
    end if;

    if outreach.spent_on_day(
        limit_reached.workspace_id, limit_reached.account_id,
        limit_reached.action, limit_reached.counted_on
    ) >= limits.per_day then
        return 'day';
    end if;

    if limits.per_week is not null and outreach.spent_in_week(
        limit_reached.workspace_id, limit_reached.account_id,
        limit_reached.action, limit_reached.at
    ) >= limits.per_week then
        return 'week';
    end if;

    if limits.outstanding is not null and outreach.outstanding_invites(
        limit_reached.workspace_id, limit_reached.account_id
    ) >= limits.outstanding then
        return 'outstanding';
    end if;

    return null;
end
$$;
