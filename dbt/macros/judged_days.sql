{# How far back the alerts judge attempts: long enough that a weekend without anybody
   looking hides nothing, short enough that a look costs seconds among millions. #}
{% macro judged_since() -%}
    {{ var('as_of') }} - interval '168 hours'
{%- endmacro %}
