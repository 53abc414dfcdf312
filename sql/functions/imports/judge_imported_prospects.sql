-- Says for each person of an import why they are not enrolled, if so: the kinds are
-- already_enrolled, enrolled_elsewhere, connected, do_not_contact and no_look_up.
create or replace function outreach.judge_imported_prospects(
    workspace_id bigint,
    campaign_id bigint
)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    looks_up boolean;
begin
    select exists (
        select 1
        from outreach.campaign_steps as steps
        where
            steps.workspace_id = judge_imported_prospects.workspace_id
            and steps.campaign_id = judge_imported_prospects.campaign_id
            and steps.removed_at is null
            and steps.action = 'resolve_profile'
    )
    into looks_up;

    with

    judged as (

        select
            imported.line_number,
            case
                when prospects.do_not_contact_at is not null or imported.is_do_not_contact
                    then 'do_not_contact'
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
                when imported.is_connected
                    or exists (
                        select 1
                        from outreach.campaign_prospects as enrollments
                        where
                            enrollments.workspace_id
                            = judge_imported_prospects.workspace_id
                            and enrollments.prospect_id = prospects.prospect_id
                            and enrollments.linkedin_accepted_at is not null
                    )
                    or exists (
                        select 1
                        from outreach.campaign_prospects as enrollments
                        inner join outreach.campaign_events as events
                            on
                                events.workspace_id
                                = judge_imported_prospects.workspace_id
                                and enrollments.enrollment_id = events.enrollment_id
                                and events.event_type = 'already_connected'
                        where
                            enrollments.workspace_id
                            = judge_imported_prospects.workspace_id
                            and enrollments.prospect_id = prospects.prospect_id
                    ) then 'connected'
                when exists (
                    select 1
                    from outreach.campaign_prospects as enrollments
                    where
                        enrollments.workspace_id
                        = judge_imported_prospects.workspace_id
                        and enrollments.prospect_id = prospects.prospect_id
                        and enrollments.linkedin_status in (
                            'ready_to_invite', 'pending_accept', 'ready_to_message',
                            'pending_template_fix'
                        )
                ) then 'enrolled_elsewhere'
                when not looks_up
                    and coalesce(prospects.provider_id, imported.provider_id) is null
                    then 'no_look_up'
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
