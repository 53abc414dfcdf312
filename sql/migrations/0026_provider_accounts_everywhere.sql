-- A table that is the same on every node cannot reference one that is spread by
-- workspace: the trigger provider_accounts_name_an_account keeps the rule.
alter table outreach.provider_accounts
drop constraint provider_accounts_account_fkey;
