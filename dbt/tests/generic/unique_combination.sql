{# Fails for each combination of the columns that has a null or is not unique. #}
{% test unique_combination(model, columns) %}
select {{ columns | join(', ') }}
from {{ model }}
group by {{ columns | join(', ') }}
having
    count(*) > 1
    or not ({{ columns | join(' is not null and ') }} is not null)
{% endtest %}
