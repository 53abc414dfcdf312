-- What became of the campaigns of a person beside what was sent and received: lines of
-- outreach.console_person_timeline(), in no order. Security definer: the console reads
-- it, without rights to its tables.
create or replace function outreach.console_person_events(
    in_workspace_id bigint,
    in_prospect_id bigint
)
returns table (
    happened_at timestamptz,
    kind text,
    seq bigint,
    what text,
    is_own boolean,
    account_id bigint,
    campaign_id bigint,
    step_id bigint,
    variant text,
    body text,
    state text,
    proof text,
    reference text,
    actor text,
    detail text
)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    select
        events.occurred_at,
        'event'::text,
        events.event_id,
        events.event_type,
        false,
        events.account_id,
        events.campaign_id,
        events.step_id,
        null::text,
        null::text,
        null::text,
        null::text,
        null::text,
        events.actor,
        coalesce(
            events.details #>> '{error,message}',
            events.details ->> 'reason',
            events.details ->> 'classification'
        )
    from outreach.campaign_prospects as enrollments
    inner join outreach.campaign_events as events
        on
            events.workspace_id = in_workspace_id
            and enrollments.enrollment_id = events.enrollment_id
    where
        enrollments.workspace_id = in_workspace_id
        and enrollments.prospect_id = in_prospect_id
        -- The sends and the messages are lines of their own.
        and events.counted_on is null
        and events.event_type not in (
            'advanced', 'rescheduled', 'send_unknown', 'send_unproven', 'wait_ended'
        )
        and not (
            events.event_type = 'reply_received'
            and events.details ->> 'linkedin_event_id' is not null
        )

    union all

    select
        pauses.changed_at,
        'pause',
        pauses.pause_id,
        case when pauses.is_paused then 'paused' else 'resumed' end,
        false,
        enrollments.account_id,
        enrollments.campaign_id,
        enrollments.current_step_id,
        null,
        null,
        null,
        null,
        null,
        pauses.actor,
        pauses.reason
    from outreach.campaign_prospects as enrollments
    inner join outreach.pause_audit as pauses
        on
            pauses.workspace_id = in_workspace_id
            and pauses.subject = 'enrollment'
            and pauses.subject_id = enrollments.enrollment_id
    where
        enrollments.workspace_id = in_workspace_id
        and enrollments.prospect_id = in_prospect_id;
end
$$;

revoke execute on function outreach.console_person_events(bigint, bigint) from public;
grant execute on function outreach.console_person_events(bigint, bigint) to console;
