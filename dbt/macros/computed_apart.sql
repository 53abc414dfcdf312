{# A query, or in a cluster of Citus a query of a temporary table with its rows, because
   that engine merges rows of distributed tables only when nothing in the statement
   depends on the time. The temporary table goes with the transaction; `name` tells
   several of one model apart. #}
{% macro computed_apart(computed_sql, name='computed') -%}
    {%- if not is_on_citus() -%}
        {{ return(computed_sql) }}
    {%- endif -%}
    {%- set apart = name ~ '_' ~ this.identifier -%}
    {% do run_query(
        'create temporary table ' ~ apart ~ ' on commit drop as ' ~ computed_sql
    ) %}
    {{ return('select * from pg_temp.' ~ apart) }}
{%- endmacro %}
