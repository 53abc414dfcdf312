{# The rows of a CTE of forecasts, and those of send_forecast's accounts whose forecast
   still holds: nothing that it was computed from changed (the CTE digests has the number
   of it), and nothing in it depends on the clock yet (lasts_until). Only the given rows
   in a run over all rows. #}
{% macro with_kept_forecasts(rows) -%}
    {%- if changed_since() -%}
    (
        select {{ model.columns | join(', ') }}
        from {{ rows }}
        union all
        select stored.{{ model.columns | join(', stored.') }}
        from {{ this }} as stored
        {{ join_holding_digests() }}
    ) as {{ rows }}
    {%- else -%}
    {{ rows }}
    {%- endif -%}
{%- endmacro %}

{# The accounts of the CTE digests whose forecast does not hold any more. #}
{% macro outdated_accounts() -%}
    {%- if changed_since() -%}
    (
        select digests.*
        from digests
        where
            (digests.workspace_id, digests.account_id) not in (
                select
                    stored.workspace_id,
                    stored.account_id
                from {{ this }} as stored
                {{ join_holding_digests() }}
            )
    ) as digests
    {%- else -%}
    digests
    {%- endif -%}
{%- endmacro %}

{% macro join_holding_digests() -%}
        inner join digests as holding
            on
                stored.workspace_id = holding.workspace_id
                and stored.account_id = holding.account_id
                and stored.account_digest = holding.account_digest
        where stored.lasts_until > {{ var('as_of') }}
{%- endmacro %}

{# The text of the model that calls it, as a literal. #}
{% macro digest_of_model() -%}
    '{{ local_md5(model.raw_code) }}'::text
{%- endmacro %}
