-- The first settings of a new account, so that it can send: the limits of a preset for
-- its type and its stated age, and the default sending windows.
create or replace function outreach.give_first_settings(
    workspace_id bigint,
    account_id bigint,
    preset text,
    actor text,
    as_of timestamptz
)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    perform outreach.apply_limit_preset(
        give_first_settings.workspace_id, give_first_settings.account_id,
        give_first_settings.preset, give_first_settings.actor,
        as_of => give_first_settings.as_of
    );
    perform outreach.set_account_windows(
        give_first_settings.workspace_id, give_first_settings.account_id,
        outreach.default_sending_windows(), give_first_settings.actor,
        give_first_settings.as_of
    );
end
$$;
