-- outreach.pending_invites() for a page. Security definer: the console reads it, without
-- rights to its tables.
create or replace function outreach.console_pending_invites(
    in_workspace_id bigint,
    of_account_id bigint,
    of_campaign_id bigint,
    older_than interval,
    most_rows bigint,
    at timestamptz
)
returns table (
    prospect_id bigint,
    person text,
    account text,
    campaign text,
    invited_at timestamptz,
    days_pending integer,
    what_happens text,
    all_count bigint,
    withdrawn_count bigint
)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    select
        pending.prospect_id,
        pending.person,
        pending.account,
        pending.campaign,
        pending.invited_at,
        pending.days_pending,
        pending.what_happens,
        pending.all_count,
        pending.withdrawn_count
    from outreach.pending_invites(
        in_workspace_id, of_account_id, of_campaign_id, older_than,
        console_pending_invites.at, most_rows
    ) as pending
    order by
        pending.invited_at nulls first,
        pending.enrollment_id;
end
$$;

revoke execute on function outreach.console_pending_invites(
    bigint, bigint, bigint, interval, bigint, timestamptz
) from public;
grant execute on function outreach.console_pending_invites(
    bigint, bigint, bigint, interval, bigint, timestamptz
) to console;
