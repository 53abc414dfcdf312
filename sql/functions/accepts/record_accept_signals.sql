-- Stores signals that a person and an account became connected, unless the same signal
-- was observed as early before, so that the order and repetition of signals do not
-- matter.
-- signals: rows of account_id, provider_id, public_identifier, signal, happened_at,
-- observed_at, evidence. Returns the number of new signals.
create or replace function outreach.record_accept_signals(
    workspace_id bigint,
    signals jsonb
)
returns bigint
language plpgsql
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
as $$
#variable_conflict use_column
declare
    fresh jsonb;
    kept_count bigint;
begin
    select jsonb_agg(to_jsonb(given.*))
    into fresh
    from (
        select distinct on (rows.account_id, named.person, rows.signal, rows.happened_at)
            rows.*,
            named.person
        from jsonb_to_recordset(record_accept_signals.signals) as rows (
            account_id bigint,
            provider_id text,
            public_identifier text,
            signal text,
            happened_at timestamptz,
            observed_at timestamptz,
            evidence jsonb
        )
        cross join lateral (
            select coalesce(rows.provider_id, rows.public_identifier)
        ) as named (person)
        where named.person is not null
        order by
            rows.account_id,
            named.person,
            rows.signal,
            rows.happened_at,
            rows.observed_at
    ) as given
    left join lateral (
        select earlier.observed_at
        from outreach.accept_signals as earlier
        where
            earlier.workspace_id = record_accept_signals.workspace_id
            and earlier.account_id = given.account_id
            and earlier.person = given.person
            and earlier.signal = given.signal
            and earlier.happened_at is not distinct from given.happened_at
            and earlier.observed_at <= given.observed_at
        limit 1
    ) as told_before on true
    where told_before.observed_at is null;

    -- Apart from the look-up, which a cluster does not plan inside an insert. Its own
    -- count of the inserted rows would have those that conflict too.
    with added_rows as (
        insert into outreach.accept_signals (
            workspace_id, account_id, person, provider_id, public_identifier, signal,
            happened_at, observed_at, evidence
        )
        select
            record_accept_signals.workspace_id,
            given.account_id,
            given.person,
            given.provider_id,
            given.public_identifier,
            given.signal,
            given.happened_at,
            given.observed_at,
            given.evidence
        from jsonb_to_recordset(fresh) as given (
            account_id bigint,
            person text,
            provider_id text,
            public_identifier text,
            signal text,
            happened_at timestamptz,
            observed_at timestamptz,
            evidence jsonb
        )
        on conflict do nothing
        returning accept_signals.signal_id
    )

    select count(*)
    into kept_count
    from added_rows;

    return kept_count;
end
$$;
