-- The class of a provider's error: by its type, else by the family of a type of version
-- 2 (api/, provider/), else by its status's default, else null. is_typed_only leaves the
-- defaults out, to check whether the type is known.
create or replace function outreach.provider_error_class(
    http_status integer,
    error_type text,
    is_typed_only boolean default false
)
returns text
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    select classes.outcome
    from outreach.provider_error_classes as classes
    where
        (classes.error_type = $2 and classes.http_status in ($1, 0))
        or (
            not $3
            and $2 like '_%/_%'
            and classes.error_type = split_part($2, '/', 1) || '/*'
        )
        or (not $3 and classes.error_type = '*' and classes.http_status = $1)
    order by
        classes.error_type = '*',
        classes.error_type like '%/*',
        classes.http_status = 0
    limit 1
$$;
