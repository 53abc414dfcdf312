{# Whether the database is on a cluster of Citus; false while dbt parses. #}
{% macro is_on_citus() -%}
    {%- set found -%}
        select to_regclass('pg_catalog.pg_dist_partition') is not null
    {%- endset -%}
    {{ return(execute and run_query(found).columns[0].values()[0]) }}
{%- endmacro %}

{# What ends a lateral query so that the planner looks each of its rows up by index. Citus
   refuses it in a lateral of a row that is not on its worker, and looks up by the
   workspace. #}
{% macro one_by_one() -%}
    {{ return('' if is_on_citus() else 'offset 0') }}
{%- endmacro %}
