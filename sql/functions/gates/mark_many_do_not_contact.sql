-- Marks people do-not-contact: nothing whose call has not begun is sent to them any
-- more, by whatever account or campaign. Their enrollments end, but for those whose
-- call is under way or was never answered: these end when that is settled; and those
-- whose invite is out: see outreach.stop_enrollments().
-- Returns the number of cancelled jobs.
create or replace function outreach.mark_many_do_not_contact(
    workspace_id bigint,
    prospect_ids bigint [],
    reason text,
    actor text,
    at timestamptz default null
)
returns bigint
language plpgsql
set search_path = pg_catalog, pg_temp
-- Forces one index look-up per person, which is fast whatever the statistics.
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
set enable_material = off
set enable_bitmapscan = off
as $$
#variable_conflict use_column
declare
    locked_account_ids bigint [];
    moment timestamptz;
    live_enrollment_ids bigint [];
begin
    perform outreach.assert_read_committed();

    locked_account_ids := outreach.accounts_that_contact(
        mark_many_do_not_contact.workspace_id, mark_many_do_not_contact.prospect_ids
    );

    perform outreach.lock_accounts(
        mark_many_do_not_contact.workspace_id, locked_account_ids
    );

    moment := coalesce(mark_many_do_not_contact.at, clock_timestamp());

    perform outreach.set_do_not_contact(
        mark_many_do_not_contact.workspace_id, mark_many_do_not_contact.prospect_ids,
        true, mark_many_do_not_contact.reason, mark_many_do_not_contact.actor, moment
    );

    live_enrollment_ids := array(
        select enrolled.enrollment_id
        from unnest(mark_many_do_not_contact.prospect_ids) as marked (prospect_id)
        cross join lateral (
            select
                enrollments.enrollment_id,
                enrollments.linkedin_status
            from outreach.campaign_prospects as enrollments
            where
                enrollments.workspace_id = mark_many_do_not_contact.workspace_id
                and enrollments.prospect_id = marked.prospect_id
            offset 0 -- keeps this a look-up of the person's enrollments
        ) as enrolled
        where
            outreach.is_under_way(enrolled.linkedin_status)
            and not exists (
                select 1
                from outreach.campaign_send_jobs as jobs
                where
                    jobs.workspace_id = mark_many_do_not_contact.workspace_id
                    and jobs.enrollment_id = enrolled.enrollment_id
                    and jobs.status in ('sending', 'unknown')
                offset 0
            )
    );

    return outreach.stop_enrollments(
        mark_many_do_not_contact.workspace_id, live_enrollment_ids, 'do_not_contact',
        mark_many_do_not_contact.actor, moment
    );
end
$$;
