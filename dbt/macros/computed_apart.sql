{# The query of a model, or in a cluster of Citus a query of a temporary table with its
   rows, because that engine merges rows of distributed tables only when nothing in their
   query depends on the time. The temporary table goes with the transaction. #}
{% macro computed_apart(computed_sql) -%}
    {%- set on_citus -%}
        select to_regclass('pg_catalog.pg_dist_partition') is not null
    {%- endset -%}
    {%- if not run_query(on_citus).columns[0].values()[0] -%}
        {{ return(computed_sql) }}
    {%- endif -%}
    {%- set apart = 'computed_' ~ this.identifier -%}
    {% do run_query(
        'create temporary table ' ~ apart ~ ' on commit drop as ' ~ computed_sql
    ) %}
    {{ return('select * from pg_temp.' ~ apart) }}
{%- endmacro %}
