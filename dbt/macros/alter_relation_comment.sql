{# A relation's comment includes the moment of its figures: the time of the query for a
   view, unless it was built for one moment; the time of the build for a table. psql
   shows it with \d+. #}
{% macro postgres__alter_relation_comment(relation, comment) %}
    {%- set is_live = var('as_of') == 'now()' -%}
    {%- if is_live and relation.is_view -%}
        {%- set said = 'each look' -%}
    {%- elif is_live -%}
        {%- set said = run_started_at.strftime('%Y-%m-%d %H:%M:%S UTC') -%}
    {%- else -%}
        {%- set said = var('as_of') -%}
    {%- endif -%}
    comment on {{ 'view' if relation.is_view else 'table' }} {{ relation }}
    is {{ postgres_escape_comment(comment ~ ' As of: ' ~ said ~ '.') }};
{% endmacro %}
