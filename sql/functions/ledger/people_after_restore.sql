-- The people of invites and look-ups who are in the lists that were read after a
-- restore, at most one row for each job. is_older: dated before the backup, by the
-- provider's clock, which is given ten minutes, or a day where it dates invitations by "2
-- days ago". jobs: rows of outreach.jobs_after_restore(), as JSON.
create or replace function outreach.people_after_restore(
    workspace_id bigint,
    jobs jsonb,
    read_ids bigint [],
    since timestamptz
)
returns table (
    job_id bigint,
    list text,
    read_id bigint,
    happened_at timestamptz,
    reference text,
    provider_id text,
    is_older boolean
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    with

    items as materialized (

        select
            reads.account_id,
            reads.read_id,
            reads.list,
            listed.*,
            coalesce(
                listed.happened_at < people_after_restore.since - case
                    when reads.list = 'sent_invitations' then interval '24 hours'
                    else interval '10 minutes'
                end,
                false
            ) as is_older
        from outreach.whole_provider_reads as reads
        cross join lateral jsonb_to_recordset(reads.items) as listed (
            reference text,
            provider_id text,
            public_identifier text,
            happened_at timestamptz
        )
        where
            reads.workspace_id = people_after_restore.workspace_id
            and reads.read_id = any(read_ids)
            and reads.list in ('sent_invitations', 'relations')

    )

    select distinct on (sought.job_id)
        sought.job_id,
        items.list,
        items.read_id,
        items.happened_at,
        items.reference,
        items.provider_id,
        items.is_older
    from jsonb_to_recordset(people_after_restore.jobs) as sought (
        job_id bigint,
        account_id bigint,
        action text,
        provider_id text,
        public_identifier text
    )
    inner join items
        on
            sought.account_id = items.account_id
            and (
                sought.provider_id = items.provider_id
                or sought.public_identifier = items.public_identifier
            )
    where
        sought.action = 'send_invite'
        or (sought.action = 'resolve_profile' and items.provider_id is not null)
    order by
        sought.job_id,
        items.is_older,
        items.list = 'sent_invitations',
        items.read_id;
end
$$;
