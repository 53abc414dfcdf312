-- What the page of one person shows, each row with its part: person is what is known of
-- them; then their campaigns, the lines of their timeline after a given one, and the
-- newest changes of what is known, and the do-not-contact rules that mean them. No row for
-- a person who does not exist. Security definer: the console reads it, without rights to
-- its tables.
create or replace function outreach.console_person_page(
    in_workspace_id bigint,
    in_prospect_id bigint,
    before_at timestamptz,
    before_kind text,
    before_seq bigint,
    most_lines integer,
    most_changes integer,
    at timestamptz
)
returns table (
    part text,
    shown jsonb
)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    about record;
begin
    select person.*
    into about
    from outreach.console_person(in_workspace_id, in_prospect_id) as person;

    if not found then
        return;
    end if;

    return query
    select
        'person',
        to_jsonb(about)
    union all
    select
        'enrollment',
        to_jsonb(enrollments)
    from outreach.console_people(
        in_workspace_id,
        array_fill(in_prospect_id, array[cardinality(about.enrollment_ids)]),
        about.enrollment_ids,
        console_person_page.at
    ) as enrollments
    union all
    select
        'line',
        to_jsonb(lines)
    from outreach.console_person_timeline(
        in_workspace_id, in_prospect_id, before_at, before_kind, before_seq,
        most_lines, console_person_page.at
    ) as lines
    union all
    select
        'change',
        to_jsonb(changes)
    from outreach.console_person_changes(
        in_workspace_id, in_prospect_id, null, null, null, most_changes
    ) as changes
    union all
    select
        'rule',
        jsonb_build_object('kind', rules.kind, 'written', rules.written)
    from outreach.do_not_contact_rules_of(
        in_workspace_id, about.company, about.email
    ) as rules;
end
$$;

revoke execute on function outreach.console_person_page(
    bigint, bigint, timestamptz, text, bigint, integer, integer, timestamptz
) from public;
grant execute on function outreach.console_person_page(
    bigint, bigint, timestamptz, text, bigint, integer, integer, timestamptz
) to console;
