-- How much of a daily limit is spent: attempts of that local day not known unsent.
create or replace function outreach.spent_on_day(
    workspace_id bigint,
    account_id bigint,
    action text,
    counted_on date
)
returns bigint
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    select count(*)
    from outreach.attempt_states as attempts
    where
        attempts.workspace_id = $1
        and attempts.account_id = $2
        and attempts.action = $3
        and attempts.counted_on = $4
        and attempts.state <> 'unsent'
$$;
