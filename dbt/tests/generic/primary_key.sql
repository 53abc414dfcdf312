{# Fails if the table has no primary key of these columns. Unlike a count, its cost does
   not grow with the table. #}
{% test primary_key(model, columns) %}
select '{{ model }}' as keyless
where
    not exists (
        select 1
        from pg_catalog.pg_index as indexes
        where
            indexes.indrelid = '{{ model }}'::regclass
            and indexes.indisprimary
            and (
                select string_agg(attributes.attname, ', ' order by parts.place)
                from unnest(indexes.indkey::smallint []) with ordinality
                    as parts (number, place)
                inner join pg_catalog.pg_attribute as attributes
                    on
                        attributes.attrelid = indexes.indrelid
                        and parts.number = attributes.attnum
            ) = '{{ columns | join(', ') }}'
    )
{% endtest %}
