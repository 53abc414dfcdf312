{# A local day starts up to 14 hours before the UTC day and ends up to 12 hours after
   it: these are the first and the last date that is today in some time zone. #}
{% macro first_local_date() -%}
    (({{ var('as_of') }}) at time zone 'UTC' - interval '12 hours')::date
{%- endmacro %}

{% macro last_local_date() -%}
    (({{ var('as_of') }}) at time zone 'UTC' + interval '14 hours')::date
{%- endmacro %}
