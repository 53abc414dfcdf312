-- Acts on replies that ask not to be contacted any more, each once: marks the person
-- do-not-contact where the campaign says so (on_opt_out: mark), else opens an alert that
-- proposes it. An alert about a person who is marked is resolved.
-- Returns the people who were marked.
create or replace function outreach.act_on_opt_outs(
    workspace_id bigint,
    actor text,
    as_of timestamptz default null
)
returns setof bigint
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    at constant timestamptz := coalesce(as_of, clock_timestamp());
    opt_out record;
    done_subject text;
begin
    for opt_out in
        select
            replies.prospect_id,
            prospects.do_not_contact_at is not null as is_marked,
            bool_or(campaigns.settings ->> 'on_opt_out' = 'mark') as marks_at_once,
            (
                array_agg(
                    replies.details ->> 'opt_out_phrase' order by replies.event_id desc
                )
            )[1] as phrase,
            max(replies.event_id) as event_id,
            coalesce(
                nullif(
                    trim(concat_ws(' ', prospects.first_name, prospects.last_name)), ''
                ),
                prospects.public_identifier,
                prospects.provider_id
            ) as person
        from outreach.campaign_events as replies
        inner join outreach.prospects
            on
                prospects.workspace_id = act_on_opt_outs.workspace_id
                and replies.prospect_id = prospects.prospect_id
        inner join outreach.campaigns
            on
                campaigns.workspace_id = act_on_opt_outs.workspace_id
                and replies.campaign_id = campaigns.campaign_id
        where
            replies.workspace_id = act_on_opt_outs.workspace_id
            and replies.event_type = 'reply_received'
            and replies.details ->> 'opt_out_phrase' is not null
            and not exists (
                select 1
                from outreach.linkedin_admin_alerts as alerts
                where
                    alerts.workspace_id = act_on_opt_outs.workspace_id
                    and alerts.code = 'reply_asks_for_no_contact'
                    and alerts.subject = 'person ' || replies.prospect_id
                    and (alerts.details ->> 'event_id')::bigint >= replies.event_id
            )
        group by
            replies.prospect_id,
            prospects.do_not_contact_at,
            prospects.first_name,
            prospects.last_name,
            prospects.public_identifier,
            prospects.provider_id
        order by replies.prospect_id
    loop
        -- The alert is also the trace by which a reply is acted on once.
        perform outreach.open_admin_alert(
            act_on_opt_outs.workspace_id, 'reply_asks_for_no_contact',
            'person ' || opt_out.prospect_id,
            opt_out.person || ' (person ' || opt_out.prospect_id || ') replied "'
            || opt_out.phrase || '" and gets no further step of that campaign. They are '
            || 'not marked do-not-contact yet.',
            jsonb_build_object(
                'event_id', opt_out.event_id,
                'prospect_id', opt_out.prospect_id,
                'opt_out_phrase', opt_out.phrase,
                'what_to_do', 'What to do: read the reply. Mark the person with trueup '
                || 'prospect do-not-contact, or close the alert with trueup alert close.'
            ),
            at
        );

        if opt_out.marks_at_once and not opt_out.is_marked then
            perform outreach.mark_do_not_contact(
                act_on_opt_outs.workspace_id, opt_out.prospect_id,
                'replied "' || opt_out.phrase || '"', act_on_opt_outs.actor, at
            );

            return next opt_out.prospect_id;
        end if;
    end loop;

    for done_subject in
        select alerts.subject
        from outreach.linkedin_admin_alerts as alerts
        inner join outreach.prospects
            on
                prospects.workspace_id = act_on_opt_outs.workspace_id
                and (alerts.details ->> 'prospect_id')::bigint = prospects.prospect_id
        where
            alerts.workspace_id = act_on_opt_outs.workspace_id
            and alerts.code = 'reply_asks_for_no_contact'
            and alerts.resolved_at is null
            and prospects.do_not_contact_at is not null
    loop
        perform outreach.resolve_admin_alert(
            act_on_opt_outs.workspace_id, 'reply_asks_for_no_contact', done_subject, at
        );
    end loop;
end
$$;
