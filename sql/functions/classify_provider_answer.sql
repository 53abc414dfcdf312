-- The outcome class of what came of a call.
-- reached: not_sent (nothing left our side), unanswered (something may have) or
-- answered. A yes without its id proves nothing for an invite: unknown.
create or replace function outreach.classify_provider_answer(
    action text,
    reached text,
    http_status integer,
    error_type text,
    is_well_formed boolean,
    provider_reference text
)
returns text
language sql
stable
set search_path = ''
as $$
    select
        case
            when $2 = 'not_sent' then 'retry_safe'
            when $2 <> 'answered' then 'unknown'
            when $3 between 200 and 299 then
                case
                    when not $5 then 'unknown'
                    when $6 is not null then 'sent_proven'
                    when $1 = 'send_invite' then 'unknown'
                    else 'sent_unproven'
                end
            else coalesce(
                (
                    select classes.outcome
                    from outreach.provider_error_classes as classes
                    where
                        (classes.error_type = $4 and classes.http_status in ($3, 0))
                        or (classes.error_type = '*' and classes.http_status = $3)
                    order by
                        classes.error_type = '*',
                        classes.http_status = 0
                    limit 1
                ),
                case
                    when $3 between 400 and 499 then 'permanent_prospect'
                    else 'unknown'
                end
            )
        end
$$;
