{# Each source to which nothing was written within its `warn_after`, with the moment of its
newest row, so that the bounds of `dbt source freshness` are written once, in the yml of the
sources. Only rows that pass the freshness' `filter` count. A source whose first row is not
as old as that is new, and not stale. #}
{% macro stale_sources() -%}
    {%- set parts = [] -%}
    {%- for source in (graph.sources.values() if execute else []) -%}
        {%- set bound = (source.freshness or {}).get('warn_after') or {} -%}
        {%- if bound.get('count') -%}
            {%- do parts.append(source_if_stale(
                api.Relation.create(schema=source.schema, identifier=source.identifier),
                source.loaded_at_field,
                bound.count ~ ' ' ~ bound.period,
                source.freshness.filter or 'true'
            )) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ parts | join('\n\nunion all\n\n') if parts else source_if_stale() }}
{%- endmacro %}

{% macro source_if_stale(relation=none, loaded_at=none, bound=none, filter='true') -%}
    select
        {{ dbt.string_literal(relation.identifier if relation else '') }}::text as source_name,
        interval '{{ bound or "0 hours" }}' as bound,
        {%- if relation %}
        coalesce(
            (select max({{ loaded_at }}) from {{ relation }} where {{ filter }}),
            (select min({{ loaded_at }}) from {{ relation }})
        ) as newest_at
        {%- else %}
        null::timestamptz as newest_at
        {%- endif %}
    where
        {%- if relation %}
        exists (
            select 1
            from {{ relation }}
            where {{ loaded_at }} <= {{ var('as_of') }} - interval '{{ bound }}'
        )
        and not exists (
            select 1
            from {{ relation }}
            where
                {{ loaded_at }} > {{ var('as_of') }} - interval '{{ bound }}'
                and {{ filter }}
        )
        {%- else %}
        false
        {%- endif %}
{%- endmacro %}
