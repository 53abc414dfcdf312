-- Sets the drifted counters of one account, of its today and so many days before, to
-- the count of the rows, and logs each value before and after. Takes the account's lock
-- and counts in a later statement, so it is correct beside live writers and idempotent.
create or replace function outreach.heal_drifted_account(
    workspace_id bigint,
    account_id bigint,
    local_date date,
    healed_by text,
    as_of timestamptz default null,
    days_before integer default 1
)
returns setof outreach.linkedin_counter_heals
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    at timestamptz;
begin
    perform outreach.assert_read_committed();

    perform outreach.lock_accounts(
        heal_drifted_account.workspace_id, array[heal_drifted_account.account_id]
    );

    at := coalesce(as_of, clock_timestamp());

    return query
    with

    drifted as materialized (

        select truths.*
        from outreach.daily_counter_truths(
            heal_drifted_account.workspace_id, heal_drifted_account.account_id,
            local_date - days_before, local_date
        ) as truths
        where truths.kind <> 'none'

    ),

    healed as (

        insert into outreach.linkedin_daily_counters as counters (
            workspace_id, account_id, action, counted_on, count, updated_at
        )
        select
            drifted.workspace_id, drifted.account_id, drifted.action,
            drifted.counted_on, drifted.truth, at
        from drifted
        on conflict (workspace_id, account_id, action, counted_on) do update
        set
            count = excluded.count,
            updated_at = excluded.updated_at

    )

    insert into outreach.linkedin_counter_heals as heals (
        workspace_id, account_id, action, counted_on,
        before, after, actual, in_flight, kind, healed_by, healed_at
    )
    select
        drifted.workspace_id, drifted.account_id, drifted.action, drifted.counted_on,
        drifted.cached, drifted.truth, drifted.actual, drifted.in_flight,
        drifted.kind, heal_drifted_account.healed_by, at
    from drifted
    order by drifted.counted_on, drifted.action
    returning heals.*;
end
$$;
