{# The Monday of a date's week. #}
{% macro week_of(date) -%}
    date_trunc('week', {{ date }})::date
{%- endmacro %}
