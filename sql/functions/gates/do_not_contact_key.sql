-- The normalised value of a do-not-contact rule, for storage and comparisons. A domain
-- may be given as an address, with an @ before it, or as a website.
create or replace function outreach.do_not_contact_key(kind text, written text)
returns text
language sql
immutable
set search_path = pg_catalog, pg_temp
as $$
    select
        case $1
            when 'company' then outreach.company_key($2)
            when 'email_domain' then (
                regexp_match(
                    lower(btrim($2)),
                    '^(?:https?://)?(?:www\.)?(?:[^@/]*@)?([^@/ ]+\.[^@/ .]+)\.?(?:/.*)?$'
                )
            )[1]
        end
$$;
