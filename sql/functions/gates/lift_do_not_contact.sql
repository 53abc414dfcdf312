-- Lifts the do-not-contact mark of a person. What the mark ended stays ended: the person
-- may be imported into a campaign again, and may be answered without being asked once
-- more. Returns false if the person is not marked.
-- Raises if a rule for their company or email domain stands, because the next import
-- would mark them again.
create or replace function outreach.lift_do_not_contact(
    workspace_id bigint,
    prospect_id bigint,
    reason text,
    actor text,
    at timestamptz default null
)
returns boolean
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    person outreach.prospects;
    rule_words text;
begin
    perform outreach.assert_read_committed();

    select prospects.*
    into person
    from outreach.prospects
    where
        prospects.workspace_id = lift_do_not_contact.workspace_id
        and prospects.prospect_id = lift_do_not_contact.prospect_id
    for no key update;

    if not found then
        raise exception 'workspace % has no person %',
            lift_do_not_contact.workspace_id, lift_do_not_contact.prospect_id
            using
                errcode = 'no_data_found',
                hint = 'Search for the person in outreach.prospects.';
    end if;

    select
        string_agg(
            replace(rules.kind, '_', ' ') || ' ' || rules.written, ' and '
            order by rules.kind, rules.written
        )
    into rule_words
    from outreach.do_not_contact_rules_of(
        lift_do_not_contact.workspace_id, person.company, person.email
    ) as rules;

    if rule_words is not null then
        raise exception 'the person is marked by the rule for the %', rule_words
            using
                errcode = 'object_not_in_prerequisite_state',
                hint = 'Take the rule off the list first.';
    end if;

    return outreach.set_do_not_contact(
        lift_do_not_contact.workspace_id, array[lift_do_not_contact.prospect_id],
        false, lift_do_not_contact.reason, lift_do_not_contact.actor,
        coalesce(lift_do_not_contact.at, clock_timestamp())
    ) > 0;
end
$$;
