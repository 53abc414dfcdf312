-- The first pair of windows that share a moment of a weekday, or no row. Windows that
-- only touch (one closes at 12:00, the next opens at 12:00) do not overlap.
create or replace function outreach.overlapping_windows(
    windows outreach.linkedin_account_sending_windows []
)
returns table (
    weekday smallint,
    opens time,
    closes time,
    next_opens time,
    next_closes time
)
language sql
immutable
rows 1
set search_path = pg_catalog, pg_temp
as $$
    select
        pairs.weekday,
        pairs.opens,
        pairs.closes,
        pairs.next_opens,
        pairs.next_closes
    from (
        select
            windows.weekday,
            windows.opens,
            windows.closes,
            lead(windows.opens) over later as next_opens,
            lead(windows.closes) over later as next_closes
        from unnest($1) as windows
        window later as (
            partition by windows.weekday
            order by windows.opens, windows.closes
        )
    ) as pairs
    where pairs.next_opens < pairs.closes
    order by
        pairs.weekday,
        pairs.opens
    limit 1
$$;
