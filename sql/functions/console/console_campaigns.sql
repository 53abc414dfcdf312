-- A page of campaigns in the order of their names, after a given one, with what a card
-- shows of each: its status, its accounts, and its accepts as the mart says them. What is
-- wanted is null for all. Security definer: the console reads it, without rights to its tables.
create or replace function outreach.console_campaigns(
    wanted_workspace_id bigint,
    wanted_campaign_id bigint,
    after_name text,
    after_campaign_id bigint,
    most_rows integer
)
returns table (
    workspace_id bigint,
    workspace text,
    campaign_id bigint,
    campaign text,
    status text,
    account_names text [],
    invites_sent_count bigint,
    invites_unanswered_count bigint,
    accept_count bigint,
    open_invite_count bigint,
    covered_invite_count bigint,
    accept_rate numeric,
    accept_rate_lower numeric,
    accept_rate_upper numeric,
    coverage numeric,
    refreshed_at timestamptz
)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    chosen_ids bigint [];
begin
    select array_agg(chosen.campaign_id)
    into chosen_ids
    from (
        select campaigns.campaign_id
        from outreach.campaigns as campaigns
        where
            (
                wanted_workspace_id is null
                or campaigns.workspace_id = wanted_workspace_id
            )
            and (
                wanted_campaign_id is null
                or campaigns.campaign_id = wanted_campaign_id
            )
            and (
                after_name is null
                or (campaigns.name, campaigns.campaign_id)
                > (after_name, after_campaign_id)
            )
        order by
            campaigns.name,
            campaigns.campaign_id
        limit most_rows
    ) as chosen;

    return query
    select
        listed.workspace_id,
        listed.workspace,
        listed.campaign_id,
        listed.campaign,
        listed.status,
        array(
            select accounts.name
            from outreach.campaign_accounts as members
            inner join outreach.linkedin_accounts as accounts
                on
                    accounts.workspace_id = listed.workspace_id
                    and members.account_id = accounts.account_id
            where
                members.workspace_id = listed.workspace_id
                and members.campaign_id = listed.campaign_id
            order by
                accounts.name,
                accounts.account_id
        ),
        stats.invites_sent_count,
        stats.invites_unanswered_count,
        stats.accept_count,
        stats.open_invite_count,
        stats.covered_invite_count,
        stats.accept_rate,
        stats.accept_rate_lower,
        stats.accept_rate_upper,
        stats.coverage,
        stats.refreshed_at
    from (
        select
            campaigns.workspace_id,
            workspaces.name as workspace,
            campaigns.campaign_id,
            campaigns.name as campaign,
            campaigns.status
        from outreach.campaigns as campaigns
        inner join outreach.workspaces as workspaces
            on campaigns.workspace_id = workspaces.workspace_id
        where campaigns.campaign_id = any(chosen_ids)
    ) as listed
    left join outreach.console_accept_stats(chosen_ids) as stats
        on
            listed.workspace_id = stats.workspace_id
            and listed.campaign_id = stats.campaign_id
    order by
        listed.campaign,
        listed.campaign_id;
end
$$;

revoke execute on function outreach.console_campaigns(
    bigint, bigint, text, bigint, integer
) from public;
grant execute on function outreach.console_campaigns(
    bigint, bigint, text, bigint, integer
) to console;
