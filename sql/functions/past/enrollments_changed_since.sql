-- The enrollments that an event, a credited accept, a sign of an accept or a mark of a
-- read reply was recorded for since a moment: what a refresh of stored figures has to
-- compute again. The newest rows are read by their ids, backward to the first older one,
-- so that the cost grows with what is new.
-- A transaction may take its ids before others and commit after them: ask for a moment
-- that is earlier than the last look by more than any transaction takes. A change of
-- names or pauses is no event.
create or replace function outreach.enrollments_changed_since(
    workspace_id bigint,
    since timestamptz
)
returns table (enrollment_id bigint)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    old_event_id bigint;
    old_credit_id bigint;
    old_read_mark_id bigint;
    old_linkedin_event_id bigint;
begin
    select events.event_id
    into old_event_id
    from outreach.campaign_events as events
    where
        events.workspace_id = enrollments_changed_since.workspace_id
        and events.recorded_at <= enrollments_changed_since.since
    order by events.event_id desc
    limit 1;

    select credits.credit_id
    into old_credit_id
    from outreach.accept_credits as credits
    where
        credits.workspace_id = enrollments_changed_since.workspace_id
        and credits.decided_at <= enrollments_changed_since.since
    order by credits.credit_id desc
    limit 1;

    select marks.read_mark_id
    into old_read_mark_id
    from outreach.reply_reads as marks
    where
        marks.workspace_id = enrollments_changed_since.workspace_id
        and marks.marked_at <= enrollments_changed_since.since
    order by marks.read_mark_id desc
    limit 1;

    select events.event_id
    into old_linkedin_event_id
    from outreach.linkedin_events as events
    where
        events.workspace_id = enrollments_changed_since.workspace_id
        and events.received_at <= enrollments_changed_since.since
    order by events.event_id desc
    limit 1;

    return query
    select events.enrollment_id
    from outreach.campaign_events as events
    where
        events.workspace_id = enrollments_changed_since.workspace_id
        and events.event_id > coalesce(old_event_id, 0)
    union
    select credits.enrollment_id
    from outreach.accept_credits as credits
    where
        credits.workspace_id = enrollments_changed_since.workspace_id
        and credits.credit_id > coalesce(old_credit_id, 0)
        and credits.enrollment_id is not null
    union
    select enrollments.enrollment_id
    from (
        select events.provider_id
        from outreach.linkedin_events as events
        where
            events.workspace_id = enrollments_changed_since.workspace_id
            and events.event_id > coalesce(old_linkedin_event_id, 0)
            and events.event_type in ('new_relation', 'invite_accepted')
        union
        select signals.person
        from outreach.accept_signals as signals
        where
            signals.workspace_id = enrollments_changed_since.workspace_id
            and signals.observed_at > enrollments_changed_since.since
    ) as signs (person)
    inner join outreach.prospects
        on
            prospects.workspace_id = enrollments_changed_since.workspace_id
            and signs.person = prospects.provider_id
    inner join outreach.campaign_prospects as enrollments
        on
            enrollments.workspace_id = enrollments_changed_since.workspace_id
            and prospects.prospect_id = enrollments.prospect_id
    union
    select enrollments.enrollment_id
    from outreach.reply_reads as marks
    inner join outreach.prospects
        on
            prospects.workspace_id = enrollments_changed_since.workspace_id
            and marks.person = prospects.provider_id
    inner join outreach.campaign_prospects as enrollments
        on
            enrollments.workspace_id = enrollments_changed_since.workspace_id
            and prospects.prospect_id = enrollments.prospect_id
    where
        marks.workspace_id = enrollments_changed_since.workspace_id
        and marks.read_mark_id > coalesce(old_read_mark_id, 0);
end
$$;
