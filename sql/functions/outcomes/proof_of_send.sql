-- What is known about a send from two witnesses, the ledger and the provider: proven,
-- unproven, missing, foreign, unknown or unsent. Null counts as no evidence.
-- is_observed: found in the provider's lists. has_an_echo: the person reacted to it.
-- is_foreign: found there, and no other attempt explains it. is_missing: absent from
-- complete reads. has_reference: the answer has the provider's id of it. The body is
-- parsed at creation, so that no search_path can change its meaning and a query can
-- inline it.
create or replace function outreach.proof_of_send(
    attempt_state text,
    is_observed boolean,
    has_an_echo boolean,
    is_foreign boolean,
    is_missing boolean,
    has_reference boolean
)
returns text
language sql
immutable
parallel safe
return
    case
        when
            proof_of_send.attempt_state = 'unsent' and proof_of_send.is_foreign
            then 'foreign'
        when proof_of_send.attempt_state = 'unsent' then 'unsent'
        when
            proof_of_send.is_observed or proof_of_send.has_an_echo
            then 'proven'
        when proof_of_send.attempt_state in ('unknown', 'open') then 'unknown'
        when proof_of_send.is_missing then 'missing'
        when proof_of_send.has_reference then 'proven'
        else 'unproven'
    end;
