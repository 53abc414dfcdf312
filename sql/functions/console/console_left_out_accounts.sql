-- The accounts of a saved campaign that are not among the given ones, with their people
-- under way in it and how many of those have a job. Counts stop at 10,001, of which the
-- page says "10,000+". A deleted account is left out: nobody can choose it. Security
-- definer: the console reads it, without rights to its tables.
create or replace function outreach.console_left_out_accounts(
    in_workspace_id bigint,
    in_campaign_id bigint,
    account_ids bigint []
)
returns table (
    account_id bigint,
    account text,
    people_count bigint,
    job_count bigint
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
        accounts.account_id,
        accounts.name,
        under_way.people_count,
        under_way.job_count
    from outreach.campaign_accounts as members
    inner join outreach.linkedin_accounts as accounts
        on
            accounts.workspace_id = in_workspace_id
            and members.account_id = accounts.account_id
    cross join lateral (
        select
            count(*) as people_count,
            count(people.next_action_at) as job_count
        from (
            select enrollments.next_action_at
            from outreach.campaign_prospects as enrollments
            where
                enrollments.workspace_id = in_workspace_id
                and enrollments.account_id = accounts.account_id
                and enrollments.campaign_id = in_campaign_id
                and outreach.is_under_way(enrollments.linkedin_status)
            limit 10001
        ) as people
    ) as under_way
    where
        members.workspace_id = in_workspace_id
        and members.campaign_id = in_campaign_id
        and members.account_id <> all(console_left_out_accounts.account_ids)
        and accounts.status <> 'deleted'
    order by
        accounts.name,
        accounts.account_id;
end
$$;

revoke execute on function outreach.console_left_out_accounts(
    bigint, bigint, bigint []
) from public;
grant execute on function outreach.console_left_out_accounts(
    bigint, bigint, bigint []
) to console;
