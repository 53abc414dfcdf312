-- The holds of an account on these actions, and what it has spent of their limits until a
-- moment, with which a simulation begins: one element for each of actions, in their order.
-- unread_until: the actions that contact a person are held until then as well, because
-- replies are not read (outreach.simulated_reading). unsent_ids: see
-- outreach.spent_before.
-- The limits are null: outreach.simulated_limits_of_day() reads them for each day.
create or replace function outreach.simulated_spent_limits(
    workspace_id bigint,
    account_id bigint,
    actions text [],
    at timestamptz,
    unread_until timestamptz,
    unsent_ids bigint []
)
returns outreach.simulated_limit []
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    spent outreach.simulated_limit [];
begin
    select
        array_agg(
            row(
                greatest(
                    holds.held_until,
                    case
                        when outreach.contacts_person(asked.action) then unread_until
                    end
                ),
                null, null, null, null, null, null,
                counted.spent_on,
                coalesce(counted.spent_on_day, 0), coalesce(counted.spent_in_month, 0),
                coalesce(counted.spent_ats, '{}'), counted.newest_at
            )::outreach.simulated_limit
            order by asked.place
        )
    into spent
    from unnest(actions) with ordinality as asked (action, place)
    left join (
        select
            sends.counted_action,
            max(sends.spent_on) as spent_on,
            count(*) filter (
                where sends.is_spent and sends.counted_on = sends.spent_on
            ) as spent_on_day,
            count(*) filter (
                where
                    sends.is_spent
                    and date_trunc('month', sends.counted_on)
                    = date_trunc('month', sends.spent_on)
            ) as spent_in_month,
            array_agg(sends.begun_at order by sends.begun_at) filter (
                where
                    sends.is_spent
                    and sends.begun_at
                    > simulated_spent_limits.at - interval '168 hours'
            ) as spent_ats,
            max(sends.begun_at) as newest_at
        from (
            select
                before.*,
                max(before.counted_on) filter (where before.is_spent) over (
                    partition by before.counted_action
                ) as spent_on
            from outreach.spent_before(
                simulated_spent_limits.workspace_id, simulated_spent_limits.account_id,
                actions, simulated_spent_limits.at, unsent_ids
            ) as before
        ) as sends
        group by sends.counted_action
    ) as counted
        on asked.action = counted.counted_action
    left join outreach.linkedin_account_holds as holds
        on
            holds.workspace_id = simulated_spent_limits.workspace_id
            and holds.account_id = simulated_spent_limits.account_id
            and asked.action = holds.action;

    return spent;
end
$$;
