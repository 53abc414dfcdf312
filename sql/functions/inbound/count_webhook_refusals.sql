-- Adds webhooks that were refused to their hour. counts: of each of the reasons, which
-- are distinct.
create or replace function outreach.count_webhook_refusals(
    reasons text [],
    counts bigint [],
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
    insert into outreach.linkedin_webhook_refusals as refusals (
        refused_hour, reason, refused_count, newest_at
    )
    select
        date_trunc('hour', at, 'UTC'),
        given.reason,
        given.refused_count,
        at
    from unnest(reasons, counts) as given (reason, refused_count)
    on conflict (refused_hour, reason) do update set
        refused_count = refusals.refused_count + excluded.refused_count,
        newest_at = greatest(refusals.newest_at, excluded.newest_at);
end
$$;
