-- Companies and email domains whose people are not contacted. Marking one marks its
-- people (outreach.add_do_not_contact_rule), and an import marks the people that it
-- brings; so only the mark of a person decides whether something may be sent.

create table outreach.do_not_contact_rules (
    workspace_id bigint not null,
    kind text not null,
    -- In the form in which two of them are compared: outreach.company_key() of a
    -- company's name, or a domain in lower case.
    value text not null,
    -- The name or domain as it was given.
    written text not null,
    reason text not null,
    actor text not null,
    created_at timestamptz not null default now(),
    constraint do_not_contact_rules_pkey primary key (workspace_id, kind, value),
    constraint do_not_contact_rules_workspace_fkey
    foreign key (workspace_id) references outreach.workspaces (workspace_id),
    constraint a_do_not_contact_rule_is_of_a_known_kind check (
        kind in ('company', 'email_domain')
    ),
    constraint a_do_not_contact_rule_names_something check (value <> ''),
    constraint a_do_not_contact_rule_says_who_and_why check (
        reason <> '' and actor <> ''
    )
);

comment on table outreach.do_not_contact_rules is
'Companies and email domains whose people are not contacted.';

grant select on outreach.do_not_contact_rules to sender, operator;
grant insert, delete on outreach.do_not_contact_rules to operator;

-- A look-up that finds a known person fills what is empty about them.
grant update (
    first_name, last_name, company, job_title, email, location, industry, custom
)
on outreach.prospects to sender;
