with

reads as (

    select *
    from {{ ref('stg_provider_wide_reads') }}
    where
        list_name = 'webhooks'
        and ended_at <= {{ var('as_of') }}

)

{# An incomplete list does not prove absence, so the newest complete one is used. #}
select distinct on (provider_dsn)
    provider_dsn,
    read_id,
    list_subject as request_url,
    ended_at as read_at,
    list_items

from reads

where is_complete

order by
    provider_dsn asc,
    ended_at desc,
    read_id desc
