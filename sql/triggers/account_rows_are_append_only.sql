-- Links, walks, repairs and changes of settings are append-only (see event_rows_are_append_only).
create or replace trigger provider_account_links_are_append_only
before update or delete or truncate on outreach.provider_account_links
for each statement
execute function outreach.refuse_to_rewrite_history('provider_account_links');

-- Its items may be emptied: see only_raw_columns_are_emptied.
create or replace trigger provider_wide_reads_are_append_only
before delete or truncate on outreach.provider_wide_reads
for each statement
execute function outreach.refuse_to_rewrite_history('provider_wide_reads');

create or replace trigger webhook_repairs_are_append_only
before update or delete or truncate on outreach.webhook_repairs
for each statement
execute function outreach.refuse_to_rewrite_history('webhook_repairs');

create or replace trigger provider_moves_are_append_only
before update or delete or truncate on outreach.provider_moves
for each statement
execute function outreach.refuse_to_rewrite_history('provider_moves');

create or replace trigger linkedin_account_setting_audit_is_append_only
before update or delete or truncate on outreach.linkedin_account_setting_audit
for each statement
execute function outreach.refuse_to_rewrite_history('linkedin_account_setting_audit');
