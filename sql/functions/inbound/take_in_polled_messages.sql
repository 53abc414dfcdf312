-- Takes in the new messages of an account that a poll found, records the replies among
-- them and ends the sequences of their writers, and notes until when the messages are
-- read; all at once, so that no step goes out in between. A poll that did not reach the
-- end proves nothing about the rest: it takes in what it found, and notes no moment. Nor
-- does one that was arranged before the account got another id or address, or that left
-- out an inbox in which replies can lie now. A read is kept only where something was new.
-- messages: rows of reference, provider_id (who wrote), recipient_id, happened_at,
-- is_own, chat_id and message. started_at, ended_at: of the read. stopped_by: null
-- where it is complete. inboxes: those that were to be read at asked_at
-- (outreach.accounts_to_poll_for_replies).
create or replace function outreach.take_in_polled_messages(
    workspace_id bigint,
    account_id bigint,
    started_at timestamptz,
    ended_at timestamptz,
    page_count integer,
    stopped_by text,
    messages jsonb,
    actor text,
    asked_at timestamptz,
    inboxes text [],
    out new_events bigint,
    out replies bigint,
    out stopped bigint,
    out marked bigint
)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_variable
declare
    read_id bigint;
    told jsonb;
begin
    new_events := 0;
    replies := 0;
    stopped := 0;
    marked := 0;

    if messages <> '[]' then
        read_id := outreach.record_provider_read(
            workspace_id, account_id, 'new_messages', null, started_at, ended_at,
            stopped_by is null, page_count, stopped_by,
            (
                select jsonb_agg(items.message - 'message')
                from jsonb_array_elements(messages) as items (message)
            )
        );

        told := (
            select
                jsonb_agg(
                    items.message
                    || jsonb_build_object(
                        'account_id', account_id,
                        'linkedin_identity', owners.linkedin_identity,
                        'event_type', 'message_received',
                        'subject', items.message ->> 'reference',
                        'occurred_at', items.message ->> 'happened_at',
                        'received_at', ended_at,
                        'opens_chat', false,
                        'evidence', jsonb_build_object('read_id', read_id),
                        'payload', jsonb_strip_nulls(
                            jsonb_build_object(
                                'chat_id', items.message -> 'chat_id',
                                'message', items.message -> 'message'
                            )
                        )
                    )
                )
            from jsonb_array_elements(messages) as items (message)
            cross join (
                select accounts.linkedin_identity
                from outreach.provider_accounts as accounts
                where
                    accounts.workspace_id = take_in_polled_messages.workspace_id
                    and accounts.account_id = take_in_polled_messages.account_id
            ) as owners
        );

        new_events := outreach.record_linkedin_events(
            workspace_id, 'poll', coalesce(told, '[]')
        );
    end if;

    if new_events > 0 then
        select count(*)
        into replies
        from outreach.record_replies(
            workspace_id, actor, ended_at, received_since => ended_at
        );

        select count(*)
        into stopped
        from outreach.stop_replied_enrollments(workspace_id, actor, ended_at);

        select count(*)
        into marked
        from outreach.act_on_opt_outs(workspace_id, actor, ended_at);
    end if;

    -- A change of the account's products, id or address is over then, and is seen below.
    perform outreach.lock_account(workspace_id, account_id);

    if
        stopped_by is null
        and not exists (
            select 1
            from outreach.provider_account_links as links
            where
                links.workspace_id = take_in_polled_messages.workspace_id
                and links.account_id = take_in_polled_messages.account_id
                and links.from_provider_account_id is not null
                and links.linked_at between asked_at and ended_at
        )
        and not exists (
            select 1
            from outreach.inboxes_to_read(workspace_id, array[account_id]) as readable
            where not readable.inboxes <@ take_in_polled_messages.inboxes
        )
    then
        insert into outreach.reply_polls as polls (workspace_id, account_id, read_until)
        values (workspace_id, account_id, started_at)
        on conflict on constraint reply_polls_pkey do update
        set read_until = greatest(polls.read_until, excluded.read_until);
    end if;
end
$$;
