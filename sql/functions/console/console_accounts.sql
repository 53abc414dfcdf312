-- A page of accounts in the order of their names, after a given one, with what a tile
-- shows of each: status, last activity and coverage of webhooks as the marts say them
-- (outreach.console_account_marts), time zone, pause and window
-- (outreach.console_account_openings). Before the marts are built, the status is that of
-- the newest audit row. What is wanted is null for all. Security definer: the console
-- reads it, without rights to its tables.
create or replace function outreach.console_accounts(
    wanted_workspace_id bigint,
    wanted_account_id bigint,
    wanted_status text,
    after_name text,
    after_account_id bigint,
    most_rows integer,
    at timestamptz
)
returns table (
    workspace_id bigint,
    workspace text,
    account_id bigint,
    account text,
    status text,
    status_since timestamptz,
    status_pill text,
    status_reason text,
    last_connected_at timestamptz,
    timezone text,
    next_timezone text,
    next_timezone_at timestamptz,
    paused_at timestamptz,
    paused_by text,
    paused_reason text,
    activity_at timestamptz,
    activity_source text,
    activity_tooltip text,
    coverage text,
    missing_events text,
    coverage_read_at timestamptz,
    opens_at timestamptz,
    closes_at interval
)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    chosen_workspace_ids bigint [];
    chosen_ids bigint [];
begin
    select
        array_agg(listed.workspace_id),
        array_agg(listed.account_id)
    into chosen_workspace_ids, chosen_ids
    from (
        select
            accounts.workspace_id,
            accounts.account_id
        from outreach.linkedin_accounts as accounts
        where
            (
                wanted_workspace_id is null
                or accounts.workspace_id = wanted_workspace_id
            )
            and (wanted_account_id is null or accounts.account_id = wanted_account_id)
            and (wanted_status is null or accounts.status = wanted_status)
            and (
                after_name is null
                or (accounts.name, accounts.account_id)
                > (after_name, after_account_id)
            )
        order by
            accounts.name,
            accounts.account_id
        limit most_rows
    ) as listed;

    return query
    select
        accounts.workspace_id,
        workspaces.name,
        accounts.account_id,
        accounts.name,
        accounts.status,
        coalesce(said.status_since, flips.flipped_at),
        said.status_pill,
        coalesce(said.status_reason, flips.reason),
        said.last_connected_at,
        outreach.account_timezone(
            accounts.timezone, accounts.next_timezone, accounts.next_timezone_at,
            console_accounts.at
        ),
        case
            when accounts.next_timezone_at > console_accounts.at
                then accounts.next_timezone
        end,
        case
            when accounts.next_timezone_at > console_accounts.at
                then accounts.next_timezone_at
        end,
        accounts.paused_at,
        accounts.paused_by,
        accounts.paused_reason,
        said.activity_at,
        said.activity_source,
        said.activity_tooltip,
        said.coverage,
        said.missing_events,
        said.coverage_read_at,
        openings.opens_at,
        openings.closes_at
    from outreach.linkedin_accounts as accounts
    inner join outreach.workspaces as workspaces
        on accounts.workspace_id = workspaces.workspace_id
    left join outreach.console_account_marts(chosen_ids) as said
        on
            accounts.workspace_id = said.workspace_id
            and accounts.account_id = said.account_id
    left join outreach.console_account_openings(
        chosen_workspace_ids, chosen_ids, console_accounts.at
    ) as openings
        on
            accounts.workspace_id = openings.workspace_id
            and accounts.account_id = openings.account_id
    left join lateral (
        select
            audit.flipped_at,
            audit.reason
        from outreach.linkedin_account_status_audit as audit
        where
            audit.workspace_id = accounts.workspace_id
            and audit.account_id = accounts.account_id
            and said.account_id is null
        order by audit.status_seq desc
        limit 1
    ) as flips on true
    where accounts.account_id = any(chosen_ids)
    order by
        accounts.name,
        accounts.account_id;
end
$$;

revoke execute on function outreach.console_accounts(
    bigint, bigint, text, text, bigint, integer, timestamptz
) from public;
grant execute on function outreach.console_accounts(
    bigint, bigint, text, text, bigint, integer, timestamptz
) to console;
