-- Stops every campaign of an account with a person: nothing more is sent to them but
-- what a person asks for. The enrollments of somebody who replied become replied; the
-- others end as outreach.stop_enrollments() says. Returns the stopped enrollments. A
-- call that has begun waits for its answer.
create or replace function outreach.stop_conversation(
    workspace_id bigint,
    account_id bigint,
    person text,
    actor text,
    as_of timestamptz default null
)
returns setof bigint
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    active constant text [] := array[
        'ready_to_invite', 'pending_accept', 'ready_to_message', 'pending_template_fix'
    ];
    at timestamptz;
    stopped_id bigint;
    enrollment outreach.campaign_prospects;
begin
    if coalesce(actor, '') = '' then
        raise exception 'a stop needs the name of who asks for it'
            using errcode = 'check_violation', hint = 'Give an actor.';
    end if;

    perform outreach.lock_account(
        stop_conversation.workspace_id, stop_conversation.account_id
    );
    at := coalesce(as_of, clock_timestamp());

    for stopped_id in
        select enrollments.enrollment_id
        from outreach.prospects
        inner join outreach.campaign_prospects as enrollments
            on
                enrollments.workspace_id = stop_conversation.workspace_id
                and prospects.prospect_id = enrollments.prospect_id
        where
            prospects.workspace_id = stop_conversation.workspace_id
            and prospects.provider_id = stop_conversation.person
            and enrollments.account_id = stop_conversation.account_id
            and enrollments.linkedin_status = any(active)
        order by enrollments.enrollment_id
    loop
        enrollment := outreach.lock_enrollment(
            stop_conversation.workspace_id, stopped_id
        );

        continue when enrollment.linkedin_status <> all(active);

        if exists (
            select 1
            from outreach.campaign_events as replies
            where
                replies.workspace_id = stop_conversation.workspace_id
                and replies.enrollment_id = stopped_id
                and replies.event_type = 'reply_received'
        ) then
            perform outreach.end_as_replied(
                enrollment, 'stopped_by_person', stop_conversation.actor, at
            );
        else
            perform outreach.stop_enrollments(
                stop_conversation.workspace_id, array[stopped_id], 'stopped_by_person',
                stop_conversation.actor, at
            );
        end if;

        return next stopped_id;
    end loop;
end
$$;
