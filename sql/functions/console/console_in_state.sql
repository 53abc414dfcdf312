-- Those of these enrollments of a campaign that a number of its card counts, as the model
-- int_step_results says: sent, accepted, replied, failed or parked. What else is wanted
-- is null for all. Security definer: the console reads it, without rights to its tables.
create or replace function outreach.console_in_state(
    in_workspace_id bigint,
    in_campaign_id bigint,
    enrollment_ids bigint [],
    wanted_step_id bigint,
    wanted_variant text,
    wanted_state text
)
returns table (enrollment_id bigint)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    select asked.enrollment_id
    from unnest(enrollment_ids) as asked (enrollment_id)
    where
        exists (
            select 1
            from analytics_intermediate.int_step_results as results
            where
                results.workspace_id = in_workspace_id
                and results.enrollment_id = asked.enrollment_id
                and results.campaign_id = in_campaign_id
                and results.result = wanted_state
                and (wanted_step_id is null or results.step_id = wanted_step_id)
                and (wanted_variant is null or results.variant = wanted_variant)
            offset 0 -- keeps this a look-up per person
        );
end
$$;

revoke execute on function outreach.console_in_state(
    bigint, bigint, bigint [], bigint, text, text
) from public;
grant execute on function outreach.console_in_state(
    bigint, bigint, bigint [], bigint, text, text
) to console;
