-- A span as the seconds it names: a day is 24 hours, whatever the clocks do meanwhile.
-- Its body is parsed when it is created, so that no search_path can change what it
-- means and a query can inline it.
create or replace function outreach.exact_span(span interval)
returns interval
language sql
immutable
strict
return make_interval(secs => extract(epoch from exact_span.span)::double precision);
