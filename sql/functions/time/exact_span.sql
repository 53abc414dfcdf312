-- A span as the seconds it names: a day is 24 hours, whatever the clocks do meanwhile.
-- No search_path of its own, so that a query can take it in; every name is qualified.
create or replace function outreach.exact_span(span interval)
returns interval
language sql
immutable
strict
as $$
    select make_interval(secs => extract(epoch from $1)::double precision)
$$;
