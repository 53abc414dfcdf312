-- The candidates that a typed text names by id or name, each with its rank (see name_rank).
-- If there is none, the three most similar names with rank 9: of each workspace, or of
-- all if not is_by_workspace.
-- candidates: [{"workspace_id", "workspace_name", "found_id", "name", "detail"}]
create or replace function outreach.best_named(
    wanted text,
    candidates jsonb,
    is_by_workspace boolean default true
)
returns table (
    workspace_id bigint,
    workspace_name text,
    found_id bigint,
    name text,
    detail text,
    rank integer
)
language sql
immutable
set search_path = pg_catalog, pg_temp
as $$
    with

    ranked as materialized (

        select
            candidates.*,
            outreach.name_rank($1, candidates.found_id, candidates.name) as rank
        from jsonb_to_recordset($2) as candidates (
            workspace_id bigint,
            workspace_name text,
            found_id bigint,
            name text,
            detail text
        )

    ),

    similar_names as (

        select
            ranked.*,
            row_number() over (
                partition by case when $3 then ranked.workspace_id end
                order by spellings.similarity desc, ranked.found_id
            ) as place
        from ranked
        cross join lateral outreach.spelling_similarity(
            $1, ranked.name
        ) as spellings (similarity)
        where
            spellings.similarity >= 0.4
            and not exists (
                select 1
                from ranked as named
                where named.rank is not null
            )

    )

    select
        best.workspace_id,
        best.workspace_name,
        best.found_id,
        best.name,
        best.detail,
        coalesce(best.rank, 9)
    from (
        select
            ranked.*,
            ranked.rank::bigint as place
        from ranked
        where ranked.rank is not null
        union all
        select similar_names.*
        from similar_names
        where similar_names.place <= 3
    ) as best
    order by
        case when $3 then best.workspace_id end,
        best.place,
        best.found_id
$$;
