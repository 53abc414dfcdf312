-- Sets the account, the first step, the time and the enrollment's id of each accepted
-- person of an import. People are spread evenly over the campaign's accounts; a proven
-- connection of an account stays with that account.
create or replace function outreach.assign_imported_prospects(
    workspace_id bigint,
    campaign_id bigint,
    at timestamptz
)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    with

    -- The account with the fewest people of this campaign is first.
    accounts as (

        select
            campaign_accounts.account_id,
            row_number() over (
                order by count(enrollments.enrollment_id), campaign_accounts.account_id
            ) - 1 as turn,
            count(*) over () as account_count
        from outreach.campaign_accounts
        left join outreach.campaign_prospects as enrollments
            on
                enrollments.workspace_id = assign_imported_prospects.workspace_id
                and campaign_accounts.campaign_id = enrollments.campaign_id
                and campaign_accounts.account_id = enrollments.account_id
        where
            campaign_accounts.workspace_id = assign_imported_prospects.workspace_id
            and campaign_accounts.campaign_id = assign_imported_prospects.campaign_id
        group by campaign_accounts.account_id

    ),

    people as (

        select
            imported.line_number,
            prospects.provider_id is not null as is_resolved,
            row_number() over (order by imported.line_number) - 1 as turn
        from pg_temp.imported_prospects as imported
        inner join outreach.prospects
            on
                prospects.workspace_id = assign_imported_prospects.workspace_id
                and imported.prospect_id = prospects.prospect_id
        where imported.refusal is null

    ),

    starts as (

        select
            true as is_resolved,
            first_sends.step_id,
            first_sends.action,
            assign_imported_prospects.at + first_sends.waits_for as run_at
        from outreach.first_send_of_campaign(
            assign_imported_prospects.workspace_id,
            assign_imported_prospects.campaign_id,
            true
        ) as first_sends

        union all

        select
            false as is_resolved,
            first_sends.step_id,
            first_sends.action,
            assign_imported_prospects.at + first_sends.waits_for as run_at
        from outreach.first_send_of_campaign(
            assign_imported_prospects.workspace_id,
            assign_imported_prospects.campaign_id,
            false
        ) as first_sends

    )

    update pg_temp.imported_prospects as imported
    set
        account_id = coalesce(imported.connected_account_id, accounts.account_id),
        step_id = starts.step_id,
        action = starts.action,
        run_at = starts.run_at
    from people
    inner join accounts on people.turn % accounts.account_count = accounts.turn
    inner join starts on people.is_resolved = starts.is_resolved
    where imported.line_number = people.line_number;

    update pg_temp.imported_prospects as imported
    set enrollment_id = nextval('outreach.campaign_prospects_enrollment_id_seq')
    where imported.account_id is not null;

    perform outreach.place_imported_prospects(
        assign_imported_prospects.workspace_id, assign_imported_prospects.at
    );
end
$$;
