-- What the provider has not implemented for an account or its product concerns one action
-- and no person: the next person would be refused too. The action of the account is held,
-- as for what the account has not paid for.

update outreach.provider_error_classes
set
    outcome = 'account_limit',
    hold_for = '24 hours'
where
    error_type in ('api/not_implemented', 'feature_not_implemented')
    or (error_type = '*' and http_status = 501);
