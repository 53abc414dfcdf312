-- A person's value, or another row's value for it if it is empty: known values are never
-- overwritten. The body is parsed at creation, so that no search_path can change its
-- meaning and a query can inline it.
create or replace function outreach.filled_text(known text, brought text)
returns text
language sql
immutable
return coalesce(nullif(btrim(filled_text.known), ''), filled_text.brought);
