-- The spans of time in which an account may send, from a moment until another, with the
-- account's date in each. A span ends where its window closes, or where the offset of
-- the zone or the zone itself changes. None for an account without a window. Raises a
-- sentence for an end that is unknown or over a year away.
create or replace function outreach.sending_spans(
    workspace_id bigint,
    account_id bigint,
    starts_at timestamptz,
    ends_at timestamptz
)
returns table (opens_at timestamptz, closes_at timestamptz, counted_on date)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    next_timezone_at timestamp;
    window_then record;
    -- UTC without a zone, independent of the session's zone.
    opens timestamp;
    closes timestamp;
    wall_clock timestamp;
begin
    if (
        sending_spans.ends_at <= sending_spans.starts_at + interval '366 days'
    ) is not true then
        raise exception 'the time from % to % cannot be foreseen',
            coalesce(sending_spans.starts_at::text, 'an unknown moment'),
            coalesce(sending_spans.ends_at::text, 'an unknown moment')
            using
                errcode = 'invalid_parameter_value',
                hint = 'Name two moments that are at most a year apart.';
    end if;

    select accounts.next_timezone_at at time zone 'UTC'
    into next_timezone_at
    from outreach.linkedin_accounts as accounts
    where
        accounts.workspace_id = sending_spans.workspace_id
        and accounts.account_id = sending_spans.account_id
        and exists (
            select 1
            from outreach.linkedin_account_sending_windows as windows
            where
                windows.workspace_id = sending_spans.workspace_id
                and windows.account_id = sending_spans.account_id
        );

    if not found then
        return;
    end if;

    closes_at := sending_spans.starts_at;

    loop
        opens_at := outreach.clamp_to_sending_window(
            sending_spans.workspace_id, sending_spans.account_id, closes_at
        );
        exit when opens_at >= sending_spans.ends_at;

        select limits.*
        into window_then
        from outreach.limits_at(
            sending_spans.workspace_id, array[sending_spans.account_id],
            array['send_invite'], opens_at
        ) as limits;

        opens := opens_at at time zone 'UTC';
        wall_clock := opens_at at time zone window_then.timezone;
        counted_on := wall_clock::date;

        -- Correct if the offset is constant until then.
        closes := opens + (
            counted_on + (window_then.closes - time '00:00') - wall_clock
        );
        closes := coalesce(
            outreach.next_offset_change(
                window_then.timezone, opens, closes - interval '1 second'
            ),
            closes
        );

        if next_timezone_at > opens and next_timezone_at < closes then
            closes := next_timezone_at;
        end if;

        closes_at := closes at time zone 'UTC';
        return next;
    end loop;
end
$$;
