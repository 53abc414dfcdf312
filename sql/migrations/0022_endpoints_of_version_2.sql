-- An endpoint of version 2 can be changed, where a subscription of version 1 is made anew.

alter table outreach.webhook_repairs
drop constraint a_repair_registers_or_deletes,
add constraint a_repair_registers_changes_or_deletes check (
    repair in ('registered', 'changed', 'deleted')
);
