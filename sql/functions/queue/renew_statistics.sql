-- Analyzes those tables of the queue that have more than doubled since they were analyzed,
-- as by an import. Autovacuum comes within a minute, and until then a claim looks its rows
-- up by the wrong index, which was as good as any while the table was small. Sessions plan
-- anew once a table was analyzed. Few rows are read, and only the columns of keys, so
-- autovacuum still analyzes the table.
-- Waits for no lock: a table that another session analyzes or vacuums is left to it.
-- Security definer: only the owner may analyze a table.
create or replace function outreach.renew_statistics()
returns void
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set default_statistics_target = 10
as $$
declare
    grown record;
begin
    for grown in
        select
            keyed.name,
            keyed.columns
        from (
            values
            ('linkedin_accounts', 'workspace_id, account_id'),
            ('linkedin_account_limits', 'workspace_id, account_id, action'),
            ('linkedin_account_sending_windows', 'workspace_id, account_id'),
            ('provider_accounts', 'workspace_id, account_id'),
            ('prospects', 'workspace_id, prospect_id'),
            ('campaign_prospects', 'workspace_id, enrollment_id, prospect_id, account_id'),
            ('campaign_send_jobs', 'workspace_id, job_id, enrollment_id, account_id, status'),
            ('send_queue_watermarks', 'workspace_id, account_id, list')
        ) as keyed (name, columns)
        inner join pg_class as classes
            on
                classes.relname = keyed.name
                and classes.relnamespace = 'outreach'::regnamespace
        where
            pg_stat_get_live_tuples(classes.oid)
            > 200 + 2 * greatest(classes.reltuples, 0)
    loop
        execute format(
            'analyze (skip_locked) outreach.%I (%s)', grown.name, grown.columns
        );
    end loop;
end
$$;

-- It has its owner's rights, so only those who need it may call it.
revoke execute on function outreach.renew_statistics() from public;
grant execute on function outreach.renew_statistics() to sender, operator;
