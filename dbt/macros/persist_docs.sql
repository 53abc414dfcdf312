{# Writes a model's descriptions into the database, as dbt does, but reads the columns
   once and from the catalog itself, and writes only what differs. dbt asks twice for
   them, through a view of the information schema: a quarter of the time of a run.
   relation, model: what was built, and its node. for_relation, for_columns: what of it
   to write, where the configuration wants it. #}
{% macro postgres__persist_docs(relation, model, for_relation, for_columns) %}
    {%- if for_relation and config.persist_relation_docs() and model.description -%}
        {%- do run_query(alter_relation_comment(relation, model.description)) -%}
    {%- endif -%}
    {%- if for_columns and config.persist_column_docs() and model.columns -%}
        {%- set look -%}
            select
                attname,
                pg_catalog.col_description(attrelid, attnum)
            from pg_catalog.pg_attribute
            where
                attrelid = '{{ relation.include(database=false) }}'::regclass
                and attnum > 0
                and not attisdropped
        {%- endset -%}
        {%- set said = {} -%}
        {%- for row in run_query(look) -%}
            {%- do said.update({row[0]: row[1]}) -%}
        {%- endfor -%}
        {%- set comments = [] -%}
        {%- for name, column in validate_doc_columns(
            relation, model.columns, said
        ).items() if column.description != (said.get(name) or '') -%}
            {%- set comment -%}
                comment on column {{ relation }}.{{
                    adapter.quote(name) if column.quote else name
                }} is {{ postgres_escape_comment(column.description) }}
            {%- endset -%}
            {%- do comments.append(comment) -%}
        {%- endfor -%}
        {%- if comments -%}
            {%- do run_query(comments | join(';\n')) -%}
        {%- endif -%}
    {%- endif -%}
{% endmacro %}
