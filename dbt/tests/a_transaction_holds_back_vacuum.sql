-- Fails for each transaction of this database that has been open for over 15 minutes
-- and keeps dead rows from being cleared: every claim reads past them, and gets slower
-- with each job that is done. What to do: find out whose session it is, and end its
-- transaction; select pg_terminate_backend(pid) does it by force. Sessions of other
-- users are seen by pg_monitor only.
-- A warning: sends go on, slower.
{{ config(severity='warn') }}
-- depends_on: {{ ref('send_queue_health') }}

select
    0::bigint as workspace_id,
    pid,
    usename,
    application_name,
    state,
    xact_start as began_at,
    'process ' || pid || ' (' || coalesce(nullif(application_name, ''), usename) || ')'
        as subject,
    'Process ' || pid || ' has kept a transaction open since '
    || to_char(xact_start at time zone 'UTC', 'YYYY-MM-DD HH24:MI') || ' UTC ('
    || coalesce(state, 'no state') || ').' as message

from pg_catalog.pg_stat_activity

where
    datname = current_database()
    {# Who has written holds rows back too, even while it reads nothing. #}
    and (backend_xmin is not null or backend_xid is not null)
    and pid <> pg_backend_pid()
    and xact_start < {{ var('as_of') }} - interval '15 minutes'
