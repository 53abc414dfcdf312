-- Simulates the sender for one account from a moment until another: when each job goes
-- if nothing changes, and the jobs that follow it. The account does the oldest job of
-- those whose gates are open, one at a time, as outreach.claimable_jobs() takes them.
-- The gates are holds, sending windows and limits, which count the ledger and the
-- simulated sends before. One row for each job, in the order in which they go.
-- enrollment_ids, lists, starts_ats, places: one element for each job that goes, in the
-- order of the queue (outreach.forecast_jobs). paths_list to paths_keep_time: columns of
-- outreach.forecast_paths; their index is a place.
-- send_takes: how long the account is busy with one job, with the few seconds until a
-- sender looks again. They add to each gap too.
-- root: the element of the arrays that the job is or follows. act_number: 1 for itself.
-- expected_at: null for a job that does not go before until.
-- earliest_at, latest_at: the forecast is off by up to a minute, 10 seconds for each job
-- before it in its window, a gap for each window that closed on waiting jobs, and as much
-- as the act before it.
-- blocker: what kept the job from going earlier: the heaviest reason that held its queue
-- since it could go, in the order limit, hold, window, gap, others before it.
create or replace function outreach.simulate_sends(
    workspace_id bigint,
    account_id bigint,
    as_of timestamptz,
    until timestamptz,
    enrollment_ids bigint [],
    lists text [],
    starts_ats timestamptz [],
    places bigint [],
    paths_list text [],
    paths_next bigint [],
    paths_waits interval [],
    paths_keep_time boolean [],
    send_takes interval default '3 seconds'
)
returns table (
    root integer,
    act_number integer,
    place bigint,
    jobs_ahead_count integer,
    expected_at timestamptz,
    earliest_at timestamptz,
    latest_at timestamptz,
    blocker text
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_variable
declare
    queues constant text [] := array[
        'resolve_profile', 'send_invite', 'send_invite_with_note', 'send_message',
        'send_inmail', 'comment', 'end_wait', 'withdraw_invite'
    ];
    week constant interval := interval '168 hours';
    never constant timestamptz [] := array_fill('-infinity'::timestamptz, array[8]);
    zeros constant integer [] := array_fill(0, array[8]);
    nulls constant integer [] := array_fill(null::integer, array[8]);
    -- The jobs of each queue, linked in the order in which they go.
    heads integer [] := nulls;
    latest integer [] := nulls;
    job_after integer [] := '{}';
    job_before integer [] := '{}';
    roots integer [] := '{}';
    act_numbers integer [] := '{}';
    slacks_before interval [] := '{}';
    ready_ats timestamptz [] := '{}';
    is_gone boolean [] := '{}';
    job_count integer := 0;
    gone_count integer [] := zeros;
    -- The spans in which the account may send.
    opens timestamptz [];
    closes timestamptz [];
    days date [];
    span integer := 1;
    jobs_in_span integer := 0;
    -- Until when each queue waits or has waited, and for what.
    free_from timestamptz [] := never;
    limited_until timestamptz [] := never;
    limited_by text [] := array_fill(null::text, array[8]);
    held_until timestamptz [] := never;
    gap_until timestamptz [] := never;
    window_until timestamptz := '-infinity';
    cut_short interval [] := array_fill('0'::interval, array[8]);
    -- What each action has spent, and its limits on the day that was looked up last.
    holds timestamptz [];
    limits_day date [] := array_fill(null::date, array[8]);
    per_day integer [] := nulls;
    per_week integer [] := nulls;
    per_month integer [] := nulls;
    outstanding integer [] := nulls;
    gaps interval [] := array_fill(null::interval, array[8]);
    spent_day date [] := array_fill(null::date, array[8]);
    spent_on_day integer [] := zeros;
    spent_in_month integer [] := zeros;
    newest_at timestamptz [] := array_fill(null::timestamptz, array[8]);
    -- The sends of the ledger, then the simulated ones, linked from the oldest to the
    -- newest of each action as far as they are within a week.
    spent_counters integer [];
    spent_ats timestamptz [];
    spent_days date [];
    are_spent boolean [];
    spent_after integer [] := '{}';
    spent_count integer := 0;
    week_first integer [] := nulls;
    week_last integer [] := nulls;
    week_count integer [] := zeros;
    pending_count bigint;
    pending_change integer := 0;
    here timestamptz := as_of;
    limits record;
    lifting record;
    each integer;
    follower integer;
    queue integer;
    counter integer;
    counters integer [];
    job integer;
    moment timestamptz := as_of;
    may_at timestamptz;
    waited_at timestamptz;
    next_day_at timestamptz;
    week_lifts_at timestamptz;
    slack interval;
    bounds record;
    reached boolean [];
begin
    select
        array_agg(spans.opens_at),
        array_agg(spans.closes_at),
        array_agg(spans.counted_on)
    into opens, closes, days
    from outreach.sending_spans(workspace_id, account_id, as_of, until) as spans;

    select array_agg(holding.held_until order by names.place)
    into holds
    from unnest(queues) with ordinality as names (action, place)
    left join outreach.linkedin_account_holds as holding
        on
            holding.workspace_id = simulate_sends.workspace_id
            and holding.account_id = simulate_sends.account_id
            and names.action = holding.action;

    select
        coalesce(array_agg(array_position(queues, before.counted_action)), '{}'),
        array_agg(before.begun_at),
        array_agg(before.counted_on),
        array_agg(before.is_spent)
    into spent_counters, spent_ats, spent_days, are_spent
    from outreach.spent_before(workspace_id, account_id, as_of) as before
    where before.counted_action = any(queues);

    <<acts>>
    loop
        -- Jobs that are not in a queue yet: all at first, later the ones that follow.
        while job_count < cardinality(starts_ats) loop
            job_count := job_count + 1;
            queue := array_position(queues, lists[job_count]);
            roots[job_count] := coalesce(roots[job_count], job_count);
            act_numbers[job_count] := coalesce(act_numbers[job_count], 1);
            ready_ats[job_count] := greatest(starts_ats[job_count], moment);
            -- Most jobs go near the one that was added last, if that one still waits.
            each := case when not is_gone[latest[queue]] then latest[queue] end;

            while starts_ats[each] > starts_ats[job_count] loop
                each := job_before[each];
            end loop;

            follower := case
                when each is null then heads[queue] else job_after[each]
            end;

            while starts_ats[follower] <= starts_ats[job_count] loop
                each := follower;
                follower := job_after[each];
            end loop;

            if each is null then
                heads[queue] := job_count;
            else
                job_after[each] := job_count;
            end if;

            if follower is not null then
                job_before[follower] := job_count;
            end if;

            job_before[job_count] := each;
            job_after[job_count] := follower;
            is_gone[job_count] := false;
            latest[queue] := job_count;
        end loop;

        while spent_count < cardinality(spent_counters) loop
            spent_count := spent_count + 1;
            counter := spent_counters[spent_count];
            newest_at[counter] := spent_ats[spent_count];
            continue when not are_spent[spent_count];

            if week_count[counter] > 0 then
                spent_after[week_last[counter]] := spent_count;
            else
                week_first[counter] := spent_count;
            end if;

            week_last[counter] := spent_count;
            week_count[counter] := week_count[counter] + 1;
            spent_in_month[counter] := 1 + case
                when date_trunc('month', spent_day[counter])
                    = date_trunc('month', spent_days[spent_count])
                    then spent_in_month[counter]
                else 0
            end;
            spent_on_day[counter] := 1 + case
                when spent_day[counter] = spent_days[spent_count]
                    then spent_on_day[counter]
                else 0
            end;
            spent_day[counter] := spent_days[spent_count];
        end loop;

        -- The queue whose first job may go first; the oldest of these jobs.
        queue := null;
        moment := until;

        for each in 1..8 loop
            continue when heads[each] is null;
            may_at := greatest(starts_ats[heads[each]], free_from[each], here);

            if may_at < moment or (
                may_at = moment
                and queue is not null
                and (starts_ats[heads[each]], heads[each])
                < (starts_ats[heads[queue]], heads[queue])
            ) then
                queue := each;
                moment := may_at;
            end if;
        end loop;

        exit acts when queue is null;

        while closes[span] <= moment loop
            for each in 1..8 loop
                if starts_ats[heads[each]] < closes[span]
                    and limited_until[each] <= closes[span]
                    and held_until[each] <= closes[span]
                then
                    cut_short[each]
                        := cut_short[each] + coalesce(gaps[each], '0') + send_takes;
                end if;
            end loop;

            span := span + 1;
            jobs_in_span := 0;
        end loop;

        if opens[span] is null then
            window_until := until;
            exit acts;
        end if;

        if opens[span] > moment then
            window_until := opens[span];
            here := opens[span];
            continue acts;
        end if;

        -- An invite that needs its note is held by the gates of notes too.
        counters := case
            when queues[queue] = 'send_invite_with_note' then array[2, 3]
            else array[queue]
        end;

        foreach counter in array counters loop
            if holds[counter] > moment then
                free_from[queue] := holds[counter];
                held_until[queue] := holds[counter];
                continue acts;
            end if;

            if limits_day[counter] is distinct from days[span] then
                limits := outreach.limits_at(
                    workspace_id, array[account_id], array[queues[counter]], opens[span]
                );
                limits_day[counter] := days[span];
                per_day[counter] := limits.per_day;
                per_week[counter] := limits.per_week;
                per_month[counter] := limits.per_month;
                outstanding[counter] := limits.outstanding;
                gaps[counter] := limits.minimum_gap;

                if date_trunc('month', spent_day[counter]) <> date_trunc('month', days[span]) then
                    spent_in_month[counter] := 0;
                end if;

                if spent_day[counter] <> days[span] then
                    spent_on_day[counter] := 0;
                end if;

                if limits.outstanding is not null and pending_count is null then
                    select count(*) into pending_count
                    from outreach.outstanding_invites as invites
                    where
                        invites.workspace_id = simulate_sends.workspace_id
                        and invites.account_id = simulate_sends.account_id;
                end if;
            end if;

            while spent_ats[week_first[counter]] <= moment - week loop
                week_first[counter] := spent_after[week_first[counter]];
                week_count[counter] := week_count[counter] - 1;
            end loop;

            reached := outreach.are_limits_reached(
                queues[counter],
                per_day[counter], spent_on_day[counter],
                per_week[counter], week_count[counter] >= per_week[counter],
                per_month[counter], spent_in_month[counter],
                outstanding[counter], pending_count + pending_change,
                gaps[counter], newest_at[counter], moment
            );

            if true = any(reached) then
                -- A limit may grow with each day; what does not is asked again then.
                each := span + 1;

                while days[each] = days[span] loop
                    each := each + 1;
                end loop;

                next_day_at := coalesce(opens[each], 'infinity');
                week_lifts_at := null;

                if reached[3] and per_week[counter] > 0 then
                    each := week_first[counter];

                    for surplus in per_week[counter] + 1 .. week_count[counter] loop
                        each := spent_after[each];
                    end loop;

                    week_lifts_at := spent_ats[each] + week;
                end if;

                lifting := outreach.limits_lift(
                    reached, newest_at[counter] + coalesce(gaps[counter], '0'),
                    week_lifts_at, next_day_at
                );
                -- Time always goes on, whatever the rows say.
                may_at := greatest(lifting.lifts_at, moment + interval '1 second');

                if lifting.limited_by is null then
                    free_from[queue] := may_at + send_takes;
                    gap_until[queue] := free_from[queue];
                else
                    free_from[queue] := may_at;
                    limited_until[queue] := may_at;
                    limited_by[queue] := lifting.limited_by;
                end if;

                continue acts;
            end if;
        end loop;

        job := heads[queue];
        -- The forecast of a job that follows is off by as much as that before it, too.
        slack := coalesce(slacks_before[job], interval '1 minute')
            + jobs_in_span * interval '10 seconds' + cut_short[queue];
        root := roots[job];
        act_number := act_numbers[job];
        place := places[job];
        jobs_ahead_count := gone_count[queue];
        expected_at := moment;
        bounds := outreach.forecast_bounds(
            moment, case when act_number = 1 then ready_ats[job] end, slack,
            opens[span], closes[span],
            case
                when cut_short[queue] > '0' and ready_ats[job] < closes[span - 1]
                    then closes[span - 1]
            end,
            coalesce(opens[span + 1], until)
        );
        earliest_at := bounds.earliest_at;
        latest_at := bounds.latest_at;
        blocker := outreach.forecast_blocker(
            ready_ats[job], limited_until[queue], limited_by[queue], held_until[queue],
            window_until, gap_until[queue],
            case
                when moment > ready_ats[job] then 'behind_others'
                when starts_ats[job] > as_of then 'not_due_yet'
                else 'due_now'
            end
        );
        return next;

        heads[queue] := job_after[job];
        is_gone[job] := true;

        if heads[queue] is not null then
            job_before[heads[queue]] := null;
        end if;

        gone_count[queue] := gone_count[queue] + 1;
        jobs_in_span := jobs_in_span + 1;
        here := moment + send_takes;

        foreach counter in array counters loop
            each := cardinality(spent_counters) + 1;
            spent_counters[each] := counter;
            spent_ats[each] := moment;
            spent_days[each] := days[span];
            are_spent[each] := true;
        end loop;

        if queue in (2, 3) then
            pending_change := pending_change + 1;
        elsif queues[queue] = 'withdraw_invite' then
            pending_change := pending_change - 1;
            free_from[2] := least(free_from[2], here);
            free_from[3] := least(free_from[3], here);
        end if;

        if paths_next[place] is not null then
            may_at := starts_ats[job];

            if not paths_keep_time[place] then
                -- As outreach.jittered_moment(), by the spans, which the clamp has made.
                each := span;
                waited_at := moment + paths_waits[place];

                while closes[each] <= waited_at loop
                    each := each + 1;
                end loop;

                may_at := greatest(waited_at, opens[each]) + outreach.send_jitter(
                    workspace_id, enrollment_ids[root],
                    (waited_at at time zone 'UTC')::date
                );

                while closes[each] <= may_at loop
                    each := each + 1;
                end loop;

                may_at := case
                    when opens[each] is not null then greatest(may_at, opens[each])
                end;
            end if;

            if may_at < until then
                each := job_count + 1;
                starts_ats[each] := may_at;
                lists[each] := paths_list[paths_next[place]];
                places[each] := paths_next[place];
                roots[each] := root;
                act_numbers[each] := act_number + 1;
                slacks_before[each] := slack;
            end if;
        end if;
    end loop;

    -- What is left does not go before the horizon.
    for queue in 1..8 loop
        job := heads[queue];
        jobs_ahead_count := gone_count[queue];

        while job is not null loop
            root := roots[job];
            act_number := act_numbers[job];
            place := places[job];
            expected_at := null;
            earliest_at := null;
            latest_at := null;
            blocker := outreach.forecast_blocker(
                ready_ats[job], limited_until[queue], limited_by[queue],
                held_until[queue], window_until, gap_until[queue],
                case
                    when starts_ats[job] >= until then 'not_due_yet'
                    else 'behind_others'
                end
            );
            return next;
            jobs_ahead_count := jobs_ahead_count + 1;
            job := job_after[job];
        end loop;
    end loop;
end
$$;
