-- Moves enrollments to their next steps (outreach.move_enrollments), or stops those of
-- people who must not be contacted. The caller holds the accounts' locks.
create or replace function outreach.advance_enrollments(
    workspace_id bigint,
    enrollment_ids bigint [],
    actor text,
    at timestamptz,
    is_connected boolean default false
)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
-- Forces one index look-up per row, which is fast whatever the statistics.
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
set enable_material = off
set enable_bitmapscan = off
as $$
#variable_conflict use_column
declare
    unwanted_ids bigint [];
begin
    perform
    from outreach.campaign_prospects as enrollments
    where
        enrollments.workspace_id = advance_enrollments.workspace_id
        and enrollments.enrollment_id = any(enrollment_ids)
    order by enrollments.enrollment_id
    for no key update;

    unwanted_ids := array(
        select enrollments.enrollment_id
        from outreach.campaign_prospects as enrollments
        inner join outreach.prospects
            on
                prospects.workspace_id = advance_enrollments.workspace_id
                and enrollments.prospect_id = prospects.prospect_id
        where
            enrollments.workspace_id = advance_enrollments.workspace_id
            and enrollments.enrollment_id = any(enrollment_ids)
            and enrollments.linkedin_status in (
                'ready_to_invite', 'pending_accept', 'ready_to_message'
            )
            and prospects.do_not_contact_at is not null
    );

    if cardinality(unwanted_ids) > 0 then
        perform outreach.stop_enrollments(
            advance_enrollments.workspace_id, unwanted_ids, 'do_not_contact', actor,
            advance_enrollments.at
        );
    end if;

    perform outreach.move_enrollments(
        advance_enrollments.workspace_id, enrollment_ids, actor, advance_enrollments.at,
        is_connected
    );
end
$$;
