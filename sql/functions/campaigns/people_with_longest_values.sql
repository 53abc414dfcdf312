-- The people of a campaign who have not passed a step, with the longest values of those
-- that its text names, the longest first, and what rendering needs.
-- step_number: from 1. text: of the step.
create or replace function outreach.people_with_longest_values(
    workspace_id bigint,
    campaign_id bigint,
    step_number integer,
    text text,
    most_rows integer
)
returns table (
    name text,
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
        coalesce(known.fields ->> 'fullName', known.profile),
        known.has_premium,
        known.fields
    from (
        select
            enrollments.enrollment_id,
            accounts.has_premium,
            coalesce(prospects.public_identifier, prospects.provider_id) as profile,
            outreach.prospect_fields(
                row(prospects.*)::outreach.prospects,
                row(accounts.*)::outreach.linkedin_accounts
            ) as fields
        from outreach.campaign_prospects as enrollments
        inner join outreach.prospects
            on
                prospects.workspace_id = people_with_longest_values.workspace_id
                and enrollments.prospect_id = prospects.prospect_id
        inner join outreach.linkedin_accounts as accounts
            on
                accounts.workspace_id = people_with_longest_values.workspace_id
                and enrollments.account_id = accounts.account_id
        inner join outreach.campaign_steps as steps
            on
                steps.workspace_id = people_with_longest_values.workspace_id
                and enrollments.current_step_id = steps.step_id
        where
            enrollments.workspace_id = people_with_longest_values.workspace_id
            and enrollments.campaign_id = people_with_longest_values.campaign_id
            and outreach.is_under_way(enrollments.linkedin_status)
            and steps.position < people_with_longest_values.step_number
    ) as known
    cross join lateral (
        select coalesce(sum(length(named.value)), 0) as length
        from (
            select
                standard.key,
                standard.value
            from jsonb_each_text(known.fields - 'custom') as standard

            union all

            select
                custom.key,
                custom.value
            from jsonb_each_text(known.fields -> 'custom') as custom
        ) as named
        where strpos(people_with_longest_values.text, named.key) > 0
    ) as measured
    order by
        measured.length desc,
        known.enrollment_id
    limit most_rows;
end
$$;
