-- A span as the seconds it names: a day is 24 hours, whatever the clocks do meanwhile.
create or replace function outreach.exact_span(span interval)
returns interval
language sql
immutable
strict
set search_path = ''
as $$
    select make_interval(secs => extract(epoch from $1)::double precision)
$$;
