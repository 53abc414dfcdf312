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
    account record;
    windows record;
    timezone text;
    -- UTC without a zone, independent of the session's zone.
    next_timezone_at timestamp;
    opens timestamp;
    closes timestamp;
    wall_clock timestamp;
    closes_then time;
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

    select
        accounts.timezone,
        accounts.next_timezone,
        accounts.next_timezone_at
    into account
    from outreach.linkedin_accounts as accounts
    where
        accounts.workspace_id = sending_spans.workspace_id
        and accounts.account_id = sending_spans.account_id;

    select
        array_agg(of_account.weekday order by of_account.opens) as weekdays,
        array_agg(of_account.opens order by of_account.opens) as opens,
        array_agg(of_account.closes order by of_account.opens) as closes
    into windows
    from outreach.linkedin_account_sending_windows as of_account
    where
        of_account.workspace_id = sending_spans.workspace_id
        and of_account.account_id = sending_spans.account_id;

    if windows.weekdays is null then
        return;
    end if;

    next_timezone_at := account.next_timezone_at at time zone 'UTC';
    closes_at := sending_spans.starts_at;

    loop
        opens_at := outreach.clamp_to_sending_window(
            sending_spans.workspace_id, sending_spans.account_id, closes_at
        );
        exit when opens_at >= sending_spans.ends_at;

        timezone := outreach.account_timezone(
            account.timezone, account.next_timezone, account.next_timezone_at, opens_at
        );
        opens := opens_at at time zone 'UTC';
        wall_clock := opens_at at time zone timezone;
        counted_on := wall_clock::date;

        select open_windows.closes
        into closes_then
        from unnest(windows.weekdays, windows.opens, windows.closes) as open_windows (
            weekday, opens, closes
        )
        where outreach.is_inside_window(
            wall_clock, open_windows.weekday, open_windows.opens, open_windows.closes
        )
        limit 1;

        -- Correct if the offset is constant until then.
        closes := opens + (
            counted_on + (closes_then - time '00:00') - wall_clock
        );
        closes := coalesce(
            outreach.next_offset_change(
                timezone, opens, closes - interval '1 second'
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
