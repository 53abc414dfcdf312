-- Moves an account's stale next actions to the times of the mart stale_next_actions:
-- the job and the enrollment together, with one rescheduled event each. The mart is
-- read under the account's lock, in later statements, so this is safe to run beside
-- senders and concurrently. A late next action is moved once per step, because a repeat
-- would hide a sender that does not send. A missing job is created if
-- outreach.orphaned_enrollments() lists it; an ended enrollment loses its time. No
-- limit is changed and no call is made: begin_send_attempts checks each send as usual.
-- Returns the changes.
create or replace function outreach.heal_next_actions(
    workspace_id bigint,
    account_id bigint,
    actor text default 'healed_next_actions',
    as_of timestamptz default null
)
returns table (
    enrollment_id bigint,
    kind text,
    was_due_at timestamptz,
    job_was_at timestamptz,
    due_at timestamptz
)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    perform outreach.assert_read_committed();

    perform outreach.lock_accounts(
        heal_next_actions.workspace_id, array[heal_next_actions.account_id]
    );

    perform outreach.plan_next_action_heals(
        heal_next_actions.workspace_id, heal_next_actions.account_id
    );

    return query
    select moved.*
    from outreach.move_next_actions(
        heal_next_actions.workspace_id, heal_next_actions.actor,
        coalesce(heal_next_actions.as_of, clock_timestamp())
    ) as moved;
end
$$;
