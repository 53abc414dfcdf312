-- The enrollment statuses in which an action is allowed. A message needs a connection;
-- an InMail, a comment or a look-up does not. The body is parsed at creation, so that
-- no search_path can change its meaning and a query can inline it.
create or replace function outreach.sendable_statuses(action text)
returns text []
language sql
immutable
return case
    when sendable_statuses.action = 'send_invite' then array['ready_to_invite']
    when sendable_statuses.action = 'send_message' then array['ready_to_message']
    when sendable_statuses.action in ('end_wait', 'withdraw_invite')
        then array['pending_accept']
    else array['ready_to_invite', 'pending_accept', 'ready_to_message']
end;
