-- Enrolls the accepted people of an import, spread evenly over the campaign's accounts,
-- each with a queued job of the first step inside a sending window, with 0 to 30
-- minutes of jitter. An opening is computed once per account, and each jittered moment
-- is clamped once. A proven connection of an account is enrolled for that account, with
-- the proof as an event. actor: of the events, null for the user of the session. Returns
-- the number of enrolled people.
create or replace function outreach.enroll_imported_prospects(
    workspace_id bigint,
    campaign_id bigint,
    as_of timestamptz default null,
    actor text default null
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
    perform outreach.assign_imported_prospects(
        enroll_imported_prospects.workspace_id, enroll_imported_prospects.campaign_id,
        at
    );

    insert into outreach.campaign_prospects (
        workspace_id, enrollment_id, campaign_id, prospect_id, account_id,
        linkedin_status, current_step_id, next_action_at, created_at, enrolled_by
    )
    overriding system value
    select
        enroll_imported_prospects.workspace_id,
        imported.enrollment_id,
        enroll_imported_prospects.campaign_id,
        imported.prospect_id,
        imported.account_id,
        case
            when steps.action in ('resolve_profile', 'send_invite')
                then 'ready_to_invite'
            else 'ready_to_message'
        end,
        imported.step_id,
        imported.run_at,
        at,
        enroll_imported_prospects.actor
    from pg_temp.imported_prospects as imported
    inner join outreach.campaign_steps as steps
        on
            steps.workspace_id = enroll_imported_prospects.workspace_id
            and imported.step_id = steps.step_id
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
        coalesce(enroll_imported_prospects.actor, session_user),
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
