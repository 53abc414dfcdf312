-- One account as list_accounts() lists it, with its limits, sending windows and the
-- newest flip of its status.
create or replace function outreach.show_account(
    in_workspace_id bigint,
    wanted_account_id bigint
)
returns table (
    workspace_id bigint,
    workspace text,
    account_id bigint,
    account text,
    status text,
    status_since timestamptz,
    status_reason text,
    timezone text,
    paused_at timestamptz,
    paused_by text,
    paused_reason text,
    last_checked_at timestamptz,
    limits text,
    sending_windows text
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    select
        accounts.workspace_id,
        accounts.workspace,
        accounts.account_id,
        accounts.account,
        accounts.status,
        flips.flipped_at,
        flips.reason,
        accounts.timezone,
        accounts.paused_at,
        accounts.paused_by,
        accounts.paused_reason,
        accounts.last_checked_at,
        (
            select
                string_agg(
                    format('%s %s per %s', limits.action, limits.limit_count, limits.per),
                    '; ' order by limits.action, limits.per
                )
            from outreach.linkedin_account_limits as limits
            where
                limits.workspace_id = in_workspace_id
                and limits.account_id = wanted_account_id
        ),
        (
            select
                string_agg(
                    format(
                        '%s %s to %s',
                        ('{Mon,Tue,Wed,Thu,Fri,Sat,Sun}'::text [])[windows.weekday],
                        left(windows.opens::text, 5),
                        left(windows.closes::text, 5)
                    ),
                    '; ' order by windows.weekday, windows.opens
                )
            from outreach.linkedin_account_sending_windows as windows
            where
                windows.workspace_id = in_workspace_id
                and windows.account_id = wanted_account_id
        )
    from outreach.list_accounts(in_workspace_id) as accounts
    left join lateral (
        select
            audit.flipped_at,
            audit.reason
        from outreach.linkedin_account_status_audit as audit
        where
            audit.workspace_id = in_workspace_id
            and audit.account_id = wanted_account_id
        order by audit.status_seq desc
        limit 1
    ) as flips on true
    where accounts.account_id = wanted_account_id;
end
$$;
