-- Moves the times of an import's people into sending windows: clamped, jittered, and
-- clamped again. Each step analyzes its table, because without statistics the planner
-- may choose nested loops.
create or replace function outreach.place_imported_prospects(
    workspace_id bigint,
    at timestamptz
)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    analyze pg_temp.imported_prospects;

    with

    openings as (

        select
            earliest.account_id,
            earliest.run_at,
            outreach.clamp_to_sending_window(
                place_imported_prospects.workspace_id, earliest.account_id,
                earliest.run_at
            ) as opens_at
        from (
            select distinct
                imported.account_id,
                imported.run_at
            from pg_temp.imported_prospects as imported
            where imported.enrollment_id is not null
        ) as earliest

    )

    update pg_temp.imported_prospects as imported
    set
        run_at = openings.opens_at + outreach.send_jitter(
            place_imported_prospects.workspace_id, imported.enrollment_id,
            (place_imported_prospects.at at time zone 'UTC')::date
        )
    from openings
    where
        imported.enrollment_id is not null
        and imported.account_id = openings.account_id
        and imported.run_at = openings.run_at;

    analyze pg_temp.imported_prospects;

    with

    placed as (

        select
            moments.account_id,
            moments.run_at as moment,
            outreach.clamp_to_sending_window(
                place_imported_prospects.workspace_id, moments.account_id,
                moments.run_at
            ) as run_at
        from (
            select distinct
                imported.account_id,
                imported.run_at
            from pg_temp.imported_prospects as imported
            where imported.enrollment_id is not null
        ) as moments

    )

    update pg_temp.imported_prospects as imported
    set run_at = placed.run_at
    from placed
    where
        imported.account_id = placed.account_id
        and imported.run_at = placed.moment
        and placed.run_at <> placed.moment;
end
$$;
