-- What a new account of a workspace gets, for a person to read before the login: its
-- zone, its windows, and the daily invites of each account type, which the login shows.
-- Raises a sentence about an unknown zone or preset, or an impossible age.
create or replace function outreach.first_settings(
    in_workspace_id bigint,
    timezone text,
    preset text,
    account_age interval,
    today date
)
returns table (
    workspace text,
    timezone_of_account text,
    sending_windows text,
    account_type text,
    invites_per_day integer,
    goal_per_day integer
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    perform outreach.opened_on(first_settings.account_age, first_settings.today);

    return query
    select
        workspaces.name,
        coalesce(first_settings.timezone, workspaces.timezone),
        outreach.default_sending_windows(),
        types.account_type,
        limits.limit_count,
        coalesce(limits.goal_count, limits.limit_count)
    from outreach.workspaces
    cross join (
        values ('free', 1), ('premium', 2)
    ) as types (account_type, place)
    cross join lateral outreach.preset_limits(
        first_settings.preset, types.account_type, first_settings.account_age
    ) as limits
    where
        workspaces.workspace_id = in_workspace_id
        and limits.action = 'send_invite'
        and limits.per = 'day'
    order by types.place;
end
$$;
