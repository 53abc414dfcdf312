{# Marts grant themselves to analyst; their schema must let analyst in as well. #}
{% macro grant_schema_to_analyst() -%}
    do $$
    begin
        if to_regnamespace('{{ target.schema }}') is not null
            and not has_schema_privilege('analyst', '{{ target.schema }}', 'usage')
        then
            grant usage on schema {{ target.schema }} to analyst;
        end if;
    end
    $$
{%- endmacro %}
