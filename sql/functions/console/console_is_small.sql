-- Whether a workspace has so few enrollments, at most 2,000, that a page may count what
-- became of them itself. Security definer: the console reads it, without rights to its
-- tables.
create or replace function outreach.console_is_small(in_workspace_id bigint)
returns boolean
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    most_enrollments constant integer := 2000;
begin
    return (
        select count(*) <= most_enrollments
        from (
            select 1
            from outreach.campaign_prospects as enrollments
            where enrollments.workspace_id = in_workspace_id
            limit most_enrollments + 1
        ) as counted
    );
end
$$;

revoke execute on function outreach.console_is_small(bigint) from public;
grant execute on function outreach.console_is_small(bigint) to console;
