-- Sets limits of an account; those that are not named stay. The list is one like
-- [{"action": "send_invite", "per": "day", "limit": 20, "gap": "5 minutes"}].
-- limit: null removes the limit; without this key it stays. gap: belongs to a limit per
-- day. goal, growth: the limit grows from the account's present day on by growth per day
-- (1 by default) to goal; a limit without a goal does not grow.
-- Returns whether anything changed.
create or replace function outreach.set_account_limits(
    workspace_id bigint,
    account_id bigint,
    limits jsonb,
    actor text,
    as_of timestamptz default null
)
returns boolean
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    account outreach.linkedin_accounts;
    moment timestamptz;
    today date;
    was jsonb;
    unlimited text;
begin
    if limits @? 'strict $[*] ? (@.type() <> "object")'
        or jsonb_typeof(limits) is distinct from 'array'
    then
        raise exception 'the limits are no list of limits: %',
            coalesce(limits::text, 'none are given')
            using
                errcode = 'check_violation',
                hint = 'Write [{"action": "send_invite", "per": "day", "limit": 20}].';
    end if;

    account := outreach.lock_account(
        set_account_limits.workspace_id, set_account_limits.account_id
    );
    moment := coalesce(as_of, clock_timestamp());
    today := outreach.account_local_date(
        account.workspace_id, account.account_id, moment
    );
    was := outreach.account_setting(
        account.workspace_id, account.account_id, 'limits'
    );

    delete from outreach.linkedin_account_limits as stored
    using jsonb_array_elements(set_account_limits.limits) as wanted (element)
    where
        stored.workspace_id = account.workspace_id
        and stored.account_id = account.account_id
        and stored.action = wanted.element ->> 'action'
        and stored.per = wanted.element ->> 'per'
        and wanted.element -> 'limit' = 'null';

    with

    wanted as (

        select distinct on (elements.element ->> 'action', elements.element ->> 'per')
            elements.element ->> 'action' as action,
            elements.element ->> 'per' as per,
            elements.element ? 'limit' as has_limit,
            (elements.element ->> 'limit')::integer as limit_count,
            (elements.element ->> 'gap')::interval as minimum_gap,
            (elements.element ->> 'goal')::integer as goal_count,
            coalesce((elements.element ->> 'growth')::numeric, 1) as growth_per_day
        from jsonb_array_elements(set_account_limits.limits)
        with ordinality as elements (element, ordinal)
        where elements.element -> 'limit' is distinct from 'null'
        order by
            elements.element ->> 'action',
            elements.element ->> 'per',
            elements.ordinal desc

    )

    insert into outreach.linkedin_account_limits as stored (
        workspace_id, account_id, action, per, limit_count, minimum_gap, goal_count,
        growth_per_day, ramp_starts_on
    )
    select
        account.workspace_id,
        account.account_id,
        wanted.action,
        wanted.per,
        coalesce(wanted.limit_count, before.limit_count),
        coalesce(wanted.minimum_gap, before.minimum_gap, '0'),
        case
            when wanted.has_limit then wanted.goal_count
            else coalesce(wanted.goal_count, before.goal_count)
        end,
        case
            when wanted.goal_count is not null then wanted.growth_per_day
            when not wanted.has_limit then before.growth_per_day
        end,
        case
            when wanted.goal_count is not null then today
            when not wanted.has_limit then before.ramp_starts_on
        end
    from wanted
    left join outreach.linkedin_account_limits as before
        on
            before.workspace_id = account.workspace_id
            and before.account_id = account.account_id
            and wanted.action = before.action
            and wanted.per = before.per
    where wanted.has_limit or before.action is not null
    on conflict (workspace_id, account_id, action, per) do update
    set
        limit_count = excluded.limit_count,
        minimum_gap = excluded.minimum_gap,
        goal_count = excluded.goal_count,
        growth_per_day = excluded.growth_per_day,
        ramp_starts_on = excluded.ramp_starts_on;

    select concat_ws(' per ', elements.element ->> 'action', elements.element ->> 'per')
    into unlimited
    from jsonb_array_elements(set_account_limits.limits) as elements (element)
    where
        not elements.element ? 'limit'
        and not exists (
            select 1
            from outreach.linkedin_account_limits as stored
            where
                stored.workspace_id = account.workspace_id
                and stored.account_id = account.account_id
                and stored.action = elements.element ->> 'action'
                and stored.per = elements.element ->> 'per'
        )
    limit 1;

    if found then
        raise exception
            'LinkedIn account % (%) of workspace % has no limit on % that could be '
            'changed',
            account.account_id, account.name, account.workspace_id, unlimited
            using
                errcode = 'check_violation',
                hint = 'Give the limit too.';
    end if;

    return outreach.audit_account_setting(
        account.workspace_id, account.account_id, 'limits', was,
        set_account_limits.actor, moment
    );
end
$$;
