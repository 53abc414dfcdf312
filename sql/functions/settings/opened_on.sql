-- The day on which an account of a stated age was opened; null for an unknown age.
-- LinkedIn itself opened on 2003-05-05.
create or replace function outreach.opened_on(account_age interval, today date)
returns date
language plpgsql
immutable
set search_path = pg_catalog, pg_temp
as $$
begin
    if (
        case
            when account_age not between '0' and '100 years' then true
            else today - account_age < '2003-05-05'
        end
    ) then
        raise exception 'a LinkedIn account cannot be % old', account_age
            using
                errcode = 'check_violation',
                hint = 'Give its age today, such as 2 years; leave it out if nobody '
                || 'knows it.';
    end if;

    return (today - account_age)::date;
end
$$;
