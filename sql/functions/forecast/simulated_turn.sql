-- The queue whose first job may go first, and when: the job that starts first, of those
-- that may go at the same moment. If none goes before until, any queue that has a job,
-- with null for at; null if no queue has one.
-- heads, head_starts_ats: the first job of each queue, and when it starts.
-- delays: of each queue. here: when the account is free.
create or replace function outreach.simulated_turn(
    heads integer [],
    head_starts_ats timestamptz [],
    delays outreach.simulated_delay [],
    here timestamptz,
    until timestamptz,
    out queue integer,
    out at timestamptz
)
language plpgsql
immutable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_variable
declare
    any_queue integer;
    may_at timestamptz;
begin
    for each in 1..cardinality(heads) loop
        continue when heads[each] is null;
        any_queue := coalesce(any_queue, each);
        may_at := greatest(head_starts_ats[each], (delays[each]).free_from, here);

        if may_at < coalesce(at, until) or (
            may_at = at
            and (head_starts_ats[each], heads[each])
            < (head_starts_ats[queue], heads[queue])
        ) then
            queue := each;
            at := may_at;
        end if;
    end loop;

    queue := coalesce(queue, any_queue);
end
$$;
