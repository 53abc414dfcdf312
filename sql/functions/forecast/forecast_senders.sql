-- What a simulation of the sender needs of each account that has jobs, one row each.
-- account_ids: of each job, account by account. first_of, last_of: the account's first and
-- last position among them.
-- has_window, spans: see outreach.simulated_calendars. pending_count: how many invites are
-- out, null without a limit of them. unread_blocker, unread_until: see
-- outreach.simulated_reading.
create or replace function outreach.forecast_senders(
    workspace_id bigint,
    account_ids bigint [],
    as_of timestamptz,
    until timestamptz
)
returns table (
    account_id bigint,
    first_of bigint,
    last_of bigint,
    has_window boolean,
    spans outreach.simulated_span [],
    pending_count bigint,
    unread_blocker text,
    unread_until timestamptz
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    asked_ids constant bigint [] := array(
        select distinct jobs.account_id
        from unnest(forecast_senders.account_ids) as jobs (account_id)
    );
begin
    return query
    select
        calendars.account_id,
        positions.first_of,
        positions.last_of,
        calendars.has_window,
        calendars.spans,
        invites.invite_count,
        unread.blocker,
        unread.lifts_at
    from outreach.simulated_calendars(
        forecast_senders.workspace_id, asked_ids, forecast_senders.as_of,
        forecast_senders.until
    ) as calendars
    inner join (
        select
            jobs.account_id,
            min(jobs.number) as first_of,
            max(jobs.number) as last_of
        from unnest(forecast_senders.account_ids) with ordinality as jobs (
            account_id, number
        )
        group by jobs.account_id
    ) as positions
        on calendars.account_id = positions.account_id
    left join outreach.outstanding_invite_counts(
        forecast_senders.workspace_id, asked_ids, only_limited => true
    ) as invites
        on calendars.account_id = invites.account_id
    left join outreach.simulated_reading(
        forecast_senders.workspace_id, asked_ids, forecast_senders.as_of
    ) as unread
        on calendars.account_id = unread.account_id
    order by calendars.account_id;
end
$$;
