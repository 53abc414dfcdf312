-- One person: what is known of them, and how many jobs a do-not-contact mark cancels.
-- Security definer: the console reads it, without rights to its tables.
-- job_count: jobs whose call has not begun; a withdrawal of an invite goes on.
create or replace function outreach.console_person(
    in_workspace_id bigint,
    in_prospect_id bigint
)
returns table (
    workspace text,
    person text,
    company text,
    job_title text,
    email text,
    location text,
    industry text,
    custom jsonb,
    public_identifier text,
    provider_id text,
    do_not_contact_at timestamptz,
    do_not_contact_reason text,
    added_at timestamptz,
    enrollment_ids bigint [],
    job_count bigint,
    first_name text,
    last_name text
)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    select
        workspaces.name,
        coalesce(
            nullif(concat_ws(' ', prospects.first_name, prospects.last_name), ''),
            prospects.public_identifier,
            prospects.provider_id
        ),
        prospects.company,
        prospects.job_title,
        prospects.email,
        prospects.location,
        prospects.industry,
        prospects.custom,
        prospects.public_identifier,
        prospects.provider_id,
        prospects.do_not_contact_at,
        prospects.do_not_contact_reason,
        prospects.created_at,
        array(
            select enrollments.enrollment_id
            from outreach.campaign_prospects as enrollments
            where
                enrollments.workspace_id = in_workspace_id
                and enrollments.prospect_id = in_prospect_id
            order by enrollments.enrollment_id desc
            limit 100
        ),
        (
            select count(*)
            from outreach.campaign_prospects as enrollments
            inner join outreach.campaign_send_jobs as jobs
                on
                    jobs.workspace_id = in_workspace_id
                    and enrollments.enrollment_id = jobs.enrollment_id
                    and outreach.is_live_job(jobs.status)
            where
                enrollments.workspace_id = in_workspace_id
                and enrollments.prospect_id = in_prospect_id
                and jobs.status not in ('sending', 'unknown')
                and jobs.action <> 'withdraw_invite'
        ),
        prospects.first_name,
        prospects.last_name
    from outreach.prospects
    inner join outreach.workspaces as workspaces
        on prospects.workspace_id = workspaces.workspace_id
    where
        prospects.workspace_id = in_workspace_id
        and prospects.prospect_id = in_prospect_id;
end
$$;

revoke execute on function outreach.console_person(bigint, bigint) from public;
grant execute on function outreach.console_person(bigint, bigint) to console;
