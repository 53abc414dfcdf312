-- What each heal that a person started did to one account: what was wrong before and
-- after, and the query that proves it.

create table outreach.heal_reports (
    workspace_id bigint not null,
    report_id bigint generated always as identity,
    heal text not null,
    subject text not null,
    actor text not null,
    before_count bigint not null,
    after_count bigint not null,
    outcome text not null,
    proof text not null,
    reported_at timestamptz not null,
    constraint heal_reports_pkey primary key (workspace_id, report_id),
    constraint heal_reports_workspace_fkey
    foreign key (workspace_id) references outreach.workspaces (workspace_id),
    constraint a_heal_is_kept_or_rolled_back check (
        outcome in ('kept', 'rolled_back')
    ),
    constraint a_kept_heal_leaves_less_wrong check (
        (outcome = 'kept') = (after_count < before_count)
    ),
    constraint a_heal_report_says_who_and_what check (
        heal <> '' and subject <> '' and actor <> '' and proof <> ''
    )
);

grant select on outreach.heal_reports to sender, operator;
grant insert on outreach.heal_reports to operator;
