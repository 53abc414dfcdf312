-- Reports of heals are append-only (see event_rows_are_append_only).
-- Their proofs may be emptied: see only_raw_columns_are_emptied.
create or replace trigger heal_reports_are_append_only
before delete or truncate on outreach.heal_reports
for each statement
execute function outreach.refuse_to_rewrite_history('heal_reports');
