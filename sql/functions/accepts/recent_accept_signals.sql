-- All signals about each pair of account and person with at least one signal in the
-- last 60 days. upper_at: the latest moment at which the connection can have begun,
-- with ten minutes for the provider's clock. known_at: when the person was first known
-- to be connected.
create or replace function outreach.recent_accept_signals(
    workspace_id bigint,
    as_of timestamptz
)
returns table (
    account_id bigint,
    person text,
    provider_id text,
    public_identifier text,
    signal text,
    happened_at timestamptz,
    observed_at timestamptz,
    upper_at timestamptz,
    known_at timestamptz
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    with

    people as materialized (

        select distinct
            recent.account_id,
            recent.person
        from outreach.accept_signals as recent
        where
            recent.workspace_id = recent_accept_signals.workspace_id
            and recent.observed_at >= as_of - interval '60 days'

    )

    select
        signals.account_id,
        signals.person,
        signals.provider_id,
        signals.public_identifier,
        signals.signal,
        signals.happened_at,
        signals.observed_at,
        bounds.upper_at,
        min(bounds.upper_at) filter (
            where signals.signal <> 'invitation_gone'
        ) over (
            partition by signals.account_id, signals.person
        )
    from people
    inner join outreach.accept_signals as signals
        on
            signals.workspace_id = recent_accept_signals.workspace_id
            and people.account_id = signals.account_id
            and people.person = signals.person
    cross join lateral (
        select
            least(
                signals.observed_at, signals.happened_at + interval '10 minutes'
            ) as upper_at
    ) as bounds;
end
$$;
