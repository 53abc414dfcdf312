-- What version 2 of the provider's API does not say: why an InMail was refused, and how
-- many calls an account may make.

insert into outreach.provider_error_classes (
    error_type, http_status, outcome, hold_for
)
values
-- Types of ours: the credits were read after a refusal. What an account has not paid for
-- concerns no person.
('provider/no_inmail_credits', 0, 'account_limit', '24 hours'),
('provider/unexplained_inmail', 0, 'unknown', null);

comment on column outreach.provider_read_budgets.calls_per_day is
'A guess at first: the provider publishes no number, and shows that of an application in '
'its dashboard. 300 lets a page of chats be read every five minutes for a day.';
