-- The same happening told twice, by webhook, poll or replay, has the same key.
-- subject: the person of a relation, the message's id, or what an account's status
-- became and in which minute that was told.
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
