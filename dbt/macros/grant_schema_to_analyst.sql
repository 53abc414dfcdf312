{# Marts have grants to analyst; this grants their schema and the tables of failing
   rows, which dbt creates again at each failure. #}
{% macro grant_schema_to_analyst() -%}
    {%- set analyst = env_var('TRUEUP_ROLE_PREFIX', '') ~ 'analyst' -%}
    do $$
    begin
        if to_regnamespace('{{ target.schema }}') is not null
            and not has_schema_privilege('{{ analyst }}', '{{ target.schema }}', 'usage')
        then
            grant usage on schema {{ target.schema }} to {{ analyst }};
        end if;

        if to_regnamespace('{{ target.schema }}_failures') is not null
            and not has_schema_privilege(
                '{{ analyst }}', '{{ target.schema }}_failures', 'usage'
            )
        then
            grant usage on schema {{ target.schema }}_failures to {{ analyst }};
            grant select on all tables in schema {{ target.schema }}_failures
            to {{ analyst }};
            alter default privileges in schema {{ target.schema }}_failures
            grant select on tables to {{ analyst }};
        end if;
    end
    $$
{%- endmacro %}
