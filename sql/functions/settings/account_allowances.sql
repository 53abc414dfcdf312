-- The limits of an account at a moment, each with what of it is spent and when it
-- resets. spent: attempts that are not known unsent, as outreach.spent_limits counts
-- them. limit_today: see outreach.ramped_limit. resets_at: the account's next midnight
-- or month; for a week, when its oldest attempt is 168 hours old; null where nothing is
-- spent of a week, and for outstanding invites, which people end.
-- only_per: day, week, month or outstanding; null for all.
create or replace function outreach.account_allowances(
    workspace_id bigint,
    account_id bigint,
    at timestamptz,
    only_per text default null
)
returns table (
    action text,
    per text,
    spent bigint,
    limit_today integer,
    resets_at timestamptz,
    minimum_gap interval,
    goal_count integer,
    growth_per_day numeric
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    account outreach.linkedin_accounts;
    timezone_now text;
    today date;
    next_month_at timestamptz;
begin
    select accounts.*
    into account
    from outreach.linkedin_accounts as accounts
    where
        accounts.workspace_id = account_allowances.workspace_id
        and accounts.account_id = account_allowances.account_id;

    timezone_now := outreach.account_timezone(
        account.timezone, account.next_timezone, account.next_timezone_at,
        account_allowances.at
    );
    today := (account_allowances.at at time zone timezone_now)::date;

    next_month_at := (
        outreach.account_openings(
            account.workspace_id, account.account_id, account_allowances.at
        )
    ).next_month_at;

    return query
    select
        limits.action,
        limits.per,
        case
            -- Counted only where it is wanted: an account may have thousands.
            when limits.per = 'outstanding'
                then (
                    select pending.invite_count
                    from outreach.outstanding_invite_counts(
                        account_allowances.workspace_id,
                        array[account_allowances.account_id]
                    ) as pending
                )
            else spent.attempt_count
        end,
        outreach.ramped_limit(
            limits.limit_count, limits.goal_count, limits.growth_per_day,
            limits.ramp_starts_on, today
        ),
        case limits.per
            when 'day'
                then
                    outreach.first_instant_of(
                        today + 1, timezone_now, account_allowances.at
                    )
            when 'week' then spent.oldest_at + interval '168 hours'
            when 'month' then next_month_at
        end,
        limits.minimum_gap,
        limits.goal_count,
        limits.growth_per_day
    from outreach.linkedin_account_limits as limits
    cross join lateral (
        select
            count(*) as attempt_count,
            min(attempts.begun_at) as oldest_at
        from outreach.send_attempts as attempts
        where
            attempts.workspace_id = account.workspace_id
            and attempts.account_id = account.account_id
            and attempts.action = case
                when limits.action = 'send_invite_with_note' then 'send_invite'
                else limits.action
            end
            and (attempts.has_note or limits.action <> 'send_invite_with_note')
            and attempts.begun_at > account_allowances.at - interval '33 days'
            and attempts.begun_at <= account_allowances.at
            and case limits.per
                when 'day' then attempts.counted_on = today
                when 'week'
                    then
                        attempts.begun_at
                        > account_allowances.at - interval '168 hours'
                when 'month'
                    then
                        date_trunc('month', attempts.counted_on)
                        = date_trunc('month', today)
            end
            and outreach.state_of_means(
                array(
                    select outcomes.means
                    from outreach.send_attempt_outcomes as outcomes
                    where
                        outcomes.workspace_id = account_allowances.workspace_id
                        and outcomes.attempt_id = attempts.attempt_id
                )
            ) <> 'unsent'
    ) as spent
    where
        limits.workspace_id = account.workspace_id
        and limits.account_id = account.account_id
        and (only_per is null or limits.per = only_per)
    order by
        array_position(
            array[
                'send_invite', 'send_invite_with_note', 'send_message', 'send_inmail',
                'comment', 'resolve_profile', 'withdraw_invite'
            ],
            limits.action
        ),
        array_position(array['day', 'week', 'month', 'outstanding'], limits.per);
end
$$;
