-- What these accounts do from a moment until another, if nothing changes: one row for
-- each act that the sender will do for an active enrollment, and one for each active
-- enrollment whose next act does not go before then.
-- account_ids: null for all of the workspace.
-- act_number: 1 for the enrollment's live job; the acts after it follow by themselves.
-- job_id: null for an act that has no job yet.
-- step_id, action: null for an enrollment that waits without a job.
-- outlook: expected; after_horizon; blocked, until a person, an accept or the provider
-- acts; or ending, if the sender ends the job without a call.
-- blocker: why not earlier, or why not at all, with its name in outreach.blockers().
-- See outreach.simulate_sends() for the other columns.
create or replace function outreach.forecast_acts(
    workspace_id bigint,
    account_ids bigint [],
    as_of timestamptz,
    until timestamptz
)
returns table (
    account_id bigint,
    enrollment_id bigint,
    act_number integer,
    job_id bigint,
    step_id bigint,
    action text,
    outlook text,
    expected_at timestamptz,
    earliest_at timestamptz,
    latest_at timestamptz,
    blocker text,
    jobs_ahead_count integer
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    asked_account_id bigint;
begin
    for asked_account_id in
        select accounts.account_id
        from outreach.linkedin_accounts as accounts
        where
            accounts.workspace_id = forecast_acts.workspace_id
            and (
                forecast_acts.account_ids is null
                or accounts.account_id = any(forecast_acts.account_ids)
            )
        order by accounts.account_id
    loop
        return query
        select
            asked_account_id,
            acts.*
        from outreach.forecast_account(
            forecast_acts.workspace_id, asked_account_id, forecast_acts.as_of,
            forecast_acts.until
        ) as acts;
    end loop;
end
$$;
