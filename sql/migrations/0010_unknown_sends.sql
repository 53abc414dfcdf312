-- Calls that nobody answered: what the provider's lists say of them, and who decided.

alter table outreach.provider_reads
-- What the list belongs to beside the account, a chat or a post, or what it was read
-- for. Null for the account's own.
add column subject text;

alter table outreach.send_attempt_outcomes
-- Who decided, and why they are sure, where a person did.
add column actor text,
add column reason text,
add constraint a_persons_decision_says_who_and_why check (
    decided_by <> 'person'
    or (coalesce(actor, '') <> '' and coalesce(reason, '') <> '')
);

-- Sends without a proof are few among many, and are looked for at the provider.
create index send_attempt_outcomes_unproven
on outreach.send_attempt_outcomes (workspace_id, recorded_at)
where outcome = 'sent_unproven';
