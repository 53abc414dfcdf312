{# The Monday of a date's week. #}
{% macro week_of(date) -%}
    {{ date }} - extract(isodow from {{ date }})::integer + 1
{%- endmacro %}
