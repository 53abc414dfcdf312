-- Fails for each source table to which nothing was written for longer than its
-- warn_after in the yml of the sources, which `dbt source freshness` reads as well. A
-- walk of a list that did not reach its end does not count. Figures from it are then as
-- old as its newest row.
-- What to do: look at the run of keep_working for what reads the provider's lists and
-- audits webhooks, at refresh_stats for the verdicts on templates, and for accounts
-- that are not connected.
-- A warning: what depends on the source is old, and not wrong.
{{ config(
    severity='warn',
    meta={'dagster': {'ref': {'name': 'stg_whole_provider_reads'}}},
) }}

-- depends_on: {{ ref('stg_whole_provider_reads') }}

select
    0::bigint as workspace_id,
    source_name,
    newest_at,
    'source ' || source_name as subject,
    'Nothing that counts was written to outreach.' || source_name || ' since '
    || to_char(newest_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI')
    || ' UTC, which is longer ago than ' || extract(epoch from bound)::bigint / 3600
    || ' hours.' as message

from ({{ stale_sources() }}) as stale
