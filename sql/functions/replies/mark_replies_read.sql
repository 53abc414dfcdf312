-- Notes that somebody read an account's conversation with a person up to its newest
-- message, or up to the newest one that they saw. Returns whether there was anything
-- unread.
-- seen_event_id: the newest message of the person that was shown; null for the newest of
-- all.
create or replace function outreach.mark_replies_read(
    workspace_id bigint,
    account_id bigint,
    person text,
    actor text,
    as_of timestamptz default null,
    seen_event_id bigint default null
)
returns boolean
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    if coalesce(actor, '') = '' then
        raise exception 'a mark of read replies needs the name of who read them'
            using errcode = 'check_violation', hint = 'Give an actor.';
    end if;

    perform outreach.lock_account(
        mark_replies_read.workspace_id, mark_replies_read.account_id
    );

    insert into outreach.reply_reads (
        workspace_id, account_id, person, read_to_event_id, actor, marked_at
    )
    select
        mark_replies_read.workspace_id, mark_replies_read.account_id,
        mark_replies_read.person, newest.event_id, mark_replies_read.actor,
        coalesce(as_of, clock_timestamp())
    from (
        select max(messages.event_id) as event_id
        from outreach.linkedin_events as messages
        where
            messages.workspace_id = mark_replies_read.workspace_id
            and messages.account_id = mark_replies_read.account_id
            and messages.provider_id = mark_replies_read.person
            and messages.event_type = 'message_received'
            and (seen_event_id is null or messages.event_id <= seen_event_id)
    ) as newest
    where
        newest.event_id > coalesce(
            (
                select max(marks.read_to_event_id)
                from outreach.reply_reads as marks
                where
                    marks.workspace_id = mark_replies_read.workspace_id
                    and marks.account_id = mark_replies_read.account_id
                    and marks.person = mark_replies_read.person
            ),
            0
        );

    return found;
end
$$;
