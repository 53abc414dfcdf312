-- Whether an enrollment has an accept event that no later event reverted.
create or replace function outreach.is_accept_standing(
    workspace_id bigint,
    enrollment_id bigint
)
returns boolean
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    select
        coalesce(
            (
                select events.event_type = 'invite_accepted'
                from outreach.campaign_events as events
                where
                    events.workspace_id = $1
                    and events.enrollment_id = $2
                    and events.event_type in ('invite_accepted', 'accept_reverted')
                order by events.event_id desc
                limit 1
            ),
            false
        )
$$;
