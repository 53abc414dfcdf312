-- The next job of each account at a moment, for accounts that have one: the oldest due
-- job of a step without a blocker, or one that the sender has to end; the jobs of answers
-- are in outreach.claimable_answers. A claim has locked the
-- accounts' rows in an earlier statement. The due jobs of one account and action are
-- scanned by index, from the start in outreach.send_queue_watermarks, in pieces that
-- grow until a job is found. If the action is blocked, they are not scanned, even if
-- many jobs wait for tomorrow's limit.
create or replace function outreach.claimable_jobs(
    workspace_id bigint,
    account_ids bigint [],
    at timestamptz
)
returns table (account_id bigint, job_id bigint)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    list_account_ids bigint [];
    list_actions text [];
    -- The position up to which each list was scanned.
    seen_run_ats timestamptz [];
    seen_job_ids bigint [];
    piece integer := 1;
    looked record;
    found_job_ids bigint [] := '{}';
    -- Invites that need a note are passed over in these accounts.
    noteless_account_ids bigint [];
    note_step_ids bigint [] := '{}';
begin
    select
        array_agg(watermarks.account_id),
        array_agg(watermarks.list)
    into list_account_ids, list_actions
    from unnest(account_ids) as asked (account_id)
    inner join outreach.send_queue_watermarks as watermarks
        on
            watermarks.workspace_id = claimable_jobs.workspace_id
            and asked.account_id = watermarks.account_id
    where
        watermarks.list <> 'answer_reply'
        and exists (
            select 1
            from outreach.campaign_send_jobs as jobs
            where
                jobs.workspace_id = claimable_jobs.workspace_id
                and jobs.account_id = watermarks.account_id
                and jobs.action = watermarks.list
                and jobs.status = 'queued'
                and jobs.run_at between watermarks.watermark_at and claimable_jobs.at
            offset 0 -- keeps this an index look-up per list
        );

    select
        array_agg(watermarks.account_id),
        array_agg(watermarks.list),
        array_agg(watermarks.watermark_at),
        array_agg(0)
    into list_account_ids, list_actions, seen_run_ats, seen_job_ids
    from outreach.action_gates(
        claimable_jobs.workspace_id, list_account_ids, list_actions, claimable_jobs.at,
        tells_when => false
    ) as gates
    inner join outreach.send_queue_watermarks as watermarks
        on
            watermarks.workspace_id = claimable_jobs.workspace_id
            and gates.account_id = watermarks.account_id
            and gates.action = watermarks.list
    where
        gates.blocker is null
        and not gates.is_busy;

    noteless_account_ids := array(
        select notes.account_id
        from outreach.held_notes(
            claimable_jobs.workspace_id,
            array(
                select lists.account_id
                from unnest(
                    list_account_ids, list_actions
                ) as lists (account_id, action)
                where lists.action = 'send_invite'
            ),
            claimable_jobs.at,
            tells_when => false
        ) as notes
    );

    if noteless_account_ids <> '{}' then
        note_step_ids := array(
            select needed.step_id
            from outreach.steps_with_needed_note(
                claimable_jobs.workspace_id
            ) as needed (step_id)
        );
    end if;

    while list_account_ids is not null loop
        with

        judged as materialized (

            select blockers.*
            from outreach.job_blockers(
                claimable_jobs.workspace_id,
                array(
                    select candidates.enrollment_id
                    from unnest(
                        list_account_ids, list_actions, seen_run_ats, seen_job_ids
                    ) as lists (account_id, action, run_at, job_id)
                    cross join lateral (
                        select jobs.enrollment_id
                        from outreach.campaign_send_jobs as jobs
                        where
                            jobs.workspace_id = claimable_jobs.workspace_id
                            and jobs.account_id = lists.account_id
                            and jobs.action = lists.action
                            and jobs.status = 'queued'
                            and (jobs.run_at, jobs.job_id)
                            > (lists.run_at, lists.job_id)
                            and jobs.run_at <= claimable_jobs.at
                            and not (
                                jobs.step_id = any(note_step_ids)
                                and lists.action = 'send_invite'
                                and lists.account_id = any(noteless_account_ids)
                            )
                        order by
                            jobs.run_at,
                            jobs.job_id
                        limit piece
                    ) as candidates
                ),
                claimable_jobs.at
            ) as blockers

        ),

        -- The wording that was drawn has a note, though others of the step have none.
        noted as materialized (

            select needed.job_id
            from outreach.jobs_with_needed_note(
                claimable_jobs.workspace_id,
                array(
                    select judged.job_id
                    from judged
                    where
                        judged.action = 'send_invite'
                        and judged.account_id = any(noteless_account_ids)
                )
            ) as needed (job_id)

        ),

        lists as (

            select
                judged.account_id,
                judged.action,
                (
                    array_agg(judged.job_id order by judged.run_at, judged.job_id)
                    filter (
                        where judged.sender_does is not null and noted.job_id is null
                    )
                )[1] as job_id,
                max(judged.run_at) as seen_run_at,
                (
                    array_agg(
                        judged.job_id order by judged.run_at desc, judged.job_id desc
                    )
                )[1] as seen_job_id,
                count(*) = piece
                and not bool_or(
                    (judged.sender_does is not null and noted.job_id is null)
                    or coalesce(judged.blocker, '') in (
                        'account_not_connected', 'account_paused'
                    )
                ) as goes_on
            from judged
            left join noted on judged.job_id = noted.job_id
            group by
                judged.account_id,
                judged.action

        )

        select
            array_remove(array_agg(lists.job_id), null) as found_job_ids,
            array_agg(lists.account_id) filter (where lists.goes_on) as account_ids,
            array_agg(lists.action) filter (where lists.goes_on) as actions,
            array_agg(lists.seen_run_at) filter (where lists.goes_on) as run_ats,
            array_agg(lists.seen_job_id) filter (where lists.goes_on) as job_ids
        into looked
        from lists;

        found_job_ids := found_job_ids || looked.found_job_ids;
        list_account_ids := looked.account_ids;
        list_actions := looked.actions;
        seen_run_ats := looked.run_ats;
        seen_job_ids := looked.job_ids;
        piece := least(piece * 8, 1000);
    end loop;

    return query
    select distinct on (jobs.account_id)
        jobs.account_id,
        jobs.job_id
    from unnest(found_job_ids) as found (job_id)
    inner join outreach.campaign_send_jobs as jobs
        on
            jobs.workspace_id = claimable_jobs.workspace_id
            and found.job_id = jobs.job_id
    order by
        jobs.account_id,
        jobs.run_at,
        jobs.job_id;
end
$$;
