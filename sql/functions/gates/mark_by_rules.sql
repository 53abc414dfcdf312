-- Marks a person do-not-contact if a rule means their company or email address and they
-- are not marked yet. The caller holds the locks of their accounts, and the workspace's
-- row for key share. Returns whether they were marked.
create or replace function outreach.mark_by_rules(
    workspace_id bigint,
    prospect_id bigint,
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
    rule_reason text;
begin
    select prospects.*
    into person
    from outreach.prospects
    where
        prospects.workspace_id = mark_by_rules.workspace_id
        and prospects.prospect_id = mark_by_rules.prospect_id;

    select rules.reason
    into rule_reason
    from outreach.do_not_contact_rules_of(
        mark_by_rules.workspace_id, person.company, person.email
    ) as rules
    limit 1;

    if rule_reason is null or person.do_not_contact_at is not null then
        return false;
    end if;

    perform outreach.mark_do_not_contact(
        mark_by_rules.workspace_id, mark_by_rules.prospect_id, rule_reason,
        mark_by_rules.actor, mark_by_rules.at
    );

    return true;
end
$$;
