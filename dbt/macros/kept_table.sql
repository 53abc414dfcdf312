{# A materialization of a table that is never dropped, so that its keys and the foreign
   keys of other tables that refer to it stay. dbt's own table is replaced at each build
   and dropped with `cascade`, which removes such foreign keys silently. A run computes
   all rows, or the changed ones (changed_since), and merges them: a row that says the
   same is not written. A run over all rows also deletes rows that it did not compute.
   A table whose columns differ from the model's is made anew; models with a foreign
   key to it make that key again when they are built.
   unique_key: the columns of the primary key. Each constraint needs a name.
   meta.judged_by: a column of moments; rows are deleted once it is not after
   judged_since().
   meta.of_enrollments: a run over changed rows also deletes the rows of a changed
   enrollment (changed_enrollments, with attempts) that it did not compute.
   meta.has_kept_rows: each run selects all rows, those of the table that it keeps too,
   and deletes the others. #}
{% materialization kept_table, adapter='postgres' %}
    {%- set existing = load_cached_relation(this) -%}
    {%- set table = this.incorporate(type='table') -%}
    {%- set key = config.require('unique_key') -%}
    {%- set judged_by = config.get('meta', {}).get('judged_by') -%}
    {%- set has_kept_rows = config.get('meta', {}).get('has_kept_rows') -%}
    {%- set since = '' if has_kept_rows else changed_since() -%}

    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {%- if existing is not none
        and (not existing.is_table or has_other_columns(existing)) -%}
        {{ drop_relation_if_exists(existing) }}
        {%- set existing = none -%}
    {%- endif -%}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}

    {%- set computed_sql = sql if existing is none else computed_apart(sql) -%}

    {% call statement('main') -%}
        {{ get_assert_columns_equivalent(sql) }}
        {%- if existing is none %}

            create table {{ table }} as (
                select {{ model.columns | join(', ') }}
                from (
                    {{ sql }}
                ) as computed
            );
        {%- else %}

            lock table {{ table }} in share row exclusive mode;

            {{ merge_rows(table, computed_sql, key, since) }}
            {%- if judged_by %}

            delete from {{ table }}
            where {{ judged_by }} <= {{ judged_since() }};
            {%- endif %}
        {%- endif %}
    {%- endcall %}
    {% if existing is none %}
        {% do create_indexes(table) %}
    {% endif %}
    {% do add_missing_constraints(table) %}

    {% do apply_grants(table, config.get('grants'), should_revoke=True) %}
    {% do persist_docs(table, model) %}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {{ adapter.commit() }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [table]}) }}
{% endmaterialization %}

{# refreshed_at alone is no difference, unless the run is for one moment. since: of a run
   over changed rows. #}
{% macro merge_rows(table, computed_sql, key, since) -%}
    {%- set of_enrollments = config.get('meta', {}).get('of_enrollments') -%}
    {%- if since and of_enrollments -%}
        {%- set changed_sql = computed_apart(
            changed_enrollments(since, with_attempts=true), 'changed'
        ) -%}
    {%- endif -%}
    {%- set columns = model.columns | list -%}
    {%- set compared = [] -%}
    {%- for column in columns
        if column not in key
        and (column != 'refreshed_at' or var('as_of') != 'now()') -%}
        {%- do compared.append(column) -%}
    {%- endfor -%}
    with

    computed as materialized (

        {{ computed_sql }}

    )

    {%- if not since or of_enrollments %},

    deleted as (

        delete from {{ table }} as stored
        {%- if since %}
        using (
            {{ changed_sql | trim }}
        ) as changed
        {%- endif %}
        where
            {%- if since %}
            changed.workspace_id = stored.workspace_id
            and changed.enrollment_id = stored.enrollment_id
            and
            {%- endif %}
            not exists (
                select 1
                from computed
                where
                    {%- for column in key %}
                    {{ 'and ' if not loop.first }}computed.{{ column }} = stored.{{ column }}
                    {%- endfor %}
            )

    )
    {%- endif %}

    merge into {{ table }} as stored
    using computed
        on
            {%- for column in key %}
            {{ 'and ' if not loop.first }}computed.{{ column }} = stored.{{ column }}
            {%- endfor %}
    when matched and (
        stored.{{ compared | join(', stored.') }}
    ) is distinct from (
        computed.{{ compared | join(', computed.') }}
    ) then update set
        {%- for column in columns if column not in key %}
        {{ column }} = computed.{{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    when not matched then insert (
        {{ columns | join(', ') }}
    )
    values (
        computed.{{ columns | join(', computed.') }}
    );
{%- endmacro %}

{# Whether the table's columns, their order or types, are not those of the model. #}
{% macro has_other_columns(table) -%}
    {%- set present -%}
        select attname, format_type(atttypid, atttypmod)
        from pg_catalog.pg_attribute
        where attrelid = '{{ table }}'::regclass and attnum > 0 and not attisdropped
        order by attnum
    {%- endset -%}
    {%- set stored = [] -%}
    {%- for row in run_query(present).rows -%}
        {%- do stored.append(row[0] ~ ' ' ~ row[1]) -%}
    {%- endfor -%}
    {%- set wanted = [] -%}
    {%- for column in model.columns.values() -%}
        {%- do wanted.append(column.name ~ ' ' ~ column.data_type) -%}
    {%- endfor -%}
    {{ return(stored != wanted) }}
{%- endmacro %}

{# A foreign key is gone when the table that it refers to was made anew. A row goes with
   the row that it refers to: a run for an earlier moment deletes both. #}
{% macro add_missing_constraints(table) -%}
    {%- set present -%}
        select case when contype = 'p' then 'primary_key' else conname end
        from pg_catalog.pg_constraint
        where conrelid = '{{ table }}'::regclass
    {%- endset -%}
    {%- set names = run_query(present).columns[0].values() -%}
    {%- for constraint in model.constraints
        if constraint.name not in names and constraint.type not in names -%}
        {%- set ends = ' on delete cascade' if constraint.type == 'foreign_key' -%}
        {%- set text =
            adapter.render_raw_model_constraints(raw_constraints=[constraint])[0] -%}
        {% do run_query('alter table ' ~ table ~ ' add ' ~ text ~ (ends or '')) %}
    {%- endfor -%}
{%- endmacro %}
