-- Who changed the fields of a person, and what they were.

create table outreach.prospect_field_audit (
    workspace_id bigint not null,
    change_id bigint generated always as identity,
    prospect_id bigint not null,
    was jsonb not null,
    became jsonb not null,
    actor text not null,
    changed_at timestamptz not null,
    constraint prospect_field_audit_pkey primary key (workspace_id, change_id),
    constraint prospect_field_audit_prospect_fkey
    foreign key (workspace_id, prospect_id)
    references outreach.prospects (workspace_id, prospect_id),
    constraint a_change_of_fields_says_who check (actor <> ''),
    constraint a_change_of_fields_changes_one check (was <> became)
);

comment on table outreach.prospect_field_audit is
'Each change of what is known of a person, such as the name or the company: by a person, '
'by an import that fills empty fields, or by a look-up that finds the person known.';
comment on column outreach.prospect_field_audit.was is
'The changed fields alone, by the names that texts use; an empty one is left out.';
comment on column outreach.prospect_field_audit.became is
'The same fields after the change; an empty one is left out.';

create index prospect_field_audit_of_person
on outreach.prospect_field_audit (workspace_id, prospect_id, change_id);

grant select, insert on outreach.prospect_field_audit to sender, operator;
