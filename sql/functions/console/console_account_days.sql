-- What an account sent on each of its last local days, by action: attempts that are not
-- known unsent, as its limits count them. Days without any are rows of 0 for invites.
-- Security definer: the console reads it, without rights to its tables.
create or replace function outreach.console_account_days(
    in_workspace_id bigint,
    in_account_id bigint,
    day_count integer,
    at timestamptz
)
returns table (
    counted_on date,
    invites bigint,
    messages bigint,
    others bigint
)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    today constant date := outreach.account_local_date(
        in_workspace_id, in_account_id, console_account_days.at
    );
begin
    return query
    with

    counted as (

        select
            attempts.counted_on,
            attempts.action
        from outreach.attempt_states as attempts
        where
            attempts.workspace_id = in_workspace_id
            and attempts.account_id = in_account_id
            -- A local day begins at most 26 hours from the same day of UTC.
            and attempts.begun_at
            > console_account_days.at - make_interval(hours => 24 * day_count + 26)
            and attempts.counted_on > today - day_count
            and attempts.state <> 'unsent'

    )

    select
        days.counted_on,
        count(*) filter (where counted.action = 'send_invite'),
        count(*) filter (where counted.action = 'send_message'),
        count(*) filter (
            where counted.action not in ('send_invite', 'send_message', 'end_wait')
        )
    from (
        select today - steps.back as counted_on
        from generate_series(0, day_count - 1) as steps (back)
    ) as days
    left join counted on days.counted_on = counted.counted_on
    group by days.counted_on
    order by days.counted_on;
end
$$;

revoke execute on function outreach.console_account_days(
    bigint, bigint, integer, timestamptz
) from public;
grant execute on function outreach.console_account_days(
    bigint, bigint, integer, timestamptz
) to console;
