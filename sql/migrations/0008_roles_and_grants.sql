-- Who may do what. sender works the queue, operator acts for people, analyst reads
-- marts only, console reads what the console's pages show, validator says which texts
-- the validator accepted. Roles belong to the whole server, so each is made if it is
-- missing.

-- The user who migrates can act as each role. An existing membership is not granted
-- again: since Postgres 16 only the maker of a role, a holder of its admin option or a
-- superuser may grant it.
do $$
declare
    wanted text;
    -- Since Postgres 16 the maker of a role is a member who may not act as it.
    membership constant text := case
        when current_setting('server_version_num')::integer >= 160000 then 'set'
        else 'member'
    end;
begin
    foreach wanted in array array[
        'sender', 'operator', 'analyst', 'console', 'validator'
    ] loop
        if not exists (select 1 from pg_catalog.pg_roles where rolname = wanted) then
            begin
                execute format('create role %I nologin', wanted);
            exception
                when duplicate_object or unique_violation then
                    null; -- another deploy made it in the same moment
            end;
        end if;

        if not pg_has_role(current_user, wanted, membership) then
            execute format('grant %I to %I', wanted, current_user);
        end if;
    end loop;
exception
    when insufficient_privilege then
        raise exception 'the user % may not make or grant the role %: %.',
            current_user, wanted, sqlerrm
            using
                errcode = 'insufficient_privilege',
                hint = format(
                    'Let a superuser run: create role sender; create role operator; '
                    'create role analyst; create role console; create role validator '
                    '(where they are missing); grant sender, operator, analyst, '
                    'console, validator to %I. Then migrate again.',
                    current_user
                );
end
$$;

-- Who can make temporary objects can put them before the objects of pg_catalog or of
-- this schema, and a function of the owner may find them. Only operator needs temporary
-- tables, for imports and heals. Rights on a database are not copied with a template.
do $$
begin
    if pg_has_role(
        current_user,
        (
            select databases.datdba
            from pg_catalog.pg_database as databases
            where databases.datname = current_database()
        ),
        'usage'
    ) then
        execute format(
            'revoke temporary on database %I from public', current_database()
        );
        execute format(
            'grant temporary on database %I to operator', current_database()
        );
    else
        raise warning
            'every role may make temporary tables in the database %: its owner can '
            'revoke that right from public and grant it to operator',
            current_database();
    end if;
end
$$;

grant usage on schema outreach to sender, operator;
grant select on all tables in schema outreach to sender, operator;
-- Only those who connect accounts may read the hash of a secret.
revoke select on outreach.hosted_auth_links from sender;

-- Only the owner writes status, status_seq and the time zones of an account: they
-- change by functions. A zone that changed at once would open a second local day with
-- limits of its own.
grant insert (
    workspace_id, name, first_name, last_name, timezone, has_premium
) on outreach.linkedin_accounts to operator;
grant update (
    name, first_name, last_name, has_premium, last_sync_at, paused_at, paused_by,
    paused_reason
) on outreach.linkedin_accounts to operator;
-- A row lock needs the right to update some column of the row.
grant update (last_sync_at) on outreach.linkedin_accounts to sender;

-- The provider of a workspace changes by move_workspace_to_provider() alone.
grant insert, update (name) on outreach.workspaces to operator;

grant insert, update on
outreach.provider_accounts,
outreach.linkedin_account_limits,
outreach.linkedin_account_sending_windows,
outreach.linkedin_account_holds,
outreach.hosted_auth_links,
outreach.campaigns,
outreach.campaign_steps,
outreach.campaign_step_templates,
outreach.template_validations,
outreach.prospects,
outreach.campaign_prospects,
outreach.enrollment_step_variants,
outreach.linkedin_chats,
outreach.prospect_cooldowns,
outreach.campaign_send_jobs,
outreach.linkedin_daily_counters,
outreach.linkedin_admin_alerts
to operator;

grant insert on
outreach.campaign_accounts,
outreach.do_not_contact_rules
to operator;

grant delete on
outreach.linkedin_account_limits,
outreach.linkedin_account_sending_windows,
outreach.linkedin_account_holds,
outreach.campaign_accounts,
outreach.campaign_step_templates,
outreach.template_validations,
outreach.linkedin_chats,
outreach.prospect_cooldowns,
outreach.do_not_contact_rules
to operator;

-- An import takes the ids of its enrollments before it inserts them, because their
-- jitter is computed from them.
grant usage on sequence outreach.campaign_prospects_enrollment_id_seq to operator;

grant insert, update on
outreach.linkedin_account_holds,
outreach.campaign_prospects,
outreach.enrollment_step_variants,
outreach.linkedin_chats,
outreach.prospect_cooldowns,
outreach.campaign_send_jobs,
outreach.send_queue_watermarks,
outreach.linkedin_daily_counters,
outreach.linkedin_admin_alerts
to sender;

grant delete on outreach.linkedin_chats to sender;
-- A look-up finds the ids of a person, and fills what is empty about them.
grant update (
    provider_id, public_identifier, first_name, last_name, company, job_title, email,
    location, industry, custom
) on outreach.prospects to sender;

grant update, delete on outreach.linkedin_webhook_inbox to sender, operator;

-- Append-only for everybody: insert and read, never update or delete.
grant insert on
outreach.provider_account_links,
outreach.send_attempts,
outreach.campaign_events,
outreach.linkedin_events,
outreach.linkedin_webhook_deliveries,
outreach.linkedin_webhook_inbox,
outreach.accept_signals,
outreach.accept_credits,
outreach.provider_reads,
outreach.provider_wide_reads,
outreach.webhook_repairs,
outreach.linkedin_counter_heals
to sender, operator;

-- Outcomes are written by append_send_outcomes(), append_unknown_outcome() and
-- append_decision() alone, because an outcome that means unsent gives a part of a limit
-- back.
grant insert on
outreach.pause_audit,
outreach.heal_reports
to operator;

-- The code that saves a campaign acts as validator for the one statement that keeps the
-- stamps of the accepted texts. No other role is a member of it.
grant usage on schema outreach to validator;
grant select, insert on outreach.validated_texts to validator;

-- The pages of the console are read as this role: the marts, as analyst does, and the
-- functions of sql/functions/console/, which grant themselves. It reads no table but
-- the names of time zones, and writes nothing.
do $$
begin
    if not pg_has_role('console', 'analyst', 'usage') then
        grant analyst to console;
    end if;
exception
    when insufficient_privilege then
        raise exception 'the user % may not grant the role analyst to console: %.',
            current_user, sqlerrm
            using
                errcode = 'insufficient_privilege',
                hint = 'Let a superuser run: grant analyst to console. Then migrate '
                'again.';
end
$$;

grant usage on schema outreach to console;
grant select on outreach.timezones to console;
