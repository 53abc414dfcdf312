-- Each connection between an account and a person that the signals of the last 60 days
-- report, with the invite that it answers: the last one that this account sent to the
-- person before the connection's upper bound. It is computed from signals and invites
-- alone, so their order of arrival does not matter. The accept is later than
-- accepted_after (the invite) and not later than accepted_before (the first signal); if
-- a relation has a date, both are that date. Ten minutes are allowed for the provider's
-- clock. Without a date, the estimate is accepted_before. A signal without a date is
-- ignored if the person was connected before the invite. An invite that left the
-- pending list was accepted only if the person is connected too.
create or replace function outreach.accept_matches(
    workspace_id bigint,
    as_of timestamptz
)
returns table (
    account_id bigint,
    person text,
    enrollment_id bigint,
    invite_event_id bigint,
    reason text,
    accepted_after timestamptz,
    accepted_before timestamptz,
    accepted_at timestamptz,
    signals text [],
    newest_observed_at timestamptz
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    with

    invites as materialized (

        select found.*
        from outreach.invites_of_signals(accept_matches.workspace_id, as_of) as found

    ),

    matches as (

        select
            signals.account_id,
            signals.person,
            invite.invite_event_id,
            invite.enrollment_id,
            invite.invited_at,
            min(signals.happened_at) as dated_at,
            min(signals.observed_at) filter (
                where signals.signal <> 'invitation_gone'
            ) as told_at,
            max(signals.observed_at) as newest_observed_at,
            array_agg(distinct signals.signal) filter (
                where signals.signal <> 'invitation_gone'
            )
            || case
                when
                    bool_or(signals.signal = 'invitation_gone')
                    and bool_or(signals.signal = 'relation')
                    then array['invitation_gone']
                else '{}'
            end as signals
        from outreach.recent_accept_signals(
            accept_matches.workspace_id, as_of
        ) as signals
        left join lateral (
            select invites.*
            from invites
            where
                invites.account_id = signals.account_id
                and invites.invited_by = signals.account_id
                and invites.person = signals.person
                and invites.invited_at <= signals.upper_at
            order by invites.invited_at desc, invites.invite_event_id desc
            limit 1
        ) as invite on true
        where
            invite.invite_event_id is null
            or signals.happened_at is not null
            or signals.known_at is null
            or signals.known_at >= invite.invited_at
        group by
            signals.account_id,
            signals.person,
            invite.invite_event_id,
            invite.enrollment_id,
            invite.invited_at
        having bool_or(signals.signal <> 'invitation_gone')

    ),

    accepts as (

        select
            matches.*,
            case
                when matches.dated_at is null then matches.told_at
                else greatest(
                    least(matches.dated_at, matches.told_at), matches.invited_at
                )
            end as accepted_at,
            bool_or(matches.invite_event_id is not null) over (
                partition by matches.account_id, matches.person
            ) as is_any_credited
        from matches

    )

    select
        accepts.account_id,
        accepts.person,
        accepts.enrollment_id,
        accepts.invite_event_id,
        case
            when accepts.invite_event_id is not null then null
            when known.is_invited_by_us then 'invited only afterwards'
            when known.is_invited then 'invited by another account only'
            when known.is_prospect then 'not invited'
            else 'no prospect'
        end,
        case
            when accepts.dated_at is null then accepts.invited_at
            else accepts.accepted_at
        end,
        accepts.accepted_at,
        accepts.accepted_at,
        accepts.signals,
        accepts.newest_observed_at
    from accepts
    cross join lateral (
        select
            count(*) > 0 as is_prospect,
            bool_or(invites.invited_by is not null) as is_invited,
            bool_or(invites.invited_by = accepts.account_id) as is_invited_by_us
        from invites
        where
            invites.account_id = accepts.account_id
            and invites.person = accepts.person
    ) as known
    -- A connection that one invite explains needs no reason for what came before it.
    where accepts.invite_event_id is not null or not accepts.is_any_credited
    order by accepts.account_id, accepts.person, accepts.invite_event_id;
end
$$;
