-- What a person can do about an account that is not connected.
create or replace function outreach.advice_of_account_status(status text)
returns text
language sql
immutable
set search_path = pg_catalog, pg_temp
as $$
    select
        'What to do: ' || case $1
            when 'errored'
                then 'nothing, unless it lasts. The provider, its proxy or LinkedIn is '
                || 'out of service, and a login would not help. Nothing is sent from '
                || 'it until then.'
            when 'locked'
                then 'renew the subscription at the provider. Nothing is sent from it '
                || 'until then.'
            when 'degraded'
                then 'nothing, unless it lasts. One of its LinkedIn products is out of '
                || 'service, and what needs that product waits.'
            when 'partial'
                then 'log in to the LinkedIn product that needs it, on the page that '
                || '`scripts/trueup account connect --account NAME` prints. What needs '
                || 'that product waits.'
            else 'if LinkedIn restricts the account, log in '
                || 'there and settle that first. Then connect it again on the page that '
                || '`scripts/trueup account connect --account NAME` prints. '
                || 'Nothing is sent from it until then.'
        end
$$;
