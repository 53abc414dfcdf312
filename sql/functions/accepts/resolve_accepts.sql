-- Credits each accept that signals tell of to the one enrollment whose invite it
-- answers, or keeps it as uncredited with the reason. Where a later signal narrows the
-- time, the credit is told again. Run twice, or with the same signals in another order,
-- it comes to the same. What was reverted is credited again only by a signal told since.
-- Returns the decisions that are new, and the problem of each that could not be made.
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
    happening record;
    standing outreach.accept_credits;
begin
    -- Of two who resolve one workspace, the second sees what the first decided.
    perform
    from outreach.workspaces
    where workspaces.workspace_id = resolve_accepts.workspace_id
    for no key update;

    for happening in
        select happenings.*
        from outreach.accept_matches(resolve_accepts.workspace_id, at) as happenings
    loop
        select credits.*
        into standing
        from outreach.accept_credits as credits
        where
            credits.workspace_id = resolve_accepts.workspace_id
            and credits.account_id = happening.account_id
            and credits.person = happening.person
            and credits.invite_event_id is not distinct from happening.invite_event_id
        order by credits.credit_id desc
        limit 1;

        continue when standing.credit_id is not null
            and standing.reason is not distinct from happening.reason
            and standing.accepted_after is not distinct from happening.accepted_after
            and standing.accepted_before = happening.accepted_before
            and standing.signals = happening.signals;

        account_id := happening.account_id;
        person := happening.person;
        enrollment_id := happening.enrollment_id;
        is_credited := happening.enrollment_id is not null;
        is_first := standing.credit_id is null;
        reason := happening.reason;
        problem := null;

        if is_credited then
            continue when exists (
                select 1
                from outreach.campaign_events as reversals
                where
                    reversals.workspace_id = resolve_accepts.workspace_id
                    and reversals.enrollment_id = happening.enrollment_id
                    and reversals.event_type = 'accept_reverted'
                    and reversals.occurred_at >= happening.newest_observed_at
            );

            -- One account without a window must not keep all others waiting.
            begin
                perform outreach.credit_accept(
                    resolve_accepts.workspace_id, happening.enrollment_id,
                    happening.accepted_at, actor,
                    jsonb_build_object(
                        'invite_event_id', happening.invite_event_id,
                        'accepted_after', happening.accepted_after,
                        'accepted_before', happening.accepted_before,
                        'signals', happening.signals
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
            resolve_accepts.workspace_id, happening.account_id, happening.person,
            happening.enrollment_id, happening.invite_event_id,
            is_credited, happening.reason, happening.accepted_after,
            happening.accepted_before, happening.accepted_at,
            happening.signals, actor, at
        );

        return next;
    end loop;
end
$$;
