{# A relation's comment includes the moment of its figures: the time of the query for a
   view, unless it was built for one moment; now() of the transaction that built a table.
   psql shows it with \d+, and changed_since reads it. #}
{% macro postgres__alter_relation_comment(relation, comment) %}
    {%- set is_live = var('as_of') == 'now()' -%}
    {%- if is_live and relation.is_view -%}
        {%- set said = 'each look' -%}
    {%- elif is_live -%}
        {%- set moment -%}
            select to_char(now() at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS.US "UTC"')
        {%- endset -%}
        {%- set said = run_query(moment).rows[0][0] -%}
    {%- else -%}
        {%- set said = var('as_of') -%}
    {%- endif -%}
    comment on {{ 'view' if relation.is_view else 'table' }} {{ relation }}
    is {{ postgres_escape_comment(comment ~ ' As of: ' ~ said ~ '.') }};
{% endmacro %}
