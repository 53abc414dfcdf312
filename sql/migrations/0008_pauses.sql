-- Pauses of accounts, campaigns and single enrollments, each with who and why.

alter table outreach.campaign_prospects
add column paused_at timestamptz,
add column paused_by text,
add column paused_reason text,
add constraint an_enrollments_pause_says_who_and_why check (
    (paused_at is null) = (paused_by is null)
    and (paused_at is null) = (paused_reason is null)
);

create table outreach.pause_audit (
    workspace_id bigint not null,
    pause_id bigint generated always as identity,
    subject text not null,
    subject_id bigint not null,
    is_paused boolean not null,
    actor text not null,
    reason text not null,
    changed_at timestamptz not null,
    constraint pause_audit_pkey primary key (workspace_id, pause_id),
    constraint pause_audit_workspace_fkey
    foreign key (workspace_id) references outreach.workspaces (workspace_id),
    constraint a_pause_is_of_a_known_subject check (
        subject in ('account', 'campaign', 'enrollment')
    ),
    constraint a_pause_has_a_reason check (reason <> '' and actor <> '')
);

grant select on outreach.pause_audit to sender, operator;
grant insert on outreach.pause_audit to operator;
