-- Holds one action of one account until the provider's Retry-After, else for the given
-- time, else for the time of its error class. A hold is never shortened.
-- A limit that an invite with a note met may be that of notes: it holds invites with a
-- note only, and the next invite without one shows whether all are held. An answer about
-- the requests, such as too_many_requests, holds all invites.
create or replace function outreach.hold_account_action(
    attempt outreach.send_attempts,
    recorded outreach.send_attempt_outcomes,
    hold_for interval default null
)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    class_hold_for interval;
    class_may_be_of_notes boolean;
begin
    select
        classes.hold_for,
        classes.may_be_of_notes
    into class_hold_for, class_may_be_of_notes
    from outreach.provider_error_classes as classes
    where
        classes.outcome = recorded.outcome
        and (
            classes.error_type = recorded.error_type
            or (
                classes.error_type = '*'
                and classes.http_status = recorded.http_status
            )
        )
    order by classes.error_type = '*'
    limit 1;

    insert into outreach.linkedin_account_holds as holds (
        workspace_id, account_id, action, held_until, reason
    )
    values (
        attempt.workspace_id, attempt.account_id,
        case
            when attempt.has_note and class_may_be_of_notes
                then 'send_invite_with_note'
            else attempt.action
        end,
        coalesce(
            outreach.retry_after_moment(recorded.retry_after, recorded.recorded_at),
            recorded.recorded_at
            + coalesce(
                hold_account_action.hold_for, class_hold_for, interval '1 hour'
            )
        ),
        coalesce(recorded.error_type, recorded.outcome)
    )
    on conflict (workspace_id, account_id, action) do update
    set
        held_until = greatest(holds.held_until, excluded.held_until),
        reason = excluded.reason;
end
$$;
