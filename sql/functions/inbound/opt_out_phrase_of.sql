-- The words in a reply that ask not to be contacted any more, by outreach.opt_out_phrases;
-- null where there are none.
-- Punctuation parts a reply, and each part is compared as whole words without its polite
-- ones: "Please stop!" is stop, "don't stop", "non-stop" and "stop by on Monday" are not.
-- In a reply of more than 12 words only a part that begins within the first five counts.
create or replace function outreach.opt_out_phrase_of(reply text)
returns text
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
    longest_short_reply constant integer := 12;
    most_words_before constant integer := 4;
    -- Nobody writes such a reply at length.
    longest_read constant integer := 2000;
    part text;
    words text;
    polite text;
    found_phrase text;
    words_before integer := 0;
    word_count integer;
    parts text [];
begin
    if reply is null then
        return null;
    end if;

    words := lower(normalize(left(reply, longest_read), nfkc));
    words := regexp_replace(words, '[\u2018\u2019\u0060\u00b4]', '''', 'g');
    -- Quoted lines are ours.
    words := regexp_replace(words, '(^|\n)[ \t]*>[^\n]*', '\1', 'g');
    -- Signs and emoji say nothing here.
    words := regexp_replace(
        words,
        '[]\[(){}<>"\u00ab\u00bb\u201c-\u201e*_~#|/\\\u200b-\u200f\u2190-\u2bff\ufe0f'
        '\U0001f000-\U0001faff]+',
        ' ',
        'g'
    );
    parts := regexp_split_to_array(
        words, '[.!?;:,\n\r\u2013\u2014\u2026\u3001\u3002]+|[ \t]-+[ \t]'
    );
    word_count := (
        select count(*)
        from regexp_split_to_table(array_to_string(parts, ' '), '\s+') as split (word)
        where split.word <> ''
    );

    foreach part in array parts loop
        part := trim(regexp_replace(part, '\s+', ' ', 'g'));
        continue when part = '';
        exit when word_count > longest_short_reply and words_before > most_words_before;

        words_before := words_before
            + cardinality(regexp_split_to_array(part, ' '));

        -- Compared at each step: polite words may be a part of the phrase.
        loop
            select phrases.phrase
            into found_phrase
            from outreach.opt_out_phrases as phrases
            where
                (phrases.reads in ('whole', 'start') and phrases.phrase = part)
                or (
                    phrases.reads = 'start'
                    and starts_with(part || ' ', phrases.phrase || ' ')
                )
            order by length(phrases.phrase) desc
            limit 1;

            if found then
                return found_phrase;
            end if;

            -- The longest polite words first, from either end, until none is left.
            select phrases.phrase
            into polite
            from outreach.opt_out_phrases as phrases
            where
                phrases.reads = 'polite'
                and (
                    starts_with(part || ' ', phrases.phrase || ' ')
                    or right(' ' || part, length(phrases.phrase) + 1)
                    = ' ' || phrases.phrase
                )
            order by length(phrases.phrase) desc
            limit 1;

            exit when not found;

            part := trim(
                case
                    when starts_with(part || ' ', polite || ' ')
                        then substr(part, length(polite) + 2)
                    else left(part, length(part) - length(polite))
                end
            );
        end loop;
    end loop;

    return null;
end
$$;
