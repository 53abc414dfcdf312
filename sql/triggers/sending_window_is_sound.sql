-- A sending window is within one weekday and closes after it opens. The table's checks
-- refuse other windows too; this trigger gives a readable error.
create or replace function outreach.assert_sending_window_is_sound()
returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    if new.weekday not between 1 and 7 then
        raise exception
            'a sending window of LinkedIn account % of workspace % is on weekday %',
            new.account_id, new.workspace_id, new.weekday
            using
                errcode = 'check_violation',
                hint = 'A weekday is a number from 1, Monday, to 7, Sunday.';
    end if;

    if new.closes <= new.opens then
        raise exception
            'a sending window of LinkedIn account % of workspace % on weekday % opens '
            'at % and closes at %, not after it',
            new.account_id, new.workspace_id, new.weekday, new.opens, new.closes
            using
                errcode = 'check_violation',
                hint = 'A window that passes midnight is two: one that closes at '
                || '24:00, and one on the next weekday that opens at 00:00.';
    end if;

    return new;
end
$$;

create or replace trigger sending_window_is_sound
before insert or update on outreach.linkedin_account_sending_windows
for each row
execute function outreach.assert_sending_window_is_sound();
