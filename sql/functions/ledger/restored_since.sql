-- The moment after which a restored ledger may lack sends: that of the newest attempt
-- that it holds, or of its first job where it holds none.
create or replace function outreach.restored_since()
returns timestamptz
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
    return coalesce(
        (
            select max(attempts.begun_at)
            from outreach.send_attempts as attempts
            where not attempts.is_found
        ),
        (
            select min(jobs.created_at)
            from outreach.campaign_send_jobs as jobs
        ),
        '-infinity'
    );
end
$$;
