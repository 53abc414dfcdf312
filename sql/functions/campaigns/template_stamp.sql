-- The validator's stamp over exactly this text and field list: the sha256 of the
-- string that trueup/templates/stamps.py describes. Order and repetition of
-- the names do not matter.
create or replace function outreach.template_stamp(
    template text,
    fields text [],
    custom_fields text []
)
returns text
language sql
immutable
set search_path = pg_catalog, pg_temp
as $$
    select
        encode(
            sha256(
                convert_to(
                    concat_ws(
                        e'\n',
                        'trueup-template-validator:2',
                        array_to_string(
                            array(
                                select distinct names.name collate "C"
                                from unnest($2) as names (name)
                                order by 1
                            ),
                            ','
                        ),
                        array_to_string(
                            array(
                                select distinct names.name collate "C"
                                from unnest($3) as names (name)
                                order by 1
                            ),
                            ','
                        ),
                        $1
                    ),
                    'UTF8'
                )
            ),
            'hex'
        )
$$;
