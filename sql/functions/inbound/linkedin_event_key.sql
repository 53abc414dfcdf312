-- The key of an event, the same for each report of it by webhook, poll or replay.
-- subject: the person of a relation, the message's id, or an account's new status with
-- the minute of its report.
create or replace function outreach.linkedin_event_key(
    event_type text,
    account_id bigint,
    subject text
)
returns text
language sql
immutable
set search_path = pg_catalog, pg_temp
as $$
    select
        encode(
            sha256(convert_to(jsonb_build_array($1, $2, $3)::text, 'UTF8')), 'hex'
        )
$$;
