-- The type of an account in outreach.limit_presets, by the paid products that the
-- provider names. A paid account without a named product is premium.
create or replace function outreach.account_type(
    has_premium boolean,
    premium_features text []
)
returns text
language sql
immutable
return case
    when 'recruiter' = any(account_type.premium_features) then 'recruiter'
    when 'sales_navigator' = any(account_type.premium_features) then 'sales_navigator'
    when account_type.has_premium or account_type.premium_features <> '{}'
        then 'premium'
    else 'free'
end;
