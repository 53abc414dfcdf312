-- Enrolls the accepted people of an import, spread evenly over the campaign's accounts,
-- each with a queued job of the first step inside a sending window, with 0 to 30
-- minutes of jitter. An opening is computed once per account, and each jittered moment
-- is clamped once. A proven connection of an account is enrolled for that account, with
-- the proof as an event. Returns the number of enrolled people.
create or replace function outreach.enroll_imported_prospects(
    workspace_id bigint,
    campaign_id bigint,
    as_of timestamptz default null
)
returns bigint
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    at constant timestamptz := coalesce(as_of, clock_timestamp());
    enrolled_count bigint;
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
                enrollments.workspace_id = enroll_imported_prospects.workspace_id
                and campaign_accounts.campaign_id = enrollments.campaign_id
                and campaign_accounts.account_id = enrollments.account_id
        where
            campaign_accounts.workspace_id = enroll_imported_prospects.workspace_id
            and campaign_accounts.campaign_id = enroll_imported_prospects.campaign_id
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
                prospects.workspace_id = enroll_imported_prospects.workspace_id
                and imported.prospect_id = prospects.prospect_id
        where imported.refusal is null

    ),

    starts as (

        select
            true as is_resolved,
            first_sends.*
        from outreach.first_send_of_campaign(
            enroll_imported_prospects.workspace_id,
            enroll_imported_prospects.campaign_id,
            true
        ) as first_sends

        union all

        select
            false as is_resolved,
            first_sends.*
        from outreach.first_send_of_campaign(
            enroll_imported_prospects.workspace_id,
            enroll_imported_prospects.campaign_id,
            false
        ) as first_sends

    )

    update pg_temp.imported_prospects as imported
    set
        account_id = coalesce(imported.connected_account_id, accounts.account_id),
        step_id = starts.step_id,
        action = starts.action,
        run_at = at + starts.waits_for
    from people
    inner join accounts on people.turn % accounts.account_count = accounts.turn
    inner join starts on people.is_resolved = starts.is_resolved
    where imported.line_number = people.line_number;

    update pg_temp.imported_prospects as imported
    set enrollment_id = nextval('outreach.campaign_prospects_enrollment_id_seq')
    where imported.account_id is not null;

    perform outreach.place_imported_prospects(
        enroll_imported_prospects.workspace_id, at
    );

    insert into outreach.campaign_prospects (
        workspace_id, enrollment_id, campaign_id, prospect_id, account_id,
        linkedin_status, current_step_id, next_action_at, created_at
    )
    overriding system value
    select
        enroll_imported_prospects.workspace_id,
        imported.enrollment_id,
        enroll_imported_prospects.campaign_id,
        imported.prospect_id,
        imported.account_id,
        case
            when imported.action in ('resolve_profile', 'send_invite')
                then 'ready_to_invite'
            else 'ready_to_message'
        end,
        imported.step_id,
        imported.run_at,
        at
    from pg_temp.imported_prospects as imported
    where imported.enrollment_id is not null
    order by imported.line_number;

    insert into outreach.campaign_events (
        workspace_id, enrollment_id, campaign_id, step_id, prospect_id, account_id,
        event_type, occurred_at, actor, details
    )
    select
        enroll_imported_prospects.workspace_id,
        imported.enrollment_id,
        enroll_imported_prospects.campaign_id,
        imported.step_id,
        imported.prospect_id,
        imported.account_id,
        'already_connected',
        at,
        session_user,
        jsonb_build_object('proof', imported.connection_proof)
    from pg_temp.imported_prospects as imported
    where
        imported.enrollment_id is not null
        and imported.connected_account_id is not null
    order by imported.line_number;

    insert into outreach.campaign_send_jobs (
        workspace_id, enrollment_id, campaign_id, step_id, account_id, action, run_at,
        created_at
    )
    select
        enroll_imported_prospects.workspace_id,
        imported.enrollment_id,
        enroll_imported_prospects.campaign_id,
        imported.step_id,
        imported.account_id,
        imported.action,
        imported.run_at,
        at
    from pg_temp.imported_prospects as imported
    where imported.enrollment_id is not null
    order by imported.line_number;

    get diagnostics enrolled_count = row_count;
    return enrolled_count;
end
$$;
