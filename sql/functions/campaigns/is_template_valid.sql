-- Whether a saved template has the stamp of its text and field list, and its campaign
-- still has every custom field that the text names.
create or replace function outreach.is_template_valid(
    template outreach.campaign_step_templates,
    declared_custom_fields text []
)
returns boolean
language sql
immutable
set search_path = pg_catalog, pg_temp
as $$
    select
        ($1).validation_stamp = outreach.template_stamp(
            ($1).template, ($1).fields, ($1).custom_fields
        )
        and not exists (
            select 1
            from unnest(($1).custom_fields) as validated (name)
            where
                validated.name <> all($2)
                and strpos(($1).template, validated.name) > 0
        )
$$;
