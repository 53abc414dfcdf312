-- Stores a company or an email domain whose people are not contacted, and marks its
-- people: see outreach.mark_many_do_not_contact(). An import marks people who are added
-- later. A repeated call marks people who are new since the first one.
-- kind: 'company' or 'email_domain'. Returns the numbers of marked people and cancelled
-- jobs.
create or replace function outreach.add_do_not_contact_rule(
    workspace_id bigint,
    kind text,
    written text,
    reason text,
    actor text,
    at timestamptz default null
)
returns table (people_count bigint, cancelled_count bigint)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    key constant text := outreach.do_not_contact_key(kind, written);
    people bigint [];
begin
    perform outreach.assert_read_committed();

    if coalesce(key, '') = '' then
        raise exception '"%" is no %', written,
            case kind
                when 'company' then 'name of a company'
                when 'email_domain' then 'email domain'
                else 'rule of a known kind'
            end
            using
                errcode = 'check_violation',
                hint = 'Give a company''s name, or a domain such as example.com.';
    end if;

    if coalesce(reason, '') = '' or coalesce(actor, '') = '' then
        raise exception 'a do-not-contact rule needs an actor and a reason'
            using
                errcode = 'check_violation',
                hint = 'Give an actor and a reason.';
    end if;

    -- Wait for imports that have checked their people without this rule.
    perform
    from outreach.workspaces
    where workspaces.workspace_id = add_do_not_contact_rule.workspace_id
    for update;

    insert into outreach.do_not_contact_rules (
        workspace_id, kind, value, written, reason, actor, created_at
    )
    values (
        add_do_not_contact_rule.workspace_id, add_do_not_contact_rule.kind, key,
        add_do_not_contact_rule.written, add_do_not_contact_rule.reason,
        add_do_not_contact_rule.actor,
        coalesce(add_do_not_contact_rule.at, clock_timestamp())
    )
    on conflict do nothing;

    select coalesce(array_agg(found.prospect_id), '{}')
    into people
    from outreach.people_of_do_not_contact_rule(
        add_do_not_contact_rule.workspace_id, add_do_not_contact_rule.kind, key
    ) as found (prospect_id);

    people_count := cardinality(people);
    cancelled_count := outreach.mark_many_do_not_contact(
        add_do_not_contact_rule.workspace_id, people, add_do_not_contact_rule.reason,
        add_do_not_contact_rule.actor, add_do_not_contact_rule.at
    );
    return next;
end
$$;
