-- One account as list_accounts() lists it, with the newest flip of its status, its
-- limits (outreach.account_allowances) and its sending windows. window_opens_at: when
-- its windows allow a send next, the moment itself if they allow it then; null without
-- a window.
create or replace function outreach.show_account(
    in_workspace_id bigint,
    wanted_account_id bigint,
    at timestamptz default null
)
returns table (
    workspace_id bigint,
    workspace text,
    account_id bigint,
    account text,
    status text,
    status_since timestamptz,
    status_reason text,
    paused_at timestamptz,
    paused_by text,
    paused_reason text,
    account_type text,
    opened_on date,
    timezone text,
    next_timezone text,
    next_timezone_at timestamptz,
    sending_windows text,
    is_window_open boolean,
    window_opens_at timestamptz,
    last_checked_at timestamptz,
    limits jsonb
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    moment constant timestamptz := coalesce(show_account.at, clock_timestamp());
begin
    return query
    select
        listed.workspace_id,
        listed.workspace,
        listed.account_id,
        listed.account,
        listed.status,
        flips.flipped_at,
        flips.reason,
        listed.paused_at,
        listed.paused_by,
        listed.paused_reason,
        outreach.account_type(accounts.has_premium, accounts.premium_features),
        accounts.opened_on,
        listed.timezone,
        case
            when accounts.next_timezone_at > moment then accounts.next_timezone
        end,
        case
            when accounts.next_timezone_at > moment then accounts.next_timezone_at
        end,
        outreach.sending_windows_text(in_workspace_id, wanted_account_id),
        openings.opens_at is not distinct from moment,
        openings.opens_at,
        listed.last_checked_at,
        (
            select coalesce(jsonb_agg(to_jsonb(allowances)), '[]')
            from outreach.account_allowances(
                in_workspace_id, wanted_account_id, moment
            ) as allowances
        )
    from outreach.list_accounts(in_workspace_id) as listed
    inner join outreach.linkedin_accounts as accounts
        on
            accounts.workspace_id = in_workspace_id
            and listed.account_id = accounts.account_id
    cross join lateral outreach.account_openings(
        in_workspace_id, wanted_account_id, moment
    ) as openings
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
    where listed.account_id = wanted_account_id;
end
$$;
