-- An interval in seconds, with days of exactly 24 hours, independent of DST. The body
-- is parsed at creation, so that no search_path can change its meaning and a query can
-- inline it.
create or replace function outreach.exact_span(span interval)
returns interval
language sql
immutable
strict
return make_interval(secs => extract(epoch from exact_span.span)::double precision);
