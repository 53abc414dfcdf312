-- Rows of the ledger, reads, webhooks and heal reports are never rewritten. One raw
-- column of each may be emptied once, if its hash is kept and nothing else changes:
-- outreach.empty_raw_columns() and outreach.empty_global_raw_columns() say when. The
-- trigger's arguments are the table, the raw column, the column of its hash, and the
-- column that says when it was emptied.
create or replace function outreach.assert_only_a_raw_column_is_emptied()
returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    before constant jsonb := to_jsonb(old);
    after constant jsonb := to_jsonb(new);
    raw_value constant text := before ->> tg_argv[1];
    kept_hash constant text := coalesce(
        before ->> tg_argv[2],
        encode(sha256(convert_to(raw_value, 'UTF8')), 'hex')
    );
begin
    if raw_value is not null
        and after ->> tg_argv[1] is null
        and after ->> tg_argv[2] = kept_hash
        and before ->> tg_argv[3] is null
        and after ->> tg_argv[3] is not null
        and before - tg_argv[1:3] = after - tg_argv[1:3]
    then
        return new;
    end if;

    raise exception
        'rows of outreach.% are append-only: only % may be emptied, and only once',
        tg_argv[0], tg_argv[1]
        using
            errcode = 'check_violation',
            hint = 'Append a row that corrects it instead. Old raw columns are emptied '
            || 'by outreach.empty_raw_columns() and '
            || 'outreach.empty_global_raw_columns().';
end
$$;

create or replace trigger provider_reads_are_only_emptied
before update on outreach.provider_reads
for each row
execute function outreach.assert_only_a_raw_column_is_emptied(
    'provider_reads', 'items', 'items_sha256', 'items_emptied_at'
);

create or replace trigger provider_wide_reads_are_only_emptied
before update on outreach.provider_wide_reads
for each row
execute function outreach.assert_only_a_raw_column_is_emptied(
    'provider_wide_reads', 'items', 'items_sha256', 'items_emptied_at'
);

create or replace trigger send_attempt_outcomes_are_only_emptied
before update on outreach.send_attempt_outcomes
for each row
execute function outreach.assert_only_a_raw_column_is_emptied(
    'send_attempt_outcomes', 'raw_response', 'raw_response_sha256',
    'raw_response_emptied_at'
);

create or replace trigger webhook_deliveries_are_only_emptied
before update on outreach.linkedin_webhook_deliveries
for each row
execute function outreach.assert_only_a_raw_column_is_emptied(
    'linkedin_webhook_deliveries', 'body', 'body_sha256', 'body_emptied_at'
);

create or replace trigger heal_reports_are_only_emptied
before update on outreach.heal_reports
for each row
execute function outreach.assert_only_a_raw_column_is_emptied(
    'heal_reports', 'proof', 'proof_sha256', 'proof_emptied_at'
);
