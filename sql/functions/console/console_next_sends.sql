-- The sends that are expected after a moment and before another, the first ones, as
-- analytics.send_forecast foresaw them at forecast_at. Security definer: the console
-- reads it as its other pages.
create or replace function outreach.console_next_sends(
    at timestamptz,
    until timestamptz,
    most_rows integer
)
returns table (
    workspace_id bigint,
    campaign_id bigint,
    campaign text,
    account_id bigint,
    account text,
    timezone text,
    prospect_id bigint,
    person text,
    step_id bigint,
    action text,
    expected_at timestamptz,
    forecast_at timestamptz
)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    select
        sends.workspace_id,
        sends.campaign_id,
        sends.campaign_name,
        sends.account_id,
        sends.account_name,
        sends.account_timezone,
        sends.prospect_id,
        coalesce(nullif(sends.prospect_name, ''), sends.public_identifier),
        sends.step_id,
        sends.action,
        sends.expected_at,
        sends.forecast_at
    from analytics.send_forecast as sends
    where
        sends.expected_at > console_next_sends.at
        and sends.expected_at <= until
    order by
        sends.expected_at,
        sends.enrollment_id
    limit most_rows;
end
$$;

revoke execute on function outreach.console_next_sends(
    timestamptz, timestamptz, integer
) from public;
grant execute on function outreach.console_next_sends(
    timestamptz, timestamptz, integer
) to console;
