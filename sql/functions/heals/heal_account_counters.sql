-- Sets one account's drifted counters of the given local days to the truth and logs
-- each. The caller holds the account's lock, taken in an earlier statement.
create or replace function outreach.heal_account_counters(
    workspace_id bigint,
    account_id bigint,
    from_date date,
    to_date date,
    healed_by text,
    at timestamptz
)
returns setof outreach.linkedin_counter_heals
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    truth record;
    heal outreach.linkedin_counter_heals;
begin
    for truth in
        select
            truths.*,
            greatest(truths.actual, truths.in_flight) as after
        from outreach.daily_counter_truths(
            heal_account_counters.workspace_id, heal_account_counters.account_id,
            from_date, to_date
        ) as truths
        where truths.cached <> greatest(truths.actual, truths.in_flight)
        order by
            truths.counted_on,
            truths.action
    loop
        insert into outreach.linkedin_daily_counters as counters (
            workspace_id, account_id, action, counted_on, count, updated_at
        )
        values (
            heal_account_counters.workspace_id, heal_account_counters.account_id,
            truth.action, truth.counted_on, truth.after, at
        )
        on conflict (workspace_id, account_id, action, counted_on) do update
        set
            count = excluded.count,
            updated_at = excluded.updated_at;

        insert into outreach.linkedin_counter_heals as heals (
            workspace_id, account_id, action, counted_on,
            before, after, actual, in_flight, kind, healed_by, healed_at
        )
        values (
            heal_account_counters.workspace_id, heal_account_counters.account_id,
            truth.action, truth.counted_on,
            truth.cached, truth.after, truth.actual, truth.in_flight,
            case
                when truth.cached < truth.after then 'shortfall'
                when truth.cached > greatest(truth.attempts_begun, truth.actual)
                    then 'inflation'
                else 'release'
            end,
            healed_by, at
        )
        returning heals.* into heal;

        return next heal;
    end loop;
end
$$;
