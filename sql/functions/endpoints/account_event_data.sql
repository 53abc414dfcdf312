-- What an event says about an account: {"account": {"id", "name", "status"}}.
create or replace function outreach.account_event_data(
    workspace_id bigint,
    account_id bigint
)
returns jsonb
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return (
        select
            jsonb_build_object(
                'account', jsonb_build_object(
                    'id', accounts.account_id,
                    'name', accounts.name,
                    'status', accounts.status
                )
            )
        from outreach.linkedin_accounts as accounts
        where
            accounts.workspace_id = account_event_data.workspace_id
            and accounts.account_id = account_event_data.account_id
    );
end
$$;
