-- Changes the time zone of an account. The old zone applies until its next midnight, so
-- that no calendar day of the account is shortened. The change is audited. Returns the moment from which the
-- new zone applies: at itself if the account has that zone already.
create or replace function outreach.set_account_timezone(
    workspace_id bigint,
    account_id bigint,
    new_timezone text,
    actor text,
    at timestamptz default null
)
returns timestamptz
language plpgsql
security definer -- only the owner may change a zone, because it moves the day
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    account outreach.linkedin_accounts;
    -- Read after the lock, because now() is older than the wait for it.
    moment timestamptz;
    current_timezone text;
    takes_effect_at timestamptz;
    was jsonb;
begin
    if coalesce(trim(new_timezone), '') = '' then
        raise exception 'LinkedIn account % of workspace % needs a time zone',
            set_account_timezone.account_id, set_account_timezone.workspace_id
            using
                errcode = 'null_value_not_allowed',
                hint = 'Name one of outreach.timezones, such as Europe/Berlin.';
    end if;

    if coalesce(trim(actor), '') = '' then
        raise exception
            'the change of the time zone of LinkedIn account % of workspace % '
            'has no actor',
            set_account_timezone.account_id, set_account_timezone.workspace_id
            using
                errcode = 'null_value_not_allowed',
                hint = 'Set actor to the person who changes it.';
    end if;

    account := outreach.lock_account(
        set_account_timezone.workspace_id, set_account_timezone.account_id
    );

    moment := coalesce(set_account_timezone.at, clock_timestamp());

    if not isfinite(moment) then
        raise exception
            'the time zone of LinkedIn account % of workspace % cannot change at %',
            account.account_id, account.workspace_id, moment
            using
                errcode = 'datetime_field_overflow',
                hint = 'Give the moment of the change, or none for now.';
    end if;

    current_timezone := outreach.account_timezone(
        account.timezone, account.next_timezone, account.next_timezone_at, moment
    );

    if new_timezone <> current_timezone then
        takes_effect_at := outreach.next_local_midnight(current_timezone, moment);
    end if;

    was := outreach.account_setting(
        account.workspace_id, account.account_id, 'timezone'
    );

    update outreach.linkedin_accounts as accounts
    set
        timezone = current_timezone,
        next_timezone = case when takes_effect_at is not null then new_timezone end,
        next_timezone_at = takes_effect_at
    where
        accounts.workspace_id = account.workspace_id
        and accounts.account_id = account.account_id;

    perform outreach.audit_account_setting(
        account.workspace_id, account.account_id, 'timezone', was,
        set_account_timezone.actor, moment
    );

    return coalesce(takes_effect_at, moment);
end
$$;

-- It has its owner's rights, so only those who need it may call it.
revoke execute on function outreach.set_account_timezone(bigint, bigint, text, text, timestamptz) from public;
grant execute on function outreach.set_account_timezone(bigint, bigint, text, text, timestamptz) to operator;
