{# Empties exactly the dates that the run counts again, so that a row whose events are
   gone goes too. The lock makes two rebuilds of one day follow each other; readers
   do not wait. #}
{% macro delete_rebuilt_dates(relation) -%}
    {% if is_incremental() %}
        lock table {{ relation }} in share row exclusive mode;

        delete from {{ relation }}
        where counted_on between {{ first_rebuilt_date() }} and {{ last_rebuilt_date() }}
    {% endif %}
{%- endmacro %}
