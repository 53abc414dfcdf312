-- Creates the job of each orphaned enrollment, once, and sets each unpaired enrollment
-- and its job to one time: the clamp of the later of next_action_at and now. Makes
-- hidden jobs visible to claims again. Reads again under the accounts' locks, so it is
-- safe to run beside senders and concurrently. Returns the changes; repair is recreated
-- (a job was created), paired or shown.
create or replace function outreach.reconcile_orphans(
    workspace_id bigint,
    as_of timestamptz default null,
    actor text default 'reconciled_orphans'
)
returns table (enrollment_id bigint, repair text, next_action_at timestamptz)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    locked_account_ids bigint [];
    at timestamptz;
    found_row record;
begin
    perform outreach.assert_read_committed();

    locked_account_ids := array(
        select orphans.account_id
        from outreach.orphaned_enrollments(reconcile_orphans.workspace_id) as orphans
        union
        select unpaired.account_id
        from outreach.unpaired_enrollments(reconcile_orphans.workspace_id) as unpaired
    );

    perform outreach.lock_accounts(reconcile_orphans.workspace_id, locked_account_ids);

    at := coalesce(as_of, clock_timestamp());

    for found_row in
        select hidden.*
        from outreach.jobs_below_watermark(reconcile_orphans.workspace_id) as hidden
        order by hidden.account_id, hidden.list, hidden.job_id
    loop
        perform outreach.lower_queue_watermark(
            reconcile_orphans.workspace_id, found_row.account_id,
            found_row.list, found_row.stands_at
        );

        reconcile_orphans.enrollment_id := found_row.enrollment_id;
        reconcile_orphans.repair := 'shown';
        reconcile_orphans.next_action_at := found_row.stands_at;
        return next;
    end loop;

    for found_row in
        select unpaired.*
        from outreach.unpaired_enrollments(reconcile_orphans.workspace_id) as unpaired
        order by unpaired.account_id, unpaired.enrollment_id
    loop
        reconcile_orphans.enrollment_id := found_row.enrollment_id;
        reconcile_orphans.repair := 'paired';
        reconcile_orphans.next_action_at := outreach.pair_enrollment(
            reconcile_orphans.workspace_id, found_row.enrollment_id, actor, at
        );
        return next;
    end loop;

    for found_row in
        select orphans.*
        from outreach.orphaned_enrollments(reconcile_orphans.workspace_id) as orphans
        order by orphans.account_id, orphans.enrollment_id
    loop
        reconcile_orphans.enrollment_id := found_row.enrollment_id;
        reconcile_orphans.repair := 'recreated';
        reconcile_orphans.next_action_at := outreach.clamp_to_sending_window(
            reconcile_orphans.workspace_id, found_row.account_id,
            greatest(found_row.next_action_at, at)
        );

        perform outreach.record_enrollment_event(
            reconcile_orphans.workspace_id, found_row.enrollment_id, 'rescheduled',
            actor, at,
            details => jsonb_build_object(
                'reason', 'orphan',
                'from', found_row.next_action_at,
                'to', reconcile_orphans.next_action_at,
                'job_id', outreach.queue_send_job(
                    reconcile_orphans.workspace_id, found_row.enrollment_id,
                    reconcile_orphans.next_action_at
                )
            )
        );
        return next;
    end loop;
end
$$;
