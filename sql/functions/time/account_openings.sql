-- When an account may send by its sending windows alone: the clamp of a moment, and that
-- of the account's next midnight after it. Nulls for an account without any window.
-- Security definer: a view that analysts read asks when a blocker lifts, and they hold
-- no right to the tables that the clamp reads. It tells nothing else.
create or replace function outreach.account_openings(
    workspace_id bigint,
    account_id bigint,
    at timestamptz,
    out opens_at timestamptz,
    out opens_tomorrow_at timestamptz
)
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
    select
        outreach.clamp_to_sending_window($1, $2, $3),
        outreach.clamp_to_sending_window(
            $1, $2,
            outreach.next_local_midnight(
                outreach.account_timezone(
                    accounts.timezone, accounts.next_timezone,
                    accounts.next_timezone_at, $3
                ),
                $3
            )
        )
    from outreach.linkedin_accounts as accounts
    where
        accounts.workspace_id = $1
        and accounts.account_id = $2
        and exists (
            select 1
            from outreach.linkedin_account_sending_windows as windows
            where
                windows.workspace_id = $1
                and windows.account_id = $2
        )
$$;
