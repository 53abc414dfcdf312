-- Locks an enrollment after its account, in the common order, and returns its row as of
-- the lock.
create or replace function outreach.lock_enrollment(
    workspace_id bigint,
    enrollment_id bigint
)
returns outreach.campaign_prospects
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    locked_account_ids bigint [];
    enrollment outreach.campaign_prospects;
begin
    locked_account_ids := array(
        select enrollments.account_id
        from outreach.campaign_prospects as enrollments
        where
            enrollments.workspace_id = lock_enrollment.workspace_id
            and enrollments.enrollment_id = lock_enrollment.enrollment_id
    );

    perform outreach.lock_accounts(lock_enrollment.workspace_id, locked_account_ids);

    select enrollments.*
    into strict enrollment
    from outreach.campaign_prospects as enrollments
    where
        enrollments.workspace_id = lock_enrollment.workspace_id
        and enrollments.enrollment_id = lock_enrollment.enrollment_id
    for no key update;

    return enrollment;
end
$$;
