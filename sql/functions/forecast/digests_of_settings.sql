-- A number for each account of a workspace that has a limit, a sending window or a hold,
-- which changes with each of them (outreach.forecast_digests).
create or replace function outreach.digests_of_settings(workspace_id bigint)
returns table (account_id bigint, digest numeric)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    select
        parts.account_id,
        sum(parts.digest) as digest
    from (
        select
            limits.account_id,
            -- As text: a gap of a month equals one of 30 days.
            hashtextextended(
                (row(limits.*)::outreach.linkedin_account_limits)::text, 0
            ) as digest
        from outreach.linkedin_account_limits as limits
        where limits.workspace_id = digests_of_settings.workspace_id
        union all
        select
            windows.account_id,
            hash_record_extended(
                row(windows.*)::outreach.linkedin_account_sending_windows, 1
            )
        from outreach.linkedin_account_sending_windows as windows
        where windows.workspace_id = digests_of_settings.workspace_id
        union all
        select
            holds.account_id,
            hash_record_extended(
                row(holds.*)::outreach.linkedin_account_holds, 2
            )
        from outreach.linkedin_account_holds as holds
        where holds.workspace_id = digests_of_settings.workspace_id
    ) as parts
    group by parts.account_id;
end
$$;
