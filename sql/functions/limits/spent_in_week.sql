-- How much of a weekly limit is spent: attempts begun in the last 7 × 24 hours
-- and not known unsent.
create or replace function outreach.spent_in_week(
    workspace_id bigint,
    account_id bigint,
    action text,
    at timestamptz
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
        and attempts.begun_at > $4 - interval '168 hours'
        and attempts.state <> 'unsent'
$$;
