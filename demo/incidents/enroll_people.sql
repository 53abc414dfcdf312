-- Enrolls people in an account's campaign, each with a queued job on its first step.
with

people as (

    select *
    from
        unnest(
            %(provider_ids)s::text [],
            %(public_identifiers)s::text [],
            %(first_names)s::text [],
            %(last_names)s::text [],
            %(companies)s::text [],
            %(job_titles)s::text [],
            %(run_ats)s::timestamptz []
        ) as people (
            provider_id,
            public_identifier,
            first_name,
            last_name,
            company,
            job_title,
            run_at
        )

),

new_prospects as (

    insert into outreach.prospects (
        workspace_id, provider_id, public_identifier,
        first_name, last_name, company, job_title
    )
    select
        %(workspace_id)s,
        people.provider_id,
        people.public_identifier,
        people.first_name,
        people.last_name,
        people.company,
        people.job_title
    from people
    returning
        prospect_id,
        provider_id

),

new_enrollments as (

    insert into outreach.campaign_prospects (
        workspace_id, campaign_id, prospect_id, account_id, current_step_id,
        linkedin_status, created_at
    )
    select
        %(workspace_id)s,
        %(campaign_id)s,
        new_prospects.prospect_id,
        %(account_id)s,
        %(step_id)s,
        %(linkedin_status)s,
        %(enrolled_at)s
    from new_prospects
    returning
        enrollment_id,
        prospect_id

)

select
    new_enrollments.enrollment_id,
    people.run_at
from new_enrollments
inner join new_prospects
    on new_enrollments.prospect_id = new_prospects.prospect_id
inner join people
    on new_prospects.provider_id = people.provider_id
order by people.run_at
