-- Sets the reason why a person of an import is not enrolled, if any: already_enrolled,
-- enrolled_elsewhere, connected, not_connected, do_not_contact or own_profile. A
-- connection of one of the campaign's accounts excludes an invite.
-- exported_by: the account whose export shows the connections; null if it is not known,
-- which counts as one of the campaign's accounts.
create or replace function outreach.judge_imported_prospects(
    workspace_id bigint,
    campaign_id bigint,
    exported_by bigint default null
)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    aims record;
    account_ids bigint [];
    is_own_export boolean;
begin
    perform outreach.spread_imported_marks(judge_imported_prospects.workspace_id);

    select
        campaign_aims.invites,
        campaign_aims.needs_connections
    into aims
    from outreach.campaign_aims(
        judge_imported_prospects.workspace_id, judge_imported_prospects.campaign_id
    );

    select coalesce(array_agg(campaign_accounts.account_id), '{}')
    into account_ids
    from outreach.campaign_accounts
    where
        campaign_accounts.workspace_id = judge_imported_prospects.workspace_id
        and campaign_accounts.campaign_id = judge_imported_prospects.campaign_id;

    is_own_export := coalesce(exported_by = any(account_ids), true);

    with

    judged as (

        select
            imported.line_number,
            case
                when prospects.do_not_contact_at is not null or imported.is_do_not_contact
                    then 'do_not_contact'
                when exists (
                    select 1
                    from outreach.provider_accounts
                    where
                        provider_accounts.workspace_id
                        = judge_imported_prospects.workspace_id
                        and provider_accounts.linkedin_identity in (
                            imported.provider_id,
                            imported.public_identifier,
                            prospects.provider_id
                        )
                ) then 'own_profile'
                when exists (
                    select 1
                    from outreach.campaign_prospects as enrollments
                    where
                        enrollments.workspace_id
                        = judge_imported_prospects.workspace_id
                        and enrollments.prospect_id = prospects.prospect_id
                        and enrollments.campaign_id
                        = judge_imported_prospects.campaign_id
                ) then 'already_enrolled'
                when
                    aims.invites
                    and (
                        (imported.is_connected and is_own_export)
                        or exists (
                            select 1
                            from outreach.campaign_prospects as enrollments
                            where
                                enrollments.workspace_id
                                = judge_imported_prospects.workspace_id
                                and enrollments.prospect_id = prospects.prospect_id
                                and enrollments.account_id = any(account_ids)
                                and enrollments.linkedin_accepted_at is not null
                        )
                        or exists (
                            select 1
                            from outreach.campaign_prospects as enrollments
                            inner join outreach.campaign_events as events
                                on
                                    events.workspace_id
                                    = judge_imported_prospects.workspace_id
                                    and enrollments.enrollment_id
                                    = events.enrollment_id
                                    and events.event_type = 'already_connected'
                            where
                                enrollments.workspace_id
                                = judge_imported_prospects.workspace_id
                                and enrollments.prospect_id = prospects.prospect_id
                                and enrollments.account_id = any(account_ids)
                        )
                    ) then 'connected'
                when
                    aims.needs_connections
                    and imported.connected_account_id is null
                    then 'not_connected'
                when exists (
                    select 1
                    from outreach.campaign_prospects as enrollments
                    where
                        enrollments.workspace_id
                        = judge_imported_prospects.workspace_id
                        and enrollments.prospect_id = prospects.prospect_id
                        and outreach.is_under_way(enrollments.linkedin_status)
                ) then 'enrolled_elsewhere'
            end as refusal
        from pg_temp.imported_prospects as imported
        left join outreach.prospects
            on
                prospects.workspace_id = judge_imported_prospects.workspace_id
                and imported.prospect_id = prospects.prospect_id
        where imported.refusal is null

    )

    update pg_temp.imported_prospects as imported
    set refusal = judged.refusal
    from judged
    where
        imported.line_number = judged.line_number
        and judged.refusal is not null;
end
$$;
