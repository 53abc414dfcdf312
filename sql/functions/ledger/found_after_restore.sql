-- What the reads after a restore show of each job that is asked about: the person in a
-- list of people, the job's own text, and whether there is any text that no send
-- explains. Null where nothing is shown. One text is one job's: the other asks again once
-- the ledger knows it. Arguments: see outreach.verdicts_after_restore().
create or replace function outreach.found_after_restore(
    workspace_id bigint,
    asked jsonb,
    read_ids bigint [],
    since timestamptz,
    started_at timestamptz,
    at timestamptz
)
returns table (
    job_id bigint,
    enrollment_id bigint,
    account_id bigint,
    action text,
    status text,
    may_have_been_due boolean,
    person_list text,
    person_provider_id text,
    is_older boolean,
    text_list text,
    text_subject text,
    read_id bigint,
    happened_at timestamptz,
    reference text,
    is_anything_unexplained boolean,
    is_anybody_unknown boolean
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    with

    jobs as materialized (

        select asked_jobs.*
        from outreach.jobs_after_restore(
            found_after_restore.workspace_id, asked, read_ids,
            found_after_restore.since, found_after_restore.started_at,
            found_after_restore.at
        ) as asked_jobs

    ),

    texts as materialized (

        select written.*
        from outreach.texts_after_restore(
            found_after_restore.workspace_id, read_ids, found_after_restore.since
        ) as written

    ),

    own_texts as (

        select distinct on (texts.account_id, texts.list, texts.reference)
            jobs.job_id,
            texts.list,
            texts.read_id,
            texts.subject,
            texts.reference,
            texts.happened_at
        from jobs
        inner join texts
            on
                jobs.account_id = texts.account_id
                and jobs.place_list = texts.list
                and texts.subject = any(jobs.place_subjects)
                and jobs.request_sha256 = any(texts.hashes)
        where jobs.status = 'queued'
        order by
            texts.account_id,
            texts.list,
            texts.reference,
            jobs.job_id

    ),

    first_texts as (

        select distinct on (own_texts.job_id) own_texts.*
        from own_texts
        order by
            own_texts.job_id,
            own_texts.happened_at

    )

    select
        jobs.job_id,
        jobs.enrollment_id,
        jobs.account_id,
        jobs.action,
        jobs.status,
        jobs.may_have_been_due,
        people.list,
        people.provider_id,
        people.is_older,
        first_texts.list,
        first_texts.subject,
        coalesce(first_texts.read_id, people.read_id),
        case
            when first_texts.job_id is null then people.happened_at
            else coalesce(first_texts.happened_at, people.happened_at)
        end,
        coalesce(first_texts.reference, people.reference),
        exists (
            select 1
            from texts
            where
                texts.is_unexplained
                and texts.account_id = jobs.account_id
                and texts.list = jobs.place_list
                and texts.subject = any(jobs.place_subjects)
        ),
        jobs.is_anybody_unknown
    from jobs
    left join outreach.people_after_restore(
        found_after_restore.workspace_id,
        (select jsonb_agg(to_jsonb(sought)) from jobs as sought),
        read_ids, found_after_restore.since
    ) as people
        on jobs.job_id = people.job_id
    left join first_texts on jobs.job_id = first_texts.job_id;
end
$$;
