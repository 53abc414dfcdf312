-- Records replies to campaigns (outreach.unrecorded_replies): an event for each enrollment.
-- A message is one reply, even if it is reported repeatedly. Returns the new replies.
create or replace function outreach.record_replies(
    workspace_id bigint,
    actor text,
    as_of timestamptz default null,
    received_since timestamptz default null
)
returns table (
    enrollment_id bigint,
    event_id bigint
)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    reply record;
begin
    -- A concurrent call for the same workspace waits here, then sees these replies.
    perform
    from outreach.workspaces
    where workspaces.workspace_id = record_replies.workspace_id
    for no key update;

    for reply in
        select found.*
        from outreach.unrecorded_replies(
            record_replies.workspace_id, coalesce(as_of, clock_timestamp()),
            received_since
        ) as found
    loop
        perform outreach.lock_enrollment(
            record_replies.workspace_id, reply.enrollment_id
        );

        enrollment_id := reply.enrollment_id;
        event_id := outreach.record_enrollment_event(
            record_replies.workspace_id, reply.enrollment_id, 'reply_received', actor,
            reply.replied_at,
            step_id => reply.step_id,
            details => jsonb_build_object(
                'linkedin_event_id', reply.linkedin_event_id,
                'message_id', reply.provider_reference
            ) || jsonb_strip_nulls(
                jsonb_build_object(
                    'opt_out_phrase', coalesce(
                        reply.payload ->> 'opt_out_phrase',
                        outreach.opt_out_phrase_of(reply.payload ->> 'message')
                    )
                )
            )
        );

        return next;
    end loop;
end
$$;
