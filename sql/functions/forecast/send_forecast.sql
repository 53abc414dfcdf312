-- When the next act of each active enrollment of a workspace goes if nothing changes:
-- one row each (outreach.forecast_acts, act 1), with the first act after it that reaches
-- the person, where the next one is a look-up or the end of a wait.
create or replace function outreach.send_forecast(
    workspace_id bigint,
    as_of timestamptz,
    horizon interval default '30 days',
    account_ids bigint [] default null
)
returns table (
    account_id bigint,
    enrollment_id bigint,
    job_id bigint,
    step_id bigint,
    action text,
    outlook text,
    expected_at timestamptz,
    earliest_at timestamptz,
    latest_at timestamptz,
    blocker text,
    jobs_ahead_count integer,
    contact_action text,
    contact_step_id bigint,
    contact_at timestamptz
)
language plpgsql
stable
rows 10000
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    with

    acts as materialized (

        select forecast.*
        from outreach.forecast_acts(
            send_forecast.workspace_id, send_forecast.account_ids, send_forecast.as_of,
            send_forecast.as_of + send_forecast.horizon
        ) as forecast

    ),

    contacts as (

        select distinct on (acts.enrollment_id)
            acts.enrollment_id,
            acts.action,
            acts.step_id,
            acts.expected_at
        from acts
        where
            acts.expected_at is not null
            and acts.action not in ('resolve_profile', 'end_wait', 'withdraw_invite')
        order by
            acts.enrollment_id,
            acts.act_number

    )

    select
        acts.account_id,
        acts.enrollment_id,
        acts.job_id,
        acts.step_id,
        acts.action,
        acts.outlook,
        acts.expected_at,
        acts.earliest_at,
        acts.latest_at,
        acts.blocker,
        acts.jobs_ahead_count,
        contacts.action,
        contacts.step_id,
        contacts.expected_at
    from acts
    left join contacts on acts.enrollment_id = contacts.enrollment_id
    where acts.act_number = 1;
end
$$;
