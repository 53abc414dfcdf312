{# How far back the alerts judge attempts: long enough that a weekend without anybody
   looking hides nothing, short enough that a look costs seconds among millions. #}
{% macro judged_since() -%}
    {{ var('as_of') }} - interval '168 hours'
{%- endmacro %}

{# The oldest judged attempt is measured against the 168 hours before it. #}
{% macro counted_since() -%}
    {{ judged_since() }} - interval '168 hours'
{%- endmacro %}
