-- The delays of the queues after a window closed: where a job waited that no limit and no
-- hold kept, the forecast of its queue is off by one more gap.
-- head_starts_ats: see outreach.simulated_turn. limits: of each queue.
create or replace function outreach.simulated_cuts(
    delays outreach.simulated_delay [],
    head_starts_ats timestamptz [],
    limits outreach.simulated_limit [],
    closes_at timestamptz,
    send_takes interval
)
returns outreach.simulated_delay []
language plpgsql
immutable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_variable
declare
    delay outreach.simulated_delay;
begin
    for queue in 1..cardinality(delays) loop
        delay := delays[queue];

        if head_starts_ats[queue] < closes_at
            and delay.limited_until <= closes_at
            and delay.held_until <= closes_at
        then
            delay.cut_short := delay.cut_short + send_takes
                + coalesce((limits[queue]).minimum_gap, '0');
            delays[queue] := delay;
        end if;
    end loop;

    return delays;
end
$$;
