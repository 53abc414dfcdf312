-- Whether an error's type does not say why the provider refused, so that the person's
-- profile and the pending invites have to tell.
create or replace function outreach.is_unexplained_type(error_type text)
returns boolean
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    select exists (
        select 1
        from outreach.provider_error_classes as classes
        where
            classes.error_type = $1
            and classes.asks_profile
    )
$$;
