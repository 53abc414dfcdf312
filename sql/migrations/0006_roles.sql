-- Who may do what. Roles belong to the whole server: made if they are missing.
-- sender works the queue, operator acts for people, analyst reads marts only.

do $$
declare
    wanted text;
begin
    foreach wanted in array array['sender', 'operator', 'analyst'] loop
        if not exists (select 1 from pg_catalog.pg_roles where rolname = wanted) then
            begin
                execute format('create role %I nologin', wanted);
            exception
                when duplicate_object or unique_violation then
                    null; -- another deploy made it in the same moment
            end;
        end if;
    end loop;
end
$$;

-- Who deploys may act as any of them, without being a superuser.
grant sender, operator, analyst to current_user;

grant usage on schema outreach to sender, operator;
grant select on all tables in schema outreach to sender, operator;

-- Nobody but the owner may write linkedin_accounts.status or status_seq, nor change a
-- time zone but by outreach.set_account_timezone(): a zone changed at once would open
-- a second local day, with limits of its own.
grant insert (
    workspace_id, name, first_name, last_name, timezone, has_premium
) on outreach.linkedin_accounts to operator;
grant update (
    name, first_name, last_name, has_premium, last_sync_at, paused_at, paused_by, paused_reason
) on outreach.linkedin_accounts to operator;
-- A row lock needs the right to update some column of the row.
grant update (last_sync_at) on outreach.linkedin_accounts to sender;

grant insert, update on
outreach.workspaces,
outreach.provider_accounts,
outreach.linkedin_account_limits,
outreach.linkedin_account_sending_windows,
outreach.linkedin_account_holds,
outreach.campaigns,
outreach.campaign_steps,
outreach.campaign_step_templates,
outreach.prospects,
outreach.campaign_prospects,
outreach.campaign_send_jobs,
outreach.linkedin_daily_counters,
outreach.template_validations,
outreach.linkedin_admin_alerts
to operator;

grant delete on
outreach.linkedin_account_limits,
outreach.linkedin_account_sending_windows,
outreach.linkedin_account_holds,
outreach.campaign_step_templates,
outreach.template_validations
to operator;

grant insert, update on
outreach.linkedin_account_holds,
outreach.campaign_prospects,
outreach.campaign_send_jobs,
outreach.linkedin_daily_counters,
outreach.linkedin_admin_alerts
to sender;

grant update (provider_id, public_identifier) on outreach.prospects to sender;

-- Append-only for everybody: insert and read, never update or delete.
grant insert on
outreach.send_attempts,
outreach.send_attempt_outcomes,
outreach.campaign_events,
outreach.linkedin_events,
outreach.provider_reads,
outreach.linkedin_counter_heals
to sender, operator;
