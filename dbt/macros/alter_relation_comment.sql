{# A relation's comment says as of when it speaks: a view at each look, unless it was
   built for one moment; a table as of its build. psql shows it by \d+. #}
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
