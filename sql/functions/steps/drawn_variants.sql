-- The variant of a step that an enrollment gets, one row each for steps that have
-- several: the one that was assigned and is still there, else a draw by a stable hash
-- over the weights (settings.weights, 1 by default). A variant may have no text, such as
-- an invite without a note.
-- enrollment_ids, step_ids: pairs.
create or replace function outreach.drawn_variants(
    workspace_id bigint,
    enrollment_ids bigint [],
    step_ids bigint []
)
returns table (enrollment_id bigint, step_id bigint, variant text)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    with

    shares as (

        select
            asked.enrollment_id,
            asked.step_id,
            variants.variant,
            sum(variants.weight) over (
                partition by asked.enrollment_id, asked.step_id
                order by variants.variant collate "C"
            ) as upto,
            sum(variants.weight) over (
                partition by asked.enrollment_id, asked.step_id
            ) as total,
            count(*) over (
                partition by asked.enrollment_id, asked.step_id
            ) as variant_count
        from unnest(enrollment_ids, step_ids) as asked (enrollment_id, step_id)
        inner join outreach.campaign_steps as steps
            on
                steps.workspace_id = drawn_variants.workspace_id
                and asked.step_id = steps.step_id
        cross join lateral (
            select
                named.variant,
                coalesce(
                    (steps.settings -> 'weights' ->> named.variant)::integer, 1
                ) as weight
            from (
                select templates.variant
                from outreach.campaign_step_templates as templates
                where
                    templates.workspace_id = drawn_variants.workspace_id
                    and templates.step_id = steps.step_id
                union
                select jsonb_object_keys(steps.settings -> 'weights')
            ) as named (variant)
        ) as variants

    )

    select distinct on (shares.enrollment_id, shares.step_id)
        shares.enrollment_id,
        shares.step_id,
        shares.variant
    from shares
    left join outreach.enrollment_step_variants as assigned
        on
            assigned.workspace_id = drawn_variants.workspace_id
            and shares.enrollment_id = assigned.enrollment_id
            and shares.step_id = assigned.step_id
    where
        shares.variant_count > 1
        and (
            shares.variant = assigned.variant
            or shares.upto > outreach.stable_draw(
                concat_ws(
                    ':', drawn_variants.workspace_id, shares.enrollment_id,
                    shares.step_id
                )
            ) % shares.total
        )
    order by
        shares.enrollment_id,
        shares.step_id,
        shares.variant is not distinct from assigned.variant desc,
        shares.upto;
end
$$;
