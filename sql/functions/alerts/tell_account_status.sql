-- Tells that an account's status has flipped, in the transaction of the flip. The alert
-- account_disconnected is open while the account is not connected, also if only one of its
-- products is not, and is told again where it goes from one status to another. Endpoints
-- are told account.disconnected when it sends nothing any more, and account.connected
-- when it does again. A login in progress changes nothing.
create or replace function outreach.tell_account_status(
    flip outreach.linkedin_account_status_audit
)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    event_type text;
    account_name text;
    is_usable boolean;
    known record;
begin
    if flip.to_status = 'connecting' then
        return;
    end if;

    select
        accounts.name,
        outreach.may_use_product(flip.to_status, accounts.product_states, 'classic')
    into account_name, is_usable
    from outreach.linkedin_accounts as accounts
    where
        accounts.workspace_id = flip.workspace_id
        and accounts.account_id = flip.account_id;

    event_type := case
        when not is_usable then 'account.disconnected'
        when
            flip.to_status = 'connected'
            or flip.from_status not in ('connected', 'degraded', 'partial')
            then 'account.connected'
    end;

    -- By the account's id: its name is in the subject, and may have changed.
    select
        alerts.alert_id,
        alerts.subject
    into known
    from outreach.linkedin_admin_alerts as alerts
    where
        alerts.workspace_id = flip.workspace_id
        and alerts.code = 'account_disconnected'
        and alerts.resolved_at is null
        and (alerts.details ->> 'account_id')::bigint = flip.account_id;

    if flip.to_status = 'connected' then
        perform outreach.resolve_admin_alert(
            flip.workspace_id, 'account_disconnected', known.subject
        );
    else
        perform outreach.open_admin_alert(
            flip.workspace_id, 'account_disconnected',
            coalesce(
                known.subject, format('%s (account %s)', account_name, flip.account_id)
            ),
            format(
                '%s is %s. %s.', account_name, flip.to_status,
                upper(left(flip.reason, 1)) || substr(flip.reason, 2)
            ),
            jsonb_build_object(
                'account_id', flip.account_id,
                'status', flip.to_status,
                'closes_when', 'the account is connected again',
                'what_to_do', 'What to do: ' || case flip.to_status
                    when 'errored'
                        then 'nothing, unless it lasts. The provider, its proxy or '
                        || 'LinkedIn is out of service, and a login would not help. '
                        || 'Nothing is sent from it until then.'
                    when 'locked'
                        then 'renew the subscription at the provider. Nothing is sent '
                        || 'from it until then.'
                    when 'degraded'
                        then 'nothing, unless it lasts. One of its LinkedIn products '
                        || 'is out of service, and what needs that product waits.'
                    when 'partial'
                        then 'log in to the LinkedIn product that needs it, on the '
                        || 'page that `scripts/trueup account connect --account NAME` '
                        || 'prints. What needs that product waits.'
                    else 'if LinkedIn restricts the account, log in there and settle '
                        || 'that first. Then connect it again on the page that '
                        || '`scripts/trueup account connect --account NAME` prints. '
                        || 'Nothing is sent from it until then.'
                end
            ),
            flip.flipped_at
        );

        update outreach.linkedin_admin_alerts as alerts
        set changed_at = clock.now
        from (select clock_timestamp() as now) as clock
        where
            alerts.workspace_id = flip.workspace_id
            and alerts.alert_id = known.alert_id;
    end if;

    if event_type is null then
        return;
    end if;

    perform outreach.queue_endpoint_event(
        flip.workspace_id, event_type,
        format(
            'linkedin_account_status_audit/%s/%s', flip.account_id, flip.status_seq
        ),
        flip.flipped_at,
        outreach.account_event_data(flip.workspace_id, flip.account_id)
        || jsonb_build_object('from_status', flip.from_status, 'reason', flip.reason)
    );
end
$$;
