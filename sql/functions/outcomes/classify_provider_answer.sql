-- The outcome class of the result of a call.
-- reached: not_sent (no byte was sent), unanswered (bytes may have been sent) or
-- answered. A success without an id proves nothing for an invite or a look-up and is
-- unknown.
-- account_answers: whether the provider still knew the account after a 404; null if
-- that is not known. A 404 concerns the person only if the account is known: otherwise
-- an account that was added again would fail its whole queue. It never concerns an
-- account that is known, whatever its type says.
-- facts: the facts of the profile, if it was read after an ambiguous refusal.
create or replace function outreach.classify_provider_answer(
    action text,
    reached text,
    http_status integer,
    error_type text,
    is_well_formed boolean,
    provider_reference text,
    account_answers boolean default null,
    facts jsonb default '{}'
)
returns text
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    class text;
    is_connected constant boolean := coalesce(
        (facts ->> 'is_connected')::boolean, false
    );
    is_pending constant boolean := coalesce(
        (facts ->> 'is_invite_pending')::boolean, false
    );
begin
    if reached = 'not_sent' then
        return 'retry_safe';
    elsif reached <> 'answered' then
        return 'unknown';
    elsif http_status between 200 and 299 then
        return case
            when not is_well_formed then 'unknown'
            when provider_reference is not null then 'sent_proven'
            when action in ('send_message', 'send_inmail', 'comment')
                then 'sent_unproven'
            else 'unknown'
        end;
    end if;

    class := coalesce(
        outreach.provider_error_class(http_status, error_type),
        case when http_status between 400 and 499 then 'permanent_prospect' end,
        'unknown'
    );

    if http_status = 404 and class = 'permanent_prospect' then
        return case
            when account_answers is null then 'retry_safe'
            when not account_answers then 'account_down'
            when action <> 'withdraw_invite' then class
            when is_connected then 'already_connected'
            -- Looked up again and not found; without that look-up the call is repeated.
            when facts ? 'is_connected' and not is_pending then 'already_gone'
            else 'retry_safe'
        end;
    elsif http_status = 404 and class = 'account_down' and account_answers then
        return 'retry_safe';
    elsif outreach.is_unexplained_type(error_type) then
        return outreach.explain_refusal(action, class, facts);
    end if;

    return class;
end
$$;
