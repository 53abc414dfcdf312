-- Every connection between an account and a person that signals of the last 60 days
-- tell of, and which invite it answers: the last one that this account sent to them
-- before the connection's upper bound. A pure reading of signals and invites, so that
-- the order in which they came changes nothing.
-- The time lies between accepted_after, the invite, and accepted_before, the first
-- moment at which we were told; a relation's own date makes both one. Ten minutes are
-- left for the provider's clock. Without a date, the estimate is accepted_before: by
-- then it was so.
-- An undated signal of somebody who was known as connected before the invite says
-- nothing new. An invite that left the pending list was accepted only if the person is
-- found connected too.
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
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    with

    people as materialized (

        select distinct
            recent.account_id,
            recent.person
        from outreach.accept_signals as recent
        where
            recent.workspace_id = $1
            and recent.observed_at >= $2 - interval '60 days'

    ),

    told as materialized (

        select
            accept_signals.*,
            least(
                accept_signals.observed_at,
                accept_signals.happened_at + interval '10 minutes'
            ) as upper_at,
            min(
                least(
                    accept_signals.observed_at,
                    accept_signals.happened_at + interval '10 minutes'
                )
            ) filter (where accept_signals.signal <> 'invitation_gone') over (
                partition by accept_signals.account_id, accept_signals.person
            ) as known_at
        from people
        inner join outreach.accept_signals
            on
                accept_signals.workspace_id = $1
                and people.account_id = accept_signals.account_id
                and people.person = accept_signals.person

    ),

    aliases as materialized (

        select distinct
            told.account_id,
            told.person,
            told.provider_id,
            told.public_identifier
        from told

    ),

    -- LinkedIn's ids decide where both are of one kind, which their first five
    -- characters name; otherwise the public identifier does.
    found as materialized (

        select
            aliases.account_id,
            aliases.person,
            prospects.prospect_id
        from aliases
        inner join outreach.prospects
            on
                prospects.workspace_id = $1
                and aliases.provider_id = prospects.provider_id
        union
        select
            aliases.account_id,
            aliases.person,
            prospects.prospect_id
        from aliases
        inner join outreach.prospects
            on
                prospects.workspace_id = $1
                and aliases.public_identifier = prospects.public_identifier
        where
            coalesce(
                left(aliases.provider_id, 5) <> left(prospects.provider_id, 5), true
            )

    ),

    invites as materialized (

        select
            found.account_id,
            found.person,
            events.event_id,
            events.enrollment_id,
            events.account_id as invited_by,
            events.occurred_at as invited_at
        from found
        inner join outreach.campaign_prospects as enrollments
            on
                enrollments.workspace_id = $1
                and found.prospect_id = enrollments.prospect_id
        inner join outreach.campaign_events as events
            on
                events.workspace_id = $1
                and enrollments.enrollment_id = events.enrollment_id
                and events.event_type = 'invite_sent'

    ),

    matched as (

        select
            told.*,
            invite.event_id,
            invite.enrollment_id,
            invite.invited_at
        from told
        left join lateral (
            select invites.*
            from invites
            where
                invites.account_id = told.account_id
                and invites.invited_by = told.account_id
                and invites.person = told.person
                and invites.invited_at <= told.upper_at
            order by
                invites.invited_at desc,
                invites.event_id desc
            limit 1
        ) as invite on true
        where
            invite.event_id is null
            or told.happened_at is not null
            or told.known_at is null
            or told.known_at >= invite.invited_at

    ),

    happenings as (

        select
            matched.account_id,
            matched.person,
            matched.event_id as invite_event_id,
            matched.enrollment_id,
            matched.invited_at,
            min(matched.happened_at) as dated_at,
            min(matched.observed_at) filter (
                where matched.signal <> 'invitation_gone'
            ) as told_at,
            max(matched.observed_at) as newest_observed_at,
            array_agg(distinct matched.signal) filter (
                where matched.signal <> 'invitation_gone'
            )
            || case
                when
                    bool_or(matched.signal = 'invitation_gone')
                    and bool_or(matched.signal = 'relation')
                    then array['invitation_gone']
                else '{}'
            end as signals
        from matched
        group by
            matched.account_id,
            matched.person,
            matched.event_id,
            matched.enrollment_id,
            matched.invited_at
        having bool_or(matched.signal <> 'invitation_gone')

    ),

    bounded as (

        select
            happenings.*,
            case
                when happenings.dated_at is null then happenings.told_at
                else greatest(
                    least(happenings.dated_at, happenings.told_at),
                    happenings.invited_at
                )
            end as accepted_at
        from happenings

    )

    select
        bounded.account_id,
        bounded.person,
        bounded.enrollment_id,
        bounded.invite_event_id,
        case
            when bounded.invite_event_id is not null then null
            when exists (
                select 1
                from invites
                where
                    invites.account_id = bounded.account_id
                    and invites.person = bounded.person
                    and invites.invited_by = bounded.account_id
            ) then 'invited only afterwards'
            when exists (
                select 1
                from invites
                where
                    invites.account_id = bounded.account_id
                    and invites.person = bounded.person
            ) then 'invited by another account only'
            when exists (
                select 1
                from found
                where
                    found.account_id = bounded.account_id
                    and found.person = bounded.person
            ) then 'not invited'
            else 'no prospect'
        end as reason,
        case
            when bounded.dated_at is null then bounded.invited_at
            else bounded.accepted_at
        end as accepted_after,
        bounded.accepted_at as accepted_before,
        bounded.accepted_at,
        bounded.signals,
        bounded.newest_observed_at
    from bounded
    -- What is credited by one invite is no riddle because of what came before it.
    where
        bounded.invite_event_id is not null
        or not exists (
            select 1
            from bounded as credited
            where
                credited.account_id = bounded.account_id
                and credited.person = bounded.person
                and credited.invite_event_id is not null
        )
    order by
        bounded.account_id,
        bounded.person,
        bounded.invite_event_id
$$;
