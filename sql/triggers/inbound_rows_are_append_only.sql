-- Received webhooks, accept signals and credits are append-only: a wrong decision is
-- followed by another row (see event_rows_are_append_only).
-- Bodies may be emptied: see only_raw_columns_are_emptied.
create or replace trigger webhook_deliveries_are_append_only
before delete or truncate on outreach.linkedin_webhook_deliveries
for each statement
execute function outreach.refuse_to_rewrite_history('linkedin_webhook_deliveries');

create or replace trigger accept_signals_are_append_only
before update or delete or truncate on outreach.accept_signals
for each statement
execute function outreach.refuse_to_rewrite_history('accept_signals');

create or replace trigger accept_credits_are_append_only
before update or delete or truncate on outreach.accept_credits
for each statement
execute function outreach.refuse_to_rewrite_history('accept_credits');
