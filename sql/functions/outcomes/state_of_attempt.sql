-- The state of an attempt from the evidence of its outcomes: sent, unsent, unknown or
-- open (no outcome yet). Evidence of a send has priority over everything else, and
-- proof of no send over unknown. Null counts as no evidence. The body is parsed at
-- creation, so that no search_path can change its meaning and a query can inline it.
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
