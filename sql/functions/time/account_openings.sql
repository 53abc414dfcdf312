-- The earliest moments at which an account's sending windows allow a send: from a
-- moment on, and from the account's next midnight on. Nulls for an account without a
-- window. Security definer: a view for analysts computes when a blocker lifts, and
-- analysts have no right to the tables that the clamp reads. It returns nothing else.
create or replace function outreach.account_openings(
    workspace_id bigint,
    account_id bigint,
    at timestamptz,
    out opens_at timestamptz,
    out opens_tomorrow_at timestamptz
)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    timezone text;
begin
    select
        outreach.account_timezone(
            accounts.timezone, accounts.next_timezone, accounts.next_timezone_at,
            account_openings.at
        )
    into timezone
    from outreach.linkedin_accounts as accounts
    where
        accounts.workspace_id = account_openings.workspace_id
        and accounts.account_id = account_openings.account_id
        and exists (
            select 1
            from outreach.linkedin_account_sending_windows as windows
            where
                windows.workspace_id = account_openings.workspace_id
                and windows.account_id = account_openings.account_id
        );

    if found then
        opens_at := outreach.clamp_to_sending_window(
            account_openings.workspace_id, account_openings.account_id,
            account_openings.at
        );
        opens_tomorrow_at := outreach.clamp_to_sending_window(
            account_openings.workspace_id, account_openings.account_id,
            outreach.next_local_midnight(timezone, account_openings.at)
        );
    end if;
end
$$;
