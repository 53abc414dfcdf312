-- The limit that blocks an account's action at a moment: no_limit_set, day_limit,
-- week_limit, month_limit, outstanding_limit or minimum_gap; null if none does. If
-- several limits block it, the result is the one that lifts last; a limit without a time
-- to lift is last. The limits of the day are returned with it (outreach.ramped_limit); a
-- weekly limit that grows lifts at lifts_at at the latest. The end of a wait spends
-- nothing. send_invite_with_note counts the invites with a note. Neither they nor
-- withdrawals need a limit of their own.
-- counted_on: the account's own date at that moment.
-- tells_when: whether lifts_at is needed; without it, any limit that blocks is returned.
-- The only count of spent limits. It reads the ledger, never the cached counter
-- (LL#273). One scan of the attempts within a week, or within the gap, gives the newest
-- attempt and both counts, because a local day is never longer ago. Few attempts are
-- known unsent, which spend nothing: they are read only if a limit would be reached
-- with them.
create or replace function outreach.limit_reached(
    workspace_id bigint,
    account_id bigint,
    action text,
    counted_on date,
    at timestamptz,
    tells_when boolean,
    out reached text,
    out lifts_at timestamptz,
    out per_day integer,
    out per_week integer,
    out per_month integer,
    out outstanding integer,
    out minimum_gap interval
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_variable
declare
    is_of_notes constant boolean := action = 'send_invite_with_note';
    counted_action constant text := case
        when is_of_notes then 'send_invite' else action
    end;
    spent_on_day bigint;
    begun_in_week bigint;
    spent_in_month bigint;
    next_month_at timestamptz;
    week_filled_at timestamptz;
    outstanding_count bigint;
    newest_at timestamptz;
    opens_tomorrow_at timestamptz;
    are_reached boolean [];
    limits record;
begin
    if action = 'end_wait' then
        return;
    end if;

    limits := outreach.limits_on(workspace_id, account_id, action, counted_on);
    per_day := limits.per_day;
    per_week := limits.per_week;
    per_month := limits.per_month;
    outstanding := limits.outstanding;
    minimum_gap := limits.minimum_gap;

    select
        max(attempts.begun_at),
        count(*) filter (where attempts.counted_on = limit_reached.counted_on),
        count(*) filter (where attempts.begun_at > at - interval '168 hours')
    into newest_at, spent_on_day, begun_in_week
    from outreach.send_attempts as attempts
    where
        attempts.workspace_id = limit_reached.workspace_id
        and attempts.account_id = limit_reached.account_id
        and attempts.action = counted_action
        and (attempts.has_note or not is_of_notes)
        and attempts.begun_at > least(at - interval '168 hours', at - minimum_gap);

    if per_day <= spent_on_day or per_week <= begun_in_week then
        select
            count(*) filter (where attempts.counted_on = limit_reached.counted_on),
            -- The attempt at the position of the weekly limit, counted from the newest.
            (
                array_agg(attempts.begun_at order by attempts.begun_at desc)
            )[limit_reached.per_week]
        into spent_on_day, week_filled_at
        from outreach.attempt_states as attempts
        where
            attempts.workspace_id = limit_reached.workspace_id
            and attempts.account_id = limit_reached.account_id
            and attempts.action = counted_action
            and (attempts.has_note or not is_of_notes)
            and attempts.begun_at > at - interval '168 hours'
            and (
                attempts.counted_on = limit_reached.counted_on
                or limit_reached.per_week <= begun_in_week
            )
            and attempts.state <> 'unsent';
    end if;

    if per_month is not null then
        -- A local month began at most 31 days ago, and as much more as zones differ.
        select count(*) filter (where attempts.state <> 'unsent')
        into spent_in_month
        from outreach.attempt_states as attempts
        where
            attempts.workspace_id = limit_reached.workspace_id
            and attempts.account_id = limit_reached.account_id
            and attempts.action = counted_action
            and (attempts.has_note or not is_of_notes)
            and attempts.begun_at > at - interval '33 days'
            and date_trunc('month', attempts.counted_on)
            = date_trunc('month', limit_reached.counted_on);

        if tells_when and per_month between 1 and spent_in_month then
            next_month_at := outreach.next_local_month(workspace_id, account_id, at);
        end if;
    end if;

    if outstanding is not null then
        outstanding_count := outreach.outstanding_invites(workspace_id, account_id);
    end if;

    if tells_when and per_day between 1 and spent_on_day then
        opens_tomorrow_at := (outreach.account_openings(workspace_id, account_id, at))
            .opens_tomorrow_at;
    end if;

    are_reached := outreach.are_limits_reached(
        action, per_day, spent_on_day, per_week, week_filled_at is not null, per_month,
        spent_in_month, outstanding, outstanding_count, minimum_gap, newest_at, at
    );

    -- Which of them is asked only where one holds: mostly none does.
    if true = any(are_reached) then
        select
            named.name,
            named.lifts_at
        into reached, lifts_at
        from unnest(
            array[
                'no_limit_set', 'day_limit', 'week_limit', 'month_limit',
                'outstanding_limit', 'minimum_gap'
            ],
            are_reached,
            array[
                null, opens_tomorrow_at, week_filled_at + interval '168 hours',
                next_month_at, null, newest_at + coalesce(minimum_gap, '0')
            ]
        ) with ordinality as named (name, is_reached, lifts_at, place)
        where named.is_reached
        order by
            named.lifts_at desc nulls first,
            named.place
        limit 1;
    end if;
end
$$;
