-- Moves an enrollment to the known person with the LinkedIn id or public identifier
-- that a look-up found, and fills that person's empty fields. Returns false without a
-- change if that person is already enrolled in the campaign or active in another one.
create or replace function outreach.move_to_known_prospect(
    workspace_id bigint,
    enrollment_id bigint,
    provider_id text,
    public_identifier text,
    actor text,
    at timestamptz
)
returns boolean
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    enrollment outreach.campaign_prospects;
    known_id bigint;
    brought_reason text;
begin
    select enrollments.*
    into strict enrollment
    from outreach.campaign_prospects as enrollments
    where
        enrollments.workspace_id = move_to_known_prospect.workspace_id
        and enrollments.enrollment_id = move_to_known_prospect.enrollment_id
    for no key update;

    select prospects.prospect_id
    into known_id
    from outreach.prospects
    where
        prospects.workspace_id = move_to_known_prospect.workspace_id
        and prospects.prospect_id <> enrollment.prospect_id
        and (
            prospects.provider_id = move_to_known_prospect.provider_id
            or (
                prospects.public_identifier = move_to_known_prospect.public_identifier
                and (
                    prospects.provider_id is null
                    or left(prospects.provider_id, 5)
                    <> left(move_to_known_prospect.provider_id, 5)
                )
            )
        )
    order by
        prospects.provider_id is distinct from move_to_known_prospect.provider_id,
        prospects.prospect_id
    limit 1
    for no key update;

    if known_id is null then
        return false;
    end if;

    -- They are one person: a do-not-contact mark of either row holds for both. Each
    -- claim and begin reads it, so no account is locked for it.
    select prospects.do_not_contact_reason
    into brought_reason
    from outreach.prospects
    where
        prospects.workspace_id = move_to_known_prospect.workspace_id
        and prospects.prospect_id = enrollment.prospect_id;

    if brought_reason is not null then
        perform outreach.set_do_not_contact(
            move_to_known_prospect.workspace_id, array[known_id], true, brought_reason,
            move_to_known_prospect.actor, move_to_known_prospect.at
        );
    end if;

    if exists (
        select 1
        from outreach.campaign_prospects as others
        where
            others.workspace_id = move_to_known_prospect.workspace_id
            and others.prospect_id = known_id
            and (
                others.campaign_id = enrollment.campaign_id
                or outreach.is_under_way(others.linkedin_status)
            )
    ) then
        return false;
    end if;

    perform outreach.fill_known_prospect(
        move_to_known_prospect.workspace_id, known_id, enrollment.prospect_id,
        move_to_known_prospect.provider_id, move_to_known_prospect.actor,
        move_to_known_prospect.at
    );

    update outreach.campaign_prospects as enrollments
    set prospect_id = known_id
    where
        enrollments.workspace_id = move_to_known_prospect.workspace_id
        and enrollments.enrollment_id = move_to_known_prospect.enrollment_id;

    return true;
end
$$;
