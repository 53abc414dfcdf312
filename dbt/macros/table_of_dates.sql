{# A materialization of whole dates: a run recounts some dates (rebuilt_dates) and
   replaces their rows in one transaction. An updated row stays in its page, which has
   room for a second version, so that a tick writes no index. A row without events any
   more is deleted. dbt's own strategies write all rows to a temporary table first and
   insert every row again, which takes two to three times as long. The lock serializes
   rebuilds of one day; readers do not wait. A full refresh is a normal run, because
   dropping the table would lose the history, which only backfills rebuild.
   unique_key: the columns of the primary key. #}
{% materialization table_of_dates, adapter='postgres' %}
    {%- set existing = load_cached_relation(this) -%}
    {%- set table = this.incorporate(type='table') -%}

    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {%- if existing is not none and not existing.is_table -%}
        {{ drop_relation_if_exists(existing) }}
        {%- set existing = none -%}
    {%- endif -%}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}

    {%- if existing is none -%}
        {% call statement('main') -%}
            {{ get_create_table_as_sql(False, table, sql) }}
        {%- endcall %}
        {% do leave_room(table) %}
    {%- else -%}
        {% do add_new_columns(table) %}
        {% do leave_room(table) %}
        {%- set counted_sql = computed_apart(sql) -%}
        {% call statement('main') -%}
            {{ get_assert_columns_equivalent(sql) }}

            lock table {{ table }} in share row exclusive mode;

            {{ merge_dates(table, counted_sql, config.require('unique_key')) }}
        {%- endcall %}
    {%- endif -%}

    {% do apply_grants(table, config.get('grants'), should_revoke=True) %}
    {% do persist_docs(table, model) %}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {{ adapter.commit() }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [table]}) }}
{% endmaterialization %}

{% macro merge_dates(table, counted_sql, key) -%}
    merge into {{ table }} as stored
    using (
        {{ counted_sql }}
    ) as counted
        on
            stored.counted_on between {{ first_rebuilt_date() }}
            and {{ last_rebuilt_date() }}
            {%- for column in key %}
            and counted.{{ column }} = stored.{{ column }}
            {%- endfor %}
    when matched then update set
        {%- for column in model.columns if column not in key %}
        {{ column }} = counted.{{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    when not matched then insert (
        {{ model.columns | join(', ') }}
    )
    values (
        counted.{{ model.columns | join(', counted.') }}
    );

    {# Delete rows that this run did not write. #}
    delete from {{ table }}
    where
        counted_on between {{ first_rebuilt_date() }} and {{ last_rebuilt_date() }}
        and xmin <> pg_current_xact_id()::xid;
{%- endmacro %}

{# Room in each page for a second version of its rows. #}
{% macro leave_room(table) -%}
    {%- set lacking -%}
        select 1
        from pg_catalog.pg_class
        where
            oid = '{{ table }}'::regclass
            and not coalesce(reloptions, '{}') @> '{fillfactor=45}'
    {%- endset -%}
    {%- if run_query(lacking).rows -%}
        {% do run_query('alter table ' ~ table ~ ' set (fillfactor = 45)') %}
    {%- endif -%}
{%- endmacro %}

{# A column that was added to the model is null in the dates built before that. #}
{% macro add_new_columns(table) -%}
    {%- set present -%}
        select attname
        from pg_catalog.pg_attribute
        where attrelid = '{{ table }}'::regclass and attnum > 0
    {%- endset -%}
    {%- set names = run_query(present).columns[0].values() -%}
    {%- for column in model.columns.values() if column.name not in names -%}
        {% do run_query(
            'alter table ' ~ table ~ ' add column ' ~ column.name ~ ' '
            ~ column.data_type
        ) %}
    {%- endfor -%}
{%- endmacro %}
