-- Counters healed since a moment, in the order of the heals.
create or replace function outreach.heals_since(since timestamptz)
returns table (
    account_name text,
    action text,
    before integer,
    after integer
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    select
        accounts.name,
        heals.action,
        heals.before,
        heals.after
    from outreach.linkedin_counter_heals as heals
    inner join outreach.linkedin_accounts as accounts
        on
            heals.workspace_id = accounts.workspace_id
            and heals.account_id = accounts.account_id
    where heals.healed_at >= heals_since.since
    order by heals.heal_id;
end
$$;
