-- Credits each accept that signals report to the enrollment whose invite it answers, or
-- stores it as uncredited with the reason. If a later signal narrows the time, the
-- credit is stored again. A second run, or another order of the signals, gives the same
-- result. A reverted accept is credited again only by a signal that was observed since.
-- Returns the new decisions, and the problem of each that could not be made.
create or replace function outreach.resolve_accepts(
    workspace_id bigint,
    actor text,
    as_of timestamptz default null
)
returns table (
    account_id bigint,
    person text,
    enrollment_id bigint,
    is_credited boolean,
    is_first boolean,
    reason text,
    problem text
)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    at constant timestamptz := coalesce(as_of, clock_timestamp());
    match record;
    standing outreach.accept_credits;
begin
    -- A concurrent call for the same workspace waits here, then sees these decisions.
    perform
    from outreach.workspaces
    where workspaces.workspace_id = resolve_accepts.workspace_id
    for no key update;

    for match in
        select matches.*
        from outreach.accept_matches(resolve_accepts.workspace_id, at) as matches
    loop
        select credits.*
        into standing
        from outreach.accept_credits as credits
        where
            credits.workspace_id = resolve_accepts.workspace_id
            and credits.account_id = match.account_id
            and credits.person = match.person
            and credits.invite_event_id is not distinct from match.invite_event_id
        order by credits.credit_id desc
        limit 1;

        continue when standing.credit_id is not null
            and standing.reason is not distinct from match.reason
            and standing.accepted_after is not distinct from match.accepted_after
            and standing.accepted_before = match.accepted_before
            and standing.signals = match.signals;

        account_id := match.account_id;
        person := match.person;
        enrollment_id := match.enrollment_id;
        is_credited := match.enrollment_id is not null;
        is_first := standing.credit_id is null;
        reason := match.reason;
        problem := null;

        if is_credited then
            continue when exists (
                select 1
                from outreach.campaign_events as reversals
                where
                    reversals.workspace_id = resolve_accepts.workspace_id
                    and reversals.enrollment_id = match.enrollment_id
                    and reversals.event_type = 'accept_reverted'
                    and reversals.occurred_at >= match.newest_observed_at
            );

            -- One account without a window must not block all others.
            begin
                perform outreach.credit_accept(
                    resolve_accepts.workspace_id, match.enrollment_id,
                    match.accepted_at, actor,
                    jsonb_build_object(
                        'invite_event_id', match.invite_event_id,
                        'accepted_after', match.accepted_after,
                        'accepted_before', match.accepted_before,
                        'signals', match.signals
                    ),
                    at
                );
            exception
                when object_not_in_prerequisite_state then
                    problem := sqlerrm;
                    return next;
                    continue;
            end;
        end if;

        insert into outreach.accept_credits (
            workspace_id, account_id, person, enrollment_id, invite_event_id,
            is_credited, reason, accepted_after, accepted_before, accepted_at,
            signals, actor, decided_at
        )
        values (
            resolve_accepts.workspace_id, match.account_id, match.person,
            match.enrollment_id, match.invite_event_id,
            is_credited, match.reason, match.accepted_after,
            match.accepted_before, match.accepted_at,
            match.signals, actor, at
        );

        return next;
    end loop;
end
$$;
