{# Fails for each combination of the columns that has a null or is not unique.
   looked_at: a model that holds the rows of one look at a view that is slow to compute.
   #}
{% test unique_combination(model, columns, looked_at=none) %}
select {{ columns | join(', ') }}
from {{ looked_at or model }}
group by {{ columns | join(', ') }}
having
    count(*) > 1
    or not ({{ columns | join(' is not null and ') }} is not null)
{% endtest %}
