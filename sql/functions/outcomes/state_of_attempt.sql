-- What became of an attempt, from the kinds of evidence that its outcomes give: sent,
-- unsent, unknown or open (no outcome yet). Evidence of a send outweighs everything
-- else, and a definite no outweighs doubt. Null counts as no such evidence.
-- No search_path of its own, so that a query can take it in; every name is qualified.
create or replace function outreach.state_of_attempt(
    is_sent boolean,
    is_unsent boolean,
    is_unknown boolean
)
returns text
language sql
immutable
parallel safe
as $$
    select
        case
            when $1 then 'sent'
            when $2 then 'unsent'
            when $3 then 'unknown'
            else 'open'
        end
$$;
