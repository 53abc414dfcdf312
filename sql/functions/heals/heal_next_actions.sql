-- Puts an account's stale next actions where the mart stale_next_actions says: the job
-- and the enrollment together, one rescheduled event each. The mart is asked under the
-- account's lock, in later statements, so this may run beside senders and beside itself.
-- A late one is moved once on a step: a repeat would hide a sender that does not send.
-- A missing job is made where outreach.orphaned_enrollments() says so; the time of an
-- enrollment that is over is taken away. No limit is touched and nobody is called:
-- begin_send_attempts judges each send as ever. Returns what it changed.
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
