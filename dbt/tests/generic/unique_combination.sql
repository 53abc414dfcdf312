{# Fails for each combination of the columns that has a null or is not unique.
   looked_at: a model that holds the rows of one look at a view that is slow to compute.
   each_day: for a view that groups all of history by these columns and joins tables with
   keys of their own. It can break by a change of a model only, so the runs of each hour
   look at none of its rows. The daily run over all rows (--full-refresh) and a run for a
   fixed moment look at all. #}
{% test unique_combination(model, columns, looked_at=none, each_day=false) %}
select {{ columns | join(', ') }}
from {{ looked_at or model }}
where {{ not each_day or flags.FULL_REFRESH or var('as_of') != 'now()' }}
group by {{ columns | join(', ') }}
having
    count(*) > 1
    or not ({{ columns | join(' is not null and ') }} is not null)
{% endtest %}
