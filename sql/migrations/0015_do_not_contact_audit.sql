-- Who marked a person do-not-contact or lifted the mark, when and why.

create table outreach.do_not_contact_audit (
    workspace_id bigint not null,
    audit_id bigint generated always as identity,
    prospect_id bigint not null,
    is_marked boolean not null,
    actor text not null,
    reason text not null,
    changed_at timestamptz not null,
    constraint do_not_contact_audit_pkey primary key (workspace_id, audit_id),
    constraint do_not_contact_audit_prospect_fkey
    foreign key (workspace_id, prospect_id)
    references outreach.prospects (workspace_id, prospect_id),
    constraint a_mark_has_a_reason check (reason <> '' and actor <> '')
);

comment on table outreach.do_not_contact_audit is
'Each do-not-contact mark of a person and each end of one, with who and why.';
comment on column outreach.do_not_contact_audit.is_marked is
'True for a mark, false for the end of one. A person''s newest row says what they are.';
comment on column outreach.do_not_contact_audit.changed_at is
'When it was decided. Rows are in the order of audit_id.';

create index do_not_contact_audit_by_person
on outreach.do_not_contact_audit (workspace_id, prospect_id, audit_id);

insert into outreach.do_not_contact_audit (
    workspace_id, prospect_id, is_marked, actor, reason, changed_at
)
select
    prospects.workspace_id,
    prospects.prospect_id,
    true,
    'not recorded',
    prospects.do_not_contact_reason,
    prospects.do_not_contact_at
from outreach.prospects
where prospects.do_not_contact_at is not null
order by
    prospects.do_not_contact_at,
    prospects.prospect_id;

grant select, insert on outreach.do_not_contact_audit to sender, operator;

-- A look-up that finds a known person marks both rows of the person.
grant update (do_not_contact_at, do_not_contact_reason)
on outreach.prospects to sender;
