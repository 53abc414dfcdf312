{{ config(
    materialized='kept_table',
    unique_key=['calendar_date'],
    indexes=[{'columns': ['refreshed_at']}],
) }}

with

{# Whole years, one more at both ends, so that a send on any account's calendar has its
   date. #}
bounds as (

    select
        date_trunc(
            'year', least(min(counted_on), {{ first_local_date() }}) - interval '1 year'
        )::date as first_date,
        (
            date_trunc('year', {{ last_local_date() }} + interval '2 years')
            - interval '1 day'
        )::date as last_date

    from {{ ref('stg_send_attempts') }}

),

days as (

    select
        bounds.first_date + generate_series(
            0, bounds.last_date - bounds.first_date
        ) as calendar_date

    from bounds

)

select
    calendar_date,
    {{ week_of('calendar_date') }} as week_starts_on,
    calendar_date - extract(day from calendar_date)::integer + 1 as month_starts_on,
    extract(year from calendar_date)::integer as calendar_year,
    extract(quarter from calendar_date)::integer as calendar_quarter,
    extract(week from calendar_date)::integer as iso_week,
    to_char(calendar_date, 'ID')::integer as iso_weekday,
    to_char(calendar_date, 'ID') in ('6', '7') as is_weekend,
    {{ var('as_of') }} as refreshed_at

from days
