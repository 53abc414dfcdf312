-- Events, attempts, outcomes, audit rows and heals are append-only. A wrong accept is
-- reversed by another row and not deleted (LL#275 kept them for forensics).
create or replace trigger send_attempts_are_append_only
before update or delete or truncate on outreach.send_attempts
for each statement
execute function outreach.refuse_to_rewrite_history('send_attempts');

-- Its answers may be emptied: see only_raw_columns_are_emptied.
create or replace trigger send_attempt_outcomes_are_append_only
before delete or truncate on outreach.send_attempt_outcomes
for each statement
execute function outreach.refuse_to_rewrite_history('send_attempt_outcomes');

create or replace trigger campaign_events_are_append_only
before update or delete or truncate on outreach.campaign_events
for each statement
execute function outreach.refuse_to_rewrite_history('campaign_events');

create or replace trigger linkedin_events_are_append_only
before update or delete or truncate on outreach.linkedin_events
for each statement
execute function outreach.refuse_to_rewrite_history('linkedin_events');

-- Its items may be emptied: see only_raw_columns_are_emptied.
create or replace trigger provider_reads_are_append_only
before delete or truncate on outreach.provider_reads
for each statement
execute function outreach.refuse_to_rewrite_history('provider_reads');

create or replace trigger account_status_audit_is_append_only
before update or delete or truncate on outreach.linkedin_account_status_audit
for each statement
execute function outreach.refuse_to_rewrite_history('linkedin_account_status_audit');

create or replace trigger pause_audit_is_append_only
before update or delete or truncate on outreach.pause_audit
for each statement
execute function outreach.refuse_to_rewrite_history('pause_audit');

create or replace trigger do_not_contact_audit_is_append_only
before update or delete or truncate on outreach.do_not_contact_audit
for each statement
execute function outreach.refuse_to_rewrite_history('do_not_contact_audit');

create or replace trigger prospect_field_audit_is_append_only
before update or delete or truncate on outreach.prospect_field_audit
for each statement
execute function outreach.refuse_to_rewrite_history('prospect_field_audit');

create or replace trigger counter_heals_are_append_only
before update or delete or truncate on outreach.linkedin_counter_heals
for each statement
execute function outreach.refuse_to_rewrite_history('linkedin_counter_heals');

create or replace trigger reply_answers_are_append_only
before update or delete or truncate on outreach.reply_answers
for each statement
execute function outreach.refuse_to_rewrite_history('reply_answers');

create or replace trigger reply_reads_are_append_only
before update or delete or truncate on outreach.reply_reads
for each statement
execute function outreach.refuse_to_rewrite_history('reply_reads');
