-- Fails for each transaction of this database that has been open for over 15 minutes
-- and keeps vacuum from removing dead rows: every claim reads them and gets slower with
-- each finished job. What to do: find the owner of the session, and end its
-- transaction; select pg_terminate_backend(pid) does it by force. Only members of
-- pg_monitor see sessions of other users.
-- A warning: sends continue, but more slowly.
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
    {# A transaction that has written keeps dead rows too, even if it reads nothing. #}
    and (backend_xmin is not null or backend_xid is not null)
    and pid <> pg_backend_pid()
    and xact_start < {{ var('as_of') }} - interval '15 minutes'
