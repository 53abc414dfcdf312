-- outreach.pending_invites() for a page: at most most_rows, the oldest first.
-- Security definer: the console reads it, without rights to its tables.
-- all_count: how many there are; withdrawn_count: how many a withdrawal takes back.
create or replace function outreach.console_pending_invites(
    in_workspace_id bigint,
    of_account_id bigint,
    of_campaign_id bigint,
    older_than interval,
    most_rows integer,
    at timestamptz
)
returns table (
    enrollment_id bigint,
    prospect_id bigint,
    person text,
    account text,
    campaign text,
    invited_at timestamptz,
    days_pending integer,
    verdict text,
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
        pending.enrollment_id,
        enrollments.prospect_id,
        pending.person,
        pending.account,
        pending.campaign,
        pending.invited_at,
        pending.days_pending,
        pending.verdict,
        pending.what_happens,
        pending.all_count,
        pending.withdrawn_count
    from (
        select
            invites.*,
            count(*) over () as all_count,
            count(*) filter (where invites.verdict <> 'keep') over () as withdrawn_count
        from outreach.pending_invites(
            in_workspace_id, of_account_id, of_campaign_id, older_than,
            console_pending_invites.at
        ) as invites
        order by
            invites.invited_at nulls first,
            invites.enrollment_id
        limit most_rows
    ) as pending
    inner join outreach.campaign_prospects as enrollments
        on
            enrollments.workspace_id = in_workspace_id
            and pending.enrollment_id = enrollments.enrollment_id
    order by
        pending.invited_at nulls first,
        pending.enrollment_id;
end
$$;

revoke execute on function outreach.console_pending_invites(
    bigint, bigint, bigint, interval, integer, timestamptz
) from public;
grant execute on function outreach.console_pending_invites(
    bigint, bigint, bigint, interval, integer, timestamptz
) to console;
