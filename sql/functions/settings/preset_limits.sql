-- The limits of a preset for an account of a type and an age: the rows with the highest
-- from_age that the account has reached. An unknown age (null) counts as new.
create or replace function outreach.preset_limits(
    preset text,
    account_type text,
    account_age interval
)
returns setof outreach.limit_presets
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    select presets.*
    from outreach.limit_presets as presets
    where
        presets.preset = preset_limits.preset
        and presets.account_type = preset_limits.account_type
        and presets.from_age = (
            select max(reached.from_age)
            from outreach.limit_presets as reached
            where
                reached.preset = preset_limits.preset
                and reached.account_type = preset_limits.account_type
                and reached.from_age <= greatest(preset_limits.account_age, '0')
        )
    order by
        presets.action,
        presets.per;

    if not found then
        raise exception 'there is no preset "%" of limits', preset_limits.preset
            using
                errcode = 'no_data_found',
                hint = 'There are: ' || (
                    select string_agg(distinct presets.preset, ', ')
                    from outreach.limit_presets as presets
                ) || '.';
    end if;
end
$$;
