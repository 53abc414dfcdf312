-- Sets the drifted counters of one account, of its today and so many days before, to what
-- the rows say, and logs each before and after. Takes the account's lock and counts in a
-- later statement, so it is right beside live writers and twice in a row.
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
begin
    perform outreach.assert_read_committed();

    perform
    from outreach.linkedin_accounts as accounts
    where
        accounts.workspace_id = heal_drifted_account.workspace_id
        and accounts.account_id = heal_drifted_account.account_id
    for no key update;

    return query
    select healed.*
    from outreach.heal_account_counters(
        heal_drifted_account.workspace_id, heal_drifted_account.account_id,
        local_date - days_before, local_date, healed_by,
        coalesce(as_of, clock_timestamp())
    ) as healed;
end
$$;
