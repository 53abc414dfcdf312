{# Each source to which nothing was written within its `warn_after`, with the moment of its
newest row, so that the bounds of `dbt source freshness` are written once, in the yml of the
sources. A source without rows is new, and not stale. #}
{% macro stale_sources() -%}
    {%- set parts = [] -%}
    {%- for source in (graph.sources.values() if execute else []) -%}
        {%- set bound = (source.freshness or {}).get('warn_after') or {} -%}
        {%- if bound.get('count') -%}
            {%- do parts.append(source_if_stale(
                api.Relation.create(schema=source.schema, identifier=source.identifier),
                source.loaded_at_field,
                bound.count ~ ' ' ~ bound.period
            )) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ parts | join('\n\nunion all\n\n') if parts else source_if_stale() }}
{%- endmacro %}

{% macro source_if_stale(relation=none, loaded_at=none, bound=none) -%}
    select
        {{ dbt.string_literal(relation.identifier if relation else '') }}::text as source_name,
        interval '{{ bound or "0 hours" }}' as bound,
        {{ '(select max(' ~ loaded_at ~ ') from ' ~ relation ~ ')' if relation else 'null' }}
        ::timestamptz as newest_at
    where
        {%- if relation %}
        exists (select 1 from {{ relation }})
        and not exists (
            select 1
            from {{ relation }}
            where {{ loaded_at }} > {{ var('as_of') }} - interval '{{ bound }}'
        )
        {%- else %}
        false
        {%- endif %}
{%- endmacro %}
