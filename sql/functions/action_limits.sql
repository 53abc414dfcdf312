-- An account's limits for an action: null where none is set.
create or replace function outreach.action_limits(
    workspace_id bigint,
    account_id bigint,
    action text,
    out per_day integer,
    out per_week integer,
    out outstanding integer,
    out minimum_gap interval
)
language sql
stable
set search_path = ''
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
