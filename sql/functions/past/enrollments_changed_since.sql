-- The enrollments that an event or a credited accept was recorded for since a moment:
-- what a refresh of stored figures has to compute again. The newest rows are read by
-- their ids, backward to the first older one, so that the cost grows with what is new.
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
        and credits.enrollment_id is not null;
end
$$;
