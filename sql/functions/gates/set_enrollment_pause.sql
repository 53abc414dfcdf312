-- Pauses or resumes one enrollment; null if it does not exist. See set_pause.
create or replace function outreach.set_enrollment_pause(
    workspace_id bigint,
    enrollment_id bigint,
    is_paused boolean,
    actor text,
    reason text,
    at timestamptz
)
returns boolean
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    locked_account_ids bigint [];
    was_paused boolean;
begin
    locked_account_ids := array(
        select enrollments.account_id
        from outreach.campaign_prospects as enrollments
        where
            enrollments.workspace_id = set_enrollment_pause.workspace_id
            and enrollments.enrollment_id = set_enrollment_pause.enrollment_id
    );

    perform outreach.lock_accounts(
        set_enrollment_pause.workspace_id, locked_account_ids
    );

    select enrollments.paused_at is not null
    into was_paused
    from outreach.campaign_prospects as enrollments
    where
        enrollments.workspace_id = set_enrollment_pause.workspace_id
        and enrollments.enrollment_id = set_enrollment_pause.enrollment_id
    for no key update;

    if was_paused is null or was_paused = is_paused then
        return was_paused <> is_paused;
    end if;

    update outreach.campaign_prospects as enrollments
    set
        paused_at = case when is_paused then at end,
        paused_by = case when is_paused then actor end,
        paused_reason = case when is_paused then reason end
    where
        enrollments.workspace_id = set_enrollment_pause.workspace_id
        and enrollments.enrollment_id = set_enrollment_pause.enrollment_id;

    return true;
end
$$;
