-- The loop of outreach.simulate_sends: the account does the oldest of the first jobs of
-- its queues whose gates are open, one at a time, and the job that follows it is queued.
-- One row for each job, in the order in which they go.
-- actions: of each queue, by its number. jobs, paths: by their numbers.
-- queues, limits: of each action. pending_count: how many invites are out.
-- here: from when on the account is free. span: the number of the one in which the job
-- goes. slack: how far it is off. delay, window_until: what its queue has waited for.
create or replace function outreach.simulated_acts(
    workspace_id bigint,
    account_id bigint,
    here timestamptz,
    until timestamptz,
    actions text [],
    jobs outreach.simulated_job [],
    queues outreach.simulated_queue [],
    paths outreach.simulated_path [],
    spans outreach.simulated_span [],
    limits outreach.simulated_limit [],
    pending_count bigint,
    send_takes interval
)
returns table (
    job outreach.simulated_job,
    jobs_ahead_count integer,
    expected_at timestamptz,
    span integer,
    slack interval,
    delay outreach.simulated_delay,
    window_until timestamptz
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_variable
declare
    inviting constant integer [] := array[array_position(actions, 'send_invite')]
        || array_position(actions, 'send_invite_with_note');
    heads integer [] := array(select each.jobs[1] from unnest(queues) as each);
    starts_ats timestamptz [] := array(
        select each.starts_ats[1] from unnest(queues) as each
    );
    gone_counts integer [] := array_fill(0, array[cardinality(queues)]);
    delays outreach.simulated_delay [] := array_fill(
        row('-infinity', '-infinity', '-infinity', null, '-infinity', '0')
        ::outreach.simulated_delay, array[cardinality(queues)]
    );
    jobs_in_span integer := 0;
    turn record;
    queue integer;
    counter integer;
    counters integer [];
    follower outreach.simulated_job;
begin
    span := 1;
    window_until := '-infinity';
    <<acts>>
    loop
        turn := outreach.simulated_turn(heads, starts_ats, delays, here, until);
        queue := turn.queue;
        -- null: what is left does not go before the horizon.
        expected_at := turn.at;
        exit acts when queue is null;

        while (spans[span]).closes_at <= expected_at loop
            delays := outreach.simulated_cuts(
                delays, starts_ats, limits, (spans[span]).closes_at, send_takes
            );
            span := span + 1;
            jobs_in_span := 0;
        end loop;

        if coalesce((spans[span]).opens_at, until) > expected_at then
            window_until := coalesce((spans[span]).opens_at, until);
            here := window_until;
            continue acts;
        end if;

        if expected_at is not null
            and (limits[1]).limited_on is distinct from (spans[span]).counted_on
        then
            limits := outreach.simulated_limits_of_day(
                workspace_id, account_id, actions, limits, spans[span]
            );
        end if;

        -- An invite that needs its note is held by the gates of notes too.
        counters := case when queue = inviting[2] then inviting else array[queue] end;
        delay := delays[queue];

        foreach counter in array counters loop
            exit when expected_at is null;

            delay := outreach.simulated_gate(
                delay, actions[counter], limits[counter], pending_count,
                expected_at, (spans[span]).next_day_at, send_takes
            );

            if delay.free_from > expected_at then
                delays[queue] := delay;
                continue acts;
            end if;
        end loop;

        job := jobs[heads[queue]];
        jobs_ahead_count := gone_counts[queue];
        -- The forecast of a job that follows is off by as much as that before it, too.
        slack := job.slack_before + jobs_in_span * interval '10 seconds' + delay.cut_short;
        return next;

        gone_counts[queue] := gone_counts[queue] + 1;
        heads[queue] := (queues[queue]).jobs[gone_counts[queue] + 1];
        starts_ats[queue] := (queues[queue]).starts_ats[gone_counts[queue] + 1];
        continue acts when expected_at is null;

        jobs_in_span := jobs_in_span + 1;
        here := expected_at + send_takes;

        foreach counter in array counters loop
            limits[counter] := outreach.simulated_spending(
                limits[counter], expected_at, (spans[span]).counted_on
            );
        end loop;

        if queue = any(inviting) then
            pending_count := pending_count + 1;
        elsif actions[queue] = 'withdraw_invite' then
            pending_count := pending_count - 1;
            foreach counter in array array_remove(inviting, null) loop
                delays[counter].free_from := here;
            end loop;
        end if;

        follower := outreach.simulated_follower(
            workspace_id, job, paths, spans, expected_at, span, slack
        );

        if follower.starts_at < until then
            jobs := jobs || follower;
            queue := follower.queue;
            queues[queue] := outreach.simulated_queue_with(
                queues[queue], gone_counts[queue], cardinality(jobs), follower.starts_at
            );
            heads[queue] := (queues[queue]).jobs[gone_counts[queue] + 1];
            starts_ats[queue] := (queues[queue]).starts_ats[gone_counts[queue] + 1];
        end if;
    end loop;
end
$$;
