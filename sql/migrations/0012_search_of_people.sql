-- The pages of the console find people by any word of theirs, and the people behind a
-- number of a campaign.

-- The words of a text, for a search: in lower case, without accents, each cut at 100
-- characters. A column below depends on it, so it changes by a migration that makes
-- the column anew.
create function outreach.search_words(searched text)
returns text []
language sql
immutable
parallel safe
return array(
    select distinct left(words.word, 100)
    from unnest(
        regexp_split_to_array(
            lower(
                regexp_replace(
                    normalize(search_words.searched, nfkd), '[\u0300-\u036f]', '', 'g'
                )
            ),
            '[^[:alnum:]]+'
        )
    ) as words (word)
    where words.word <> ''
);

-- What a person is found by.
create function outreach.person_words(
    first_name text,
    last_name text,
    company text,
    email text,
    public_identifier text,
    provider_id text
)
returns tsvector
language sql
immutable
parallel safe
return array_to_tsvector(
    outreach.search_words(
        coalesce(person_words.first_name, '')
        || ' ' || coalesce(person_words.last_name, '')
        || ' ' || coalesce(person_words.company, '')
        || ' ' || coalesce(person_words.email, '')
        || ' ' || coalesce(person_words.public_identifier, '')
        || ' ' || coalesce(person_words.provider_id, '')
    )
);

-- Kept in the row, because to compute it costs more than to read a person.
alter table outreach.prospects
add column words tsvector generated always as (
    outreach.person_words(
        first_name, last_name, company, email, public_identifier, provider_id
    )
) stored;

comment on column outreach.prospects.words is
'The words by which the console finds the person: outreach.person_words().';

create index prospects_by_words on outreach.prospects using gin (words);

-- Few events of a campaign are replies and setbacks: the people of these numbers are
-- found without a look at its sends, whose events the index leaves out.
create index campaign_events_of_replies_and_setbacks
on outreach.campaign_events (workspace_id, campaign_id, event_type, enrollment_id)
where event_type in ('reply_received', 'send_failed', 'template_parked');
