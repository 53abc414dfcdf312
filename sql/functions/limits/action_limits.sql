-- An account's limits for an action: null where none is set.
-- No search_path of its own, so that a query can take it in; every name is qualified.
create or replace function outreach.action_limits(
    workspace_id bigint,
    account_id bigint,
    action text
)
returns table (
    per_day integer,
    per_week integer,
    outstanding integer,
    minimum_gap interval
)
language sql
stable
rows 1
as $$
    select
        max(limits.limit_count) filter (where limits.per = 'day'),
        max(limits.limit_count) filter (where limits.per = 'week'),
        max(limits.limit_count) filter (where limits.per = 'outstanding'),
        max(limits.minimum_gap)
    from outreach.linkedin_account_limits as limits
    where
        limits.workspace_id = $1
        and limits.account_id = $2
        and limits.action = $3
$$;
