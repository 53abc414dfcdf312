-- Sets every drifted counter of the last days on its account's own calendar to the
-- count of the rows, account by account, in one transaction; of all workspaces if none
-- is given. Returns the healed counters.
create or replace function outreach.heal_daily_counters(
    workspace_id bigint default null,
    healed_by text default 'healed_daily_counters',
    as_of timestamptz default null,
    look_back interval default '24 hours'
)
returns setof outreach.linkedin_counter_heals
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    at constant timestamptz := coalesce(as_of, clock_timestamp());
    account record;
begin
    perform outreach.assert_read_committed();

    for account in
        select
            drifted.workspace_id,
            drifted.account_id,
            drifted.local_date,
            drifted.days_before
        from outreach.drifted_accounts(
            heal_daily_counters.workspace_id, at, look_back
        ) as drifted
        order by
            drifted.workspace_id,
            drifted.account_id
    loop
        return query
        select healed.*
        from outreach.heal_drifted_account(
            account.workspace_id, account.account_id, account.local_date,
            healed_by, at, account.days_before
        ) as healed;
    end loop;
end
$$;
