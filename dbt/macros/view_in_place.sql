{# Replaces a view in place if its columns do not change. dbt's own materialization
   creates a new view and drops the old one with its dependents, so that concurrent
   queries fail and the build of one view removes later views. Here only a view with
   changed columns is dropped, with its dependents, which the same build recreates. #}
{% materialization view, adapter='postgres' %}
    {%- set existing = load_cached_relation(this) -%}
    {%- set view = this.incorporate(type='view') -%}

    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {%- if existing is not none and not existing.is_view -%}
        {{ drop_relation_if_exists(existing) }}
    {%- endif -%}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}

    {% call statement('main') -%}
        {%- if config.get('contract').enforced -%}
            {{ get_assert_columns_equivalent(sql) }}
        {%- endif %}
        do $in_place$
        begin
            create or replace view {{ view }} as (
                {{ sql }}
            );
        exception
            when invalid_table_definition then
                drop view {{ view }} cascade;
                create view {{ view }} as (
                    {{ sql }}
                );
        end
        $in_place$
    {%- endcall %}

    {% do apply_grants(view, config.get('grants'), should_revoke=True) %}
    {% do persist_docs(view, model) %}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {{ adapter.commit() }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [view]}) }}
{% endmaterialization %}
