-- Acts on replies that ask not to be contacted any more, each once: marks the person
-- do-not-contact where the campaign says so (on_opt_out: mark), else opens an alert that
-- proposes it. An alert about a person who is marked is resolved. Locks the accounts of
-- all whom it marks, before anything else.
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
    marked_ids constant bigint [] := array(
        select found.prospect_id
        from outreach.opt_outs_to_act_on(act_on_opt_outs.workspace_id) as found
        where
            found.marks_at_once
            and not found.is_marked
    );
    locked_account_ids bigint [];
    opt_out record;
    done_subject text;
begin
    locked_account_ids := outreach.accounts_that_contact(
        act_on_opt_outs.workspace_id, marked_ids
    );
    perform outreach.lock_accounts(act_on_opt_outs.workspace_id, locked_account_ids);

    for opt_out in
        select found.*
        from outreach.opt_outs_to_act_on(act_on_opt_outs.workspace_id) as found
    loop
        -- Who has asked since, and is of other accounts, is left to the next call.
        continue when opt_out.marks_at_once
            and not opt_out.is_marked
            and opt_out.prospect_id <> all(marked_ids);

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
