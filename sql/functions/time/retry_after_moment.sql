-- The moment of a Retry-After header: seconds from the answer, or an HTTP date. Null
-- without a header or for any other text. At most 7 days, and at least a minute, from
-- the answer: a refused call spends no limit, so 'Retry-After: 0' would be called again
-- at once.
create or replace function outreach.retry_after_moment(
    retry_after text,
    answered_at timestamptz
)
returns timestamptz
language plpgsql
stable
strict -- greatest() and least() would ignore a missing header
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
