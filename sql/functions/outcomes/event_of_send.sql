-- The type of the event that a sent attempt gets. A success without a proof is an event
-- of its own. The body is parsed at creation, so that no search_path can change its
-- meaning and a query can inline it.
create or replace function outreach.event_of_send(action text, outcome text)
returns text
language sql
immutable
return case
    when event_of_send.outcome = 'sent_unproven' then 'send_unproven'
    when event_of_send.action = 'resolve_profile' then 'profile_resolved'
    when event_of_send.action = 'send_invite' then 'invite_sent'
    when event_of_send.action = 'send_message' then 'message_sent'
    when event_of_send.action = 'send_inmail' then 'inmail_sent'
    when event_of_send.action = 'comment' then 'comment_posted'
    when event_of_send.action = 'withdraw_invite' then 'invite_withdrawn'
end;
