-- Ends the sequences of people who replied (outreach.end_as_replied), unless their
-- campaign continues after a reply. An enrollment that a person resumed after the last
-- reply is not stopped. Returns the stopped enrollments.
create or replace function outreach.stop_replied_enrollments(
    workspace_id bigint,
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
    replied_id bigint;
    enrollment outreach.campaign_prospects;
begin
    for replied_id in
        select enrollments.enrollment_id
        from outreach.campaign_prospects as enrollments
        inner join outreach.campaigns
            on
                campaigns.workspace_id = stop_replied_enrollments.workspace_id
                and enrollments.campaign_id = campaigns.campaign_id
        -- People who are under way are few beside all who ever replied.
        cross join lateral (
            select
                max(events.event_id) as event_id,
                max(events.event_id) filter (
                    where events.details ->> 'opt_out_phrase' is not null
                ) as opt_out_event_id
            from outreach.campaign_events as events
            where
                events.workspace_id = stop_replied_enrollments.workspace_id
                and events.enrollment_id = enrollments.enrollment_id
                and events.event_type = 'reply_received'
            offset 0 -- keeps this an index look-up per enrollment
        ) as replies
        where
            enrollments.workspace_id = stop_replied_enrollments.workspace_id
            and outreach.is_under_way(enrollments.linkedin_status)
            and replies.event_id is not null
            and (
                campaigns.settings ->> 'stop_on_reply' is distinct from 'false'
                or replies.opt_out_event_id is not null
            )
            and not exists (
                select 1
                from outreach.campaign_events as stops
                where
                    stops.workspace_id = stop_replied_enrollments.workspace_id
                    and stops.enrollment_id = enrollments.enrollment_id
                    and stops.event_type = 'send_cancelled'
                    and stops.to_status = 'replied'
                    and stops.event_id > case
                        when campaigns.settings ->> 'stop_on_reply' = 'false'
                            then replies.opt_out_event_id
                        else replies.event_id
                    end
            )
        order by
            enrollments.account_id,
            enrollments.enrollment_id
    loop
        enrollment := outreach.lock_enrollment(
            stop_replied_enrollments.workspace_id, replied_id
        );

        continue when enrollment.linkedin_status <> all(active);

        perform outreach.end_as_replied(
            enrollment, 'replied', actor, coalesce(as_of, clock_timestamp())
        );

        return next enrollment.enrollment_id;
    end loop;
end
$$;
