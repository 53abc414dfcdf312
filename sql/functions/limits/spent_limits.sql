-- The limits of accounts' actions at a moment (outreach.limits_at), and which of them are
-- reached: one row for each pair of the two arrays, in their order. Nothing is counted
-- outside the account's windows. send_invite_with_note counts the invites with a note.
-- are_begun: whether the ledger contains the judged attempts already, begun at that
-- moment. Then the row says what the last of them met.
-- newest_at: when the newest other attempt began. week_filled_at: the weekly limit lifts
-- 168 hours later, or earlier if it grows. The only count of spent limits: it reads the
-- ledger, never the cached counter (LL#273). One scan of the attempts within a week, or within the gap, gives the newest
-- attempt and both counts, because a local day is never longer ago. Few attempts are
-- known unsent, which spend nothing: they are read only if a limit would be reached.
create or replace function outreach.spent_limits(
    workspace_id bigint,
    account_ids bigint [],
    actions text [],
    at timestamptz,
    are_begun boolean default false
)
returns setof outreach.spent_limit
language plpgsql
stable
rows 10
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    own constant integer := are_begun::integer;
    week_ago constant timestamptz := at - interval '168 hours';
begin
    return query
    select
        limits.account_id,
        limits.action,
        limits.timezone,
        limits.weekday,
        limits.opens,
        limits.closes,
        limits.counted_on,
        limits.per_day,
        limits.per_week,
        limits.per_month,
        limits.ceiling,
        limits.minimum_gap,
        begun.newest_at,
        spent.week_filled_at,
        array_remove(
            array[
                case when judged.are_reached[1] then 'no_limit_set' end,
                case when judged.are_reached[2] then 'day_limit' end,
                case when judged.are_reached[3] then 'week_limit' end,
                case when judged.are_reached[4] then 'month_limit' end,
                case when judged.are_reached[5] then 'outstanding_limit' end,
                case when judged.are_reached[6] then 'minimum_gap' end
            ],
            null
        )
    from rows from (
        unnest(account_ids, actions),
        outreach.limits_at(
            spent_limits.workspace_id, account_ids, actions, spent_limits.at
        )
    ) with ordinality as limits (
        account_id, action, timezone, weekday, opens, closes, counted_on, per_day,
        per_week, per_month, ceiling, minimum_gap, counted_action, place
    )
    cross join lateral (
        select
            count(*) filter (where attempts.counted_on = limits.counted_on) - own as on_day,
            count(*) filter (where attempts.begun_at > week_ago) - own as in_week,
            case
                when count(*) filter (where attempts.begun_at = spent_limits.at) > own
                    then greatest(max(attempts.begun_at), spent_limits.at)
                else max(attempts.begun_at) filter (
                    where attempts.begun_at <> spent_limits.at
                )
            end as newest_at
        from outreach.send_attempts as attempts
        where
            limits.timezone is not null
            and attempts.workspace_id = spent_limits.workspace_id
            and attempts.account_id = limits.account_id
            and attempts.action = limits.counted_action
            and (attempts.has_note or limits.action <> 'send_invite_with_note')
            and attempts.begun_at > least(week_ago, spent_limits.at - limits.minimum_gap)
    ) as begun
    cross join lateral (
        select
            count(*) filter (where attempts.counted_on = limits.counted_on) - own as on_day,
            -- The attempt at the position of the weekly limit, counted from the newest.
            (
                array_agg(attempts.begun_at order by attempts.begun_at desc)
                filter (where attempts.begun_at > week_ago)
            )[limits.per_week + own] as week_filled_at,
            count(*) filter (
                where
                date_trunc('month', attempts.counted_on)
                = date_trunc('month', limits.counted_on)
            ) - own as in_month
        from outreach.send_attempts as attempts
        where
            (
                limits.per_day <= begun.on_day
                or limits.per_week <= begun.in_week
                or limits.per_month is not null
            )
            and attempts.workspace_id = spent_limits.workspace_id
            and attempts.account_id = limits.account_id
            and attempts.action = limits.counted_action
            and (attempts.has_note or limits.action <> 'send_invite_with_note')
            and (
                attempts.counted_on = limits.counted_on
                or limits.per_week <= begun.in_week
                or limits.per_month is not null
            )
            -- A local month began at most 31 days ago, and as much more as zones differ.
            and attempts.begun_at > case
                when limits.per_month is null then week_ago
                else spent_limits.at - interval '33 days'
            end
            and outreach.state_of_means(
                array(
                    select outcomes.means
                    from outreach.send_attempt_outcomes as outcomes
                    where (outcomes.workspace_id, outcomes.attempt_id)
                    = (spent_limits.workspace_id, attempts.attempt_id)
                )
            ) <> 'unsent'
    ) as spent
    left join outreach.outstanding_invite_counts(
        spent_limits.workspace_id,
        case when 'send_invite' = any(actions) then account_ids end, only_limited => true
    ) as invites
        on limits.account_id = invites.account_id
    cross join lateral (
        select
            outreach.are_limits_reached(
                limits.action, limits.per_day,
                case
                    when limits.per_day <= begun.on_day then spent.on_day
                    else begun.on_day
                end,
                limits.per_week, spent.week_filled_at is not null,
                limits.per_month, spent.in_month, limits.ceiling, invites.invite_count - own,
                limits.minimum_gap, begun.newest_at, spent_limits.at
            ) as are_reached
        offset 0
    ) as judged
    order by limits.place;
end
$$;
