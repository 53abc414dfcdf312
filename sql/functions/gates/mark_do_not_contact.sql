-- Marks a person do-not-contact: nothing whose call has not begun is sent to them any
-- more, by whatever account or campaign. Their enrollments end, but for those whose
-- call is under way or was never answered: these end when that is settled; and those
-- whose invite is out: see outreach.stop_enrollment().
-- Returns the number of cancelled jobs.
create or replace function outreach.mark_do_not_contact(
    workspace_id bigint,
    prospect_id bigint,
    reason text,
    actor text,
    at timestamptz default null
)
returns bigint
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    locked_account_ids bigint [];
    moment timestamptz;
    live_enrollment_id bigint;
    cancelled_count bigint := 0;
begin
    perform outreach.assert_read_committed();

    locked_account_ids := outreach.accounts_that_contact(
        mark_do_not_contact.workspace_id, array[mark_do_not_contact.prospect_id]
    );

    perform outreach.lock_accounts(
        mark_do_not_contact.workspace_id, locked_account_ids
    );

    moment := coalesce(mark_do_not_contact.at, clock_timestamp());

    perform outreach.set_do_not_contact(
        mark_do_not_contact.workspace_id, array[mark_do_not_contact.prospect_id], true,
        mark_do_not_contact.reason, mark_do_not_contact.actor, moment
    );

    if not exists (
        select 1
        from outreach.prospects
        where
            prospects.workspace_id = mark_do_not_contact.workspace_id
            and prospects.prospect_id = mark_do_not_contact.prospect_id
    ) then
        raise exception 'workspace % has no person %',
            mark_do_not_contact.workspace_id, mark_do_not_contact.prospect_id
            using
                errcode = 'no_data_found',
                hint = 'Search for the person in outreach.prospects.';
    end if;

    for live_enrollment_id in
        select enrollments.enrollment_id
        from outreach.campaign_prospects as enrollments
        where
            enrollments.workspace_id = mark_do_not_contact.workspace_id
            and enrollments.prospect_id = mark_do_not_contact.prospect_id
            and outreach.is_under_way(enrollments.linkedin_status)
            and not exists (
                select 1
                from outreach.campaign_send_jobs as jobs
                where
                    jobs.workspace_id = mark_do_not_contact.workspace_id
                    and jobs.enrollment_id = enrollments.enrollment_id
                    and jobs.status in ('sending', 'unknown')
            )
        order by enrollments.enrollment_id
        for no key update
    loop
        if outreach.stop_enrollment(
            mark_do_not_contact.workspace_id, live_enrollment_id, 'do_not_contact',
            mark_do_not_contact.actor, moment
        ) then
            cancelled_count := cancelled_count + 1;
        end if;
    end loop;

    return cancelled_count;
end
$$;
