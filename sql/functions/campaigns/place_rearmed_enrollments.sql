-- Sets the due time of each row of the temporary table rearming: its account's next
-- opening plus jitter, clamped again. An opening is computed once per account.
create or replace function outreach.place_rearmed_enrollments(
    workspace_id bigint,
    at timestamptz
)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    update pg_temp.rearming
    set
        run_at = outreach.clamp_to_sending_window(
            place_rearmed_enrollments.workspace_id, rearming.account_id,
            openings.opens_at
            + outreach.send_jitter(
                place_rearmed_enrollments.workspace_id, rearming.enrollment_id,
                (place_rearmed_enrollments.at at time zone 'UTC')::date
            )
        )
    from (
        select
            accounts.account_id,
            outreach.clamp_to_sending_window(
                place_rearmed_enrollments.workspace_id, accounts.account_id,
                place_rearmed_enrollments.at
            ) as opens_at
        from (
            select distinct pairs.account_id
            from pg_temp.rearming as pairs
        ) as accounts
    ) as openings
    where rearming.account_id = openings.account_id;
end
$$;
