-- No two sending windows of an account share a moment of a weekday.
-- Checked at commit, so that windows can be moved one after the other. The account's
-- row is locked first and its windows are read in a later statement, so that the second
-- of two concurrent transactions sees the window of the first.
create or replace function outreach.assert_windows_do_not_overlap()
returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    account_name text;
    windows_of_day outreach.linkedin_account_sending_windows [];
    overlap record;
begin
    perform outreach.assert_read_committed();

    account_name := (outreach.lock_account(new.workspace_id, new.account_id)).name;

    select array_agg(row(windows.*)::outreach.linkedin_account_sending_windows)
    into windows_of_day
    from outreach.linkedin_account_sending_windows as windows
    where
        windows.workspace_id = new.workspace_id
        and windows.account_id = new.account_id
        and windows.weekday = new.weekday;

    select pairs.*
    into overlap
    from outreach.overlapping_windows(windows_of_day) as pairs;

    if found then
        raise exception
            'LinkedIn account % (%) of workspace % has two windows at once on '
            'weekday %: % to % and % to %',
            new.account_id, account_name, new.workspace_id,
            overlap.weekday, overlap.opens, overlap.closes, overlap.next_opens,
            overlap.next_closes
            using
                errcode = 'check_violation',
                hint = 'Merge them, or close one before the other opens.';
    end if;

    return null;
end
$$;

drop trigger if exists sending_windows_do_not_overlap
on outreach.linkedin_account_sending_windows;

create constraint trigger sending_windows_do_not_overlap
after insert or update on outreach.linkedin_account_sending_windows
deferrable initially deferred
for each row
execute function outreach.assert_windows_do_not_overlap();
