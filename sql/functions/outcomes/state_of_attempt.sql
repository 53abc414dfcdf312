-- What became of an attempt, from the kinds of evidence that its outcomes give: sent,
-- unsent, unknown or open (no outcome yet). Evidence of a send outweighs everything
-- else, and a definite no outweighs doubt. Null counts as no such evidence.
-- Its body is parsed when it is created, so that no search_path can change what it
-- means and a query can inline it.
create or replace function outreach.state_of_attempt(
    is_sent boolean,
    is_unsent boolean,
    is_unknown boolean
)
returns text
language sql
immutable
parallel safe
return
    case
        when state_of_attempt.is_sent then 'sent'
        when state_of_attempt.is_unsent then 'unsent'
        when state_of_attempt.is_unknown then 'unknown'
        else 'open'
    end;
