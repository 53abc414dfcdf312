{# How many days back the alerts check attempts: enough to cover an unattended weekend,
   and few enough to take seconds among millions of rows. #}
{% macro judged_since() -%}
    {{ var('as_of') }} - interval '168 hours'
{%- endmacro %}
