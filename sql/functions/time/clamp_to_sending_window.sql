-- The earliest moment at or after at that is inside a sending window of the account:
-- the only implementation of windows in the project. Null for null. It steps forward in
-- UTC through spans of constant offset and never converts local time to UTC, because
-- `timestamp at time zone` is wrong in three cases. A window that would open in the
-- spring gap opens at the first instant after the gap. A window wholly in the gap does
-- not open that day. The repeated autumn hour is inside twice.
create or replace function outreach.clamp_to_sending_window(
    workspace_id bigint,
    account_id bigint,
    at timestamptz
)
returns timestamptz
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    account record;
    -- Moments below are UTC without a zone, independent of the session's zone.
    here timestamp;
    wall_clock timestamp;
    monday timestamp;
    opening timestamp;
    inside timestamp;
    clock_change timestamp;
begin
    if clamp_to_sending_window.at is null then
        return null;
    end if;

    if clamp_to_sending_window.at not between '0001-01-01Z' and '9999-12-01Z' then
        raise exception 'no sending window can be computed from % on',
            clamp_to_sending_window.at
            using
                errcode = 'datetime_field_overflow',
                hint = 'Give a moment between the years 1 and 9999.';
    end if;

    select
        accounts.name,
        accounts.timezone,
        accounts.next_timezone,
        accounts.next_timezone_at at time zone 'UTC' as next_timezone_at
    into account
    from outreach.linkedin_accounts as accounts
    where
        accounts.workspace_id = clamp_to_sending_window.workspace_id
        and accounts.account_id = clamp_to_sending_window.account_id;

    if not found then
        raise exception 'workspace % has no LinkedIn account %',
            clamp_to_sending_window.workspace_id, clamp_to_sending_window.account_id
            using
                errcode = 'no_data_found',
                hint = 'Search for the account in outreach.linkedin_accounts.';
    end if;

    here := clamp_to_sending_window.at at time zone 'UTC';

    loop
        if account.next_timezone_at <= here then
            account.timezone := account.next_timezone;
            account.next_timezone_at := null;
        end if;

        wall_clock := (here at time zone 'UTC') at time zone account.timezone;
        monday := date_trunc('week', wall_clock);

        -- The first wall-clock time from then on, while the offset is constant.
        select
            min(
                case
                    when wall_clock < monday + openings.closes
                        then greatest(wall_clock, monday + openings.opens)
                    else monday + openings.opens + interval '7 days'
                end
            )
        into opening
        from (
            select
                make_interval(days => windows.weekday - 1)
                + (windows.opens - time '00:00') as opens,
                make_interval(days => windows.weekday - 1)
                + (windows.closes - time '00:00') as closes
            from outreach.linkedin_account_sending_windows as windows
            where
                windows.workspace_id = clamp_to_sending_window.workspace_id
                and windows.account_id = clamp_to_sending_window.account_id
        ) as openings;

        if opening is null then
            raise exception
                'LinkedIn account % (%) of workspace % has no sending window',
                clamp_to_sending_window.account_id, account.name,
                clamp_to_sending_window.workspace_id
                using
                    errcode = 'object_not_in_prerequisite_state',
                    hint = 'Give it one with `trueup account windows`.';
        end if;

        if opening = wall_clock then
            return here at time zone 'UTC';
        end if;

        -- Correct if the offset is constant until then.
        inside := here + (opening - wall_clock);
        clock_change := coalesce(
            outreach.next_offset_change(
                account.timezone, here, least(inside, account.next_timezone_at)
            ),
            case
                when account.next_timezone_at <= inside then account.next_timezone_at
            end
        );

        if clock_change is null then
            return inside at time zone 'UTC';
        end if;

        here := clock_change;
    end loop;
end
$$;
