-- The LinkedIn product that an action needs. settings: of the step; an InMail names the
-- product that it goes over. All else is done with the classic one.
create or replace function outreach.needed_product(action text, settings jsonb)
returns text
language sql
immutable
return case
    when needed_product.action = 'send_inmail'
        then coalesce(settings ->> 'api', 'classic')
    else 'classic'
end;
