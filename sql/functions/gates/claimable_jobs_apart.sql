-- As outreach.claimable_jobs, each account by itself: one that cannot be judged, such as
-- by a time zone that the server no longer knows, is passed over with an alert and stops
-- no other. Returns the jobs' ids.
create or replace function outreach.claimable_jobs_apart(
    workspace_id bigint,
    account_ids bigint [],
    at timestamptz
)
returns bigint []
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    account_id bigint;
    job_ids bigint [] := '{}';
begin
    foreach account_id in array account_ids loop
        begin
            job_ids := job_ids || array(
                select claimable.job_id
                from outreach.claimable_jobs(
                    claimable_jobs_apart.workspace_id, array[account_id], at
                ) as claimable
            );
        exception
            when transaction_rollback or operator_intervention
                or insufficient_resources
                then raise;
            when others then
                perform outreach.open_admin_alert(
                    claimable_jobs_apart.workspace_id,
                    'account_cannot_be_judged', 'account ' || account_id,
                    'Account ' || account_id || ' sends nothing, because what it may do '
                    || 'cannot be told: ' || sqlerrm || '. Correct its time zone, '
                    || 'windows or limits.',
                    jsonb_build_object('account_id', account_id),
                    at
                );
        end;
    end loop;

    return job_ids;
end
$$;
