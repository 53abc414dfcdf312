-- What people call rows of a workspace that are known by their ids: accounts, the
-- people of enrollments or attempts, and steps. kind: 'account', 'enrollment',
-- 'attempt' or 'step'. Each name starts with the workspace's. An unknown id has no row.
create or replace function outreach.names_of(
    workspace_id bigint,
    kind text,
    ids bigint []
)
returns table (id bigint, name text)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    with

    named as (

        select
            accounts.account_id as id,
            accounts.name
        from outreach.linkedin_accounts as accounts
        where
            names_of.kind = 'account'
            and accounts.workspace_id = names_of.workspace_id
            and accounts.account_id = any(names_of.ids)

        union all

        select
            enrollments.enrollment_id,
            concat_ws(
                ' / ',
                campaigns.name,
                coalesce(
                    nullif(concat_ws(' ', prospects.first_name, prospects.last_name), ''),
                    prospects.public_identifier,
                    prospects.provider_id
                )
            )
        from outreach.campaign_prospects as enrollments
        inner join outreach.campaigns
            on
                campaigns.workspace_id = names_of.workspace_id
                and enrollments.campaign_id = campaigns.campaign_id
        inner join outreach.prospects
            on
                prospects.workspace_id = names_of.workspace_id
                and enrollments.prospect_id = prospects.prospect_id
        where
            names_of.kind = 'enrollment'
            and enrollments.workspace_id = names_of.workspace_id
            and enrollments.enrollment_id = any(names_of.ids)

        union all

        select
            attempts.attempt_id,
            concat_ws(
                ' / ',
                accounts.name,
                coalesce(
                    nullif(concat_ws(' ', prospects.first_name, prospects.last_name), ''),
                    prospects.public_identifier,
                    prospects.provider_id
                )
            )
        from outreach.send_attempts as attempts
        inner join outreach.linkedin_accounts as accounts
            on
                accounts.workspace_id = names_of.workspace_id
                and attempts.account_id = accounts.account_id
        inner join outreach.prospects
            on
                prospects.workspace_id = names_of.workspace_id
                and attempts.prospect_id = prospects.prospect_id
        where
            names_of.kind = 'attempt'
            and attempts.workspace_id = names_of.workspace_id
            and attempts.attempt_id = any(names_of.ids)

        union all

        select
            steps.step_id,
            concat_ws(
                ' / ',
                campaigns.name,
                case
                    when steps.removed_at is null then 'step ' || steps.position + 1
                    else 'removed step'
                end
                || ' (' || steps.action || ')'
            )
        from outreach.campaign_steps as steps
        inner join outreach.campaigns
            on
                campaigns.workspace_id = names_of.workspace_id
                and steps.campaign_id = campaigns.campaign_id
        where
            names_of.kind = 'step'
            and steps.workspace_id = names_of.workspace_id
            and steps.step_id = any(names_of.ids)

    )

    select
        named.id,
        workspaces.name || ' / ' || named.name
    from named
    cross join outreach.workspaces
    where workspaces.workspace_id = names_of.workspace_id;
end
$$;
