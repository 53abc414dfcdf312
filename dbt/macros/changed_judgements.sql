{# The judgements of the attempts of seven days (outreach.judged_attempts) that may have
   changed since the last run; all of them in a run over all rows. An attempt is judged
   once, when it is new, and again if an earlier one of its account had a late outcome. #}
{% macro changed_judgements() -%}
    {%- set since = changed_since() -%}
    {%- if since -%}
    (
        select *
        from outreach.judged_attempts(
            greatest({{ judged_since() }}, {{ since }}), {{ since }}
        )
        union distinct
        select *
        from outreach.judged_attempts({{ judged_since() }}, {{ since }}, true)
    ) as judged
    {%- else -%}
    outreach.judged_attempts({{ judged_since() }}) as judged
    {%- endif -%}
{%- endmacro %}
