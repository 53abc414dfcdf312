-- What the owners of accounts wrote since a backup, by the reads that were made after the
-- restore: each message and comment that the ledger does not know by its id. An InMail is
-- known by its chat, and is the earliest message there with its text.
-- is_unexplained: no send of the ledger has this text and may have made it. An accepted
-- invite's note opens the chat under an id of its own, and the provider may have given no
-- id when a text was sent. Ten minutes are left for the provider's clock.
-- hashes: of the text, as each kind of job would send it.
create or replace function outreach.texts_after_restore(
    workspace_id bigint,
    read_ids bigint [],
    since timestamptz
)
returns table (
    account_id bigint,
    list text,
    subject text,
    reference text,
    read_id bigint,
    happened_at timestamptz,
    hashes text [],
    is_unexplained boolean
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    with

    known as materialized (

        select
            attempts.account_id,
            attempts.action,
            attempts.provider_reference,
            attempts.begun_at,
            ledger.request_sha256
        from outreach.attempt_states as attempts
        inner join outreach.send_attempts as ledger
            on
                ledger.workspace_id = texts_after_restore.workspace_id
                and attempts.attempt_id = ledger.attempt_id
        where
            attempts.workspace_id = texts_after_restore.workspace_id
            and attempts.state <> 'unsent'

    ),

    texts as materialized (

        select
            reads.account_id,
            reads.list,
            reads.subject,
            items.reference,
            min(reads.read_id) as read_id,
            min(items.happened_at) as happened_at,
            array_agg(items.request_sha256 order by items.request_sha256) as hashes
        from outreach.whole_provider_reads as reads
        cross join lateral jsonb_to_recordset(reads.items) as items (
            reference text,
            happened_at timestamptz,
            request_sha256 text
        )
        where
            reads.workspace_id = texts_after_restore.workspace_id
            and reads.read_id = any(read_ids)
            and reads.list in ('chat_messages', 'post_comments')
            and coalesce(
                items.happened_at
                >= texts_after_restore.since - interval '10 minutes',
                true
            )
            and not exists (
                select 1
                from known
                where
                    known.account_id = reads.account_id
                    and known.provider_reference = items.reference
            )
        group by
            reads.account_id,
            reads.list,
            reads.subject,
            items.reference

    ),

    unknown_texts as (

        select ordered.*
        from (
            select
                texts.*,
                row_number() over (
                    partition by texts.account_id, texts.subject, texts.hashes
                    order by texts.happened_at, texts.reference
                ) as place
            from texts
        ) as ordered
        where
            ordered.place > (
                select count(*)
                from known
                where
                    known.account_id = ordered.account_id
                    and known.action = 'send_inmail'
                    and known.provider_reference = ordered.subject
                    and known.request_sha256 = any(ordered.hashes)
                    and known.begun_at
                    >= texts_after_restore.since - interval '10 minutes'
            )

    )

    select
        texts.account_id,
        texts.list,
        texts.subject,
        texts.reference,
        texts.read_id,
        texts.happened_at,
        texts.hashes,
        not exists (
            select 1
            from known
            where
                known.account_id = texts.account_id
                and known.request_sha256 = any(texts.hashes)
                and (known.action = 'send_invite' or known.provider_reference is null)
        )
    from unknown_texts as texts;
end
$$;
