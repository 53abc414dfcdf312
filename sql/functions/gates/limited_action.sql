-- The action whose limits and holds an action is subject to, and as which the ledger
-- counts it: an answer is a message. The body is parsed here, so that Postgres inlines
-- it into every query.
create or replace function outreach.limited_action(action text)
returns text
language sql
immutable
return case limited_action.action
    when 'answer_reply' then 'send_message'
    else limited_action.action
end;
