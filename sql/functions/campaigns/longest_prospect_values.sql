-- The longest value of each field that a campaign's templates may name, among its
-- unfinished enrollments. A save checks the length of texts with these values.
create or replace function outreach.longest_prospect_values(
    workspace_id bigint,
    campaign_id bigint
)
returns jsonb
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    longest_values jsonb;
begin
    with

    named as (

        select
            fields.name,
            fields.value
        from outreach.campaign_prospects as enrollments
        inner join outreach.prospects
            on
                prospects.workspace_id = longest_prospect_values.workspace_id
                and enrollments.prospect_id = prospects.prospect_id
        cross join lateral (
            select
                standard.name,
                standard.value
            from (
                values
                ('firstName', prospects.first_name),
                ('lastName', prospects.last_name),
                ('fullName', concat_ws(' ', prospects.first_name, prospects.last_name)),
                ('company', prospects.company),
                ('jobTitle', prospects.job_title),
                ('email', prospects.email),
                ('location', prospects.location),
                ('industry', prospects.industry)
            ) as standard (name, value)

            union all

            select
                'custom.' || custom.key,
                custom.value
            from jsonb_each_text(prospects.custom) as custom
        ) as fields
        where
            enrollments.workspace_id = longest_prospect_values.workspace_id
            and enrollments.campaign_id = longest_prospect_values.campaign_id
            and outreach.is_under_way(enrollments.linkedin_status)
            and fields.value is not null

    ),

    longest as (

        select distinct on (named.name)
            named.name,
            named.value
        from named
        order by
            named.name,
            length(named.value) desc

    )

    select coalesce(jsonb_object_agg(longest.name, longest.value), '{}')
    into longest_values
    from longest;

    return longest_values;
end
$$;
