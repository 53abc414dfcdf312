-- What rendering needs of those who were parked alone in a campaign: see
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
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    select
        parked.enrollment_id,
        parked.step_id,
        parked.template_error ->> 'variant',
        accounts.has_premium,
        outreach.prospect_fields(prospects, accounts)
    from outreach.parked_enrollments($1, $2) as parked
    inner join outreach.prospects
        on
            prospects.workspace_id = $1
            and parked.prospect_id = prospects.prospect_id
    inner join outreach.linkedin_accounts as accounts
        on
            accounts.workspace_id = $1
            and parked.account_id = accounts.account_id
    where parked.is_parked_alone
$$;
