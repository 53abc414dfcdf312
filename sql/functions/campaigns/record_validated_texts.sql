-- Keeps the stamps of texts that the validator accepted. Only the role validator may: a
-- template is saved only with one of them.
create or replace function outreach.record_validated_texts(
    workspace_id bigint,
    validation_stamps text [],
    as_of timestamptz default null
)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    at constant timestamptz := coalesce(as_of, clock_timestamp());
begin
    insert into outreach.validated_texts (
        workspace_id, validation_stamp, validated_at
    )
    select
        record_validated_texts.workspace_id,
        stamps.stamp,
        at
    from unnest(validation_stamps) as stamps (stamp)
    on conflict do nothing;
end
$$;
