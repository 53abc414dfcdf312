-- What is left of each limit of an account at a moment, as a list like
-- [{"action": "send_invite", "per": "day", "left": 20}]: outreach.account_allowances()
-- says how much is spent. Below 0 where more is spent than a lowered limit allows.
create or replace function outreach.left_of_limits(
    workspace_id bigint,
    account_id bigint,
    at timestamptz
)
returns jsonb
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
    return (
        select
            coalesce(
                jsonb_agg(
                    jsonb_build_object(
                        'action', known.action,
                        'per', known.per,
                        'left', known.limit_today - known.spent
                    )
                ),
                '[]'
            )
        from outreach.account_allowances(
            left_of_limits.workspace_id, left_of_limits.account_id, left_of_limits.at
        ) as known
    );
end
$$;
