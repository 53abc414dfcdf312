-- The moment that a Retry-After header names: seconds from the answer, or an HTTP
-- date; null without a header or for one that says neither. Never over 7 days off,
-- and never under a minute: a refused call spends no limit, so nothing else would
-- keep a 'Retry-After: 0' from being called again at once.
create or replace function outreach.retry_after_moment(
    retry_after text,
    answered_at timestamptz
)
returns timestamptz
language plpgsql
stable
strict -- greatest() and least() would pass over a missing header
set search_path = pg_catalog, pg_temp
set timezone = 'UTC'
as $$
declare
    earliest constant timestamptz := answered_at + interval '1 minute';
    latest constant timestamptz := answered_at + interval '168 hours';
begin
    if retry_after ~ '^\s*\d{1,9}\s*$' then
        return least(
            greatest(
                answered_at + make_interval(secs => retry_after::integer), earliest
            ),
            latest
        );
    end if;

    return least(greatest(retry_after::timestamptz, earliest), latest);
exception
    when data_exception then
        return null;
end
$$;
