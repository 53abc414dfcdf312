-- The fields for rendering of the people who were parked alone in a campaign; see
-- outreach.parked_enrollments().
create or replace function outreach.prospects_parked_alone(
    workspace_id bigint,
    campaign_id bigint
)
returns table (
    enrollment_id bigint,
    step_id bigint,
    variant text,
    has_premium boolean,
    prospect jsonb
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    select
        parked.enrollment_id,
        parked.step_id,
        parked.template_error ->> 'variant',
        accounts.has_premium,
        outreach.prospect_fields(
            row(prospects.*)::outreach.prospects,
            row(accounts.*)::outreach.linkedin_accounts
        )
    from outreach.parked_enrollments(
        prospects_parked_alone.workspace_id, prospects_parked_alone.campaign_id
    ) as parked
    inner join outreach.prospects
        on
            prospects.workspace_id = prospects_parked_alone.workspace_id
            and parked.prospect_id = prospects.prospect_id
    inner join outreach.linkedin_accounts as accounts
        on
            accounts.workspace_id = prospects_parked_alone.workspace_id
            and parked.account_id = accounts.account_id
    where parked.is_parked_alone;
end
$$;
