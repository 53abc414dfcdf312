-- The normalised name of a company for comparisons: lower case, without punctuation and
-- legal forms (Acme, Inc. and ACME are one company). Null without a name.
create or replace function outreach.company_key(name text)
returns text
language sql
immutable
set search_path = pg_catalog, pg_temp
as $$
    select
        nullif(
            regexp_replace(
                btrim(
                    regexp_replace(lower(normalize($1, nfkc)), '[^[:alnum:]]+', ' ', 'g')
                ),
                '(?<=.)( (inc|incorporated|llc|llp|lp|ltd|limited|plc|corp|corporation'
                || '|co|company|gmbh|mbh|ag|kg|kgaa|ohg|ug|se|ev|bv|nv|sa|sas|sarl|sl|slu'
                || '|srl|spa|oy|oyj|ab|as|asa|aps|pty|pte|lda|ltda|kft|zrt|sro|doo|ood'
                || '|sp z o o|s a|s r o|s p a|s r l|b v|n v|d o o|gmbh co kg))+$',
                ''
            ),
            ''
        )
$$;
