{# The dates that a run of daily_account_counters recounts: those of the vars from_date
   and to_date, else each date that is today in some time zone. #}
{% macro first_rebuilt_date() -%}
    {{ date_var('from_date') or first_local_date() }}
{%- endmacro %}

{% macro last_rebuilt_date() -%}
    {{ date_var('to_date') or last_local_date() }}
{%- endmacro %}

{# A var as a date literal, empty if it is not set. #}
{% macro date_var(name) -%}
    {%- set given = var(name, '') | string -%}
    {%- if given and not modules.re.fullmatch('\d{4}-\d\d-\d\d', given) -%}
        {{ exceptions.raise_compiler_error(
            "The var " ~ name ~ " is '" ~ given ~ "', which is not a date. "
            ~ "Write it as year-month-day, for example 2026-05-01."
        ) }}
    {%- elif given and not (var('from_date', '') and var('to_date', '')) -%}
        {{ exceptions.raise_compiler_error(
            "The var " ~ name ~ " stands alone. "
            ~ "Give both from_date and to_date; they may be the same day."
        ) }}
    {%- elif (var('from_date', '') | string) > (var('to_date', '') | string) -%}
        {{ exceptions.raise_compiler_error(
            "from_date " ~ var('from_date') ~ " is after to_date " ~ var('to_date')
            ~ ". Exchange them."
        ) }}
    {%- elif given -%}
        '{{ given }}'::date
    {%- endif -%}
{%- endmacro %}
