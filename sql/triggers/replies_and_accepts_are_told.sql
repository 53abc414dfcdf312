-- A reply and an accept are told in the transaction that records them: to each endpoint
-- that wants them, and as news to the alert addresses if their campaign asks for it.
create or replace function outreach.tell_enrollment_event()
returns trigger
language plpgsql
security definer -- the writer of an event may not read endpoints
set search_path = pg_catalog, pg_temp
as $$
declare
    is_reply constant boolean := new.event_type = 'reply_received';
    endpoint_event constant text := case
        when is_reply then 'reply.received' else 'invite.accepted'
    end;
    is_asked_for constant boolean := exists (
        select 1
        from outreach.campaign_notifications as notifications
        where
            notifications.workspace_id = new.workspace_id
            and notifications.campaign_id = new.campaign_id
            and notifications.about = case when is_reply then 'reply' else 'accept' end
    );
    at constant timestamptz := clock_timestamp();
    data jsonb;
    person text;
begin
    if not is_asked_for
        and not exists (
            select 1
            from outreach.endpoints
            where
                endpoints.workspace_id = new.workspace_id
                and endpoints.removed_at is null
                and endpoint_event = any(endpoints.event_types)
        )
    then
        return null;
    end if;

    data := outreach.enrollment_event_data(new.workspace_id, new.event_id);

    perform outreach.queue_endpoint_event(
        new.workspace_id, endpoint_event, 'campaign_events/' || new.event_id,
        new.occurred_at, data
    );

    if is_asked_for then
        person := coalesce(
            nullif(
                trim(
                    concat_ws(
                        ' ',
                        data #>> '{person,first_name}', data #>> '{person,last_name}'
                    )
                ),
                ''
            ),
            data #>> '{person,linkedin_identifier}',
            data #>> '{person,linkedin_id}'
        );

        -- News is never open: the alert addresses get it once.
        insert into outreach.linkedin_admin_alerts (
            workspace_id, code, subject, message, details, opened_at, last_seen_at,
            resolved_at, is_news
        )
        values (
            new.workspace_id,
            new.event_type,
            format('%s (person %s)', person, new.prospect_id),
            format(
                'campaign %s, account %s%s',
                data #>> '{campaign,name}',
                data #>> '{account,name}',
                coalesce(
                    ': ' || left(regexp_replace(data ->> 'text', '\s+', ' ', 'g'), 300),
                    ''
                )
            ),
            jsonb_build_object(
                'event_id', new.event_id,
                'prospect_id', new.prospect_id,
                'campaign_id', new.campaign_id,
                'account_id', new.account_id
            ),
            at, at, at, true
        );
    end if;

    return null;
end
$$;

create or replace trigger replies_and_accepts_are_told
after insert on outreach.campaign_events
for each row
when (new.event_type in ('reply_received', 'invite_accepted'))
execute function outreach.tell_enrollment_event();
