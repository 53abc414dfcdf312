-- The next job of a step of each account at a moment, for accounts that have one: the
-- oldest due job without a blocker, or one that the sender has to end. The caller has
-- locked the accounts' rows in an earlier statement. The due jobs of one account and
-- action are scanned by index, from the start in outreach.send_queue_watermarks, in pieces
-- that grow until a job is found. The jobs of a blocked action are not scanned, and
-- neither are invites that need a note in accounts whose notes are blocked.
-- The jobs of answers are in outreach.claimable_answers.
create or replace function outreach.claimable_jobs(
    workspace_id bigint,
    account_ids bigint [],
    at timestamptz
)
returns setof bigint
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    list_account_ids bigint [];
    list_actions text [];
    noteless_account_ids bigint [];
    note_step_ids bigint [];
    piece bigint := 1;
    candidate_ids bigint [];
    found_job_ids bigint [] := '{}';
begin
    select
        array_agg(watermarks.account_id), array_agg(watermarks.list)
    into list_account_ids, list_actions
    from unnest(account_ids) as asked (account_id)
    inner join outreach.send_queue_watermarks as watermarks
        on
            watermarks.workspace_id = claimable_jobs.workspace_id
            and watermarks.account_id = any(account_ids) -- never all of the workspace
            and asked.account_id = watermarks.account_id
    where
        watermarks.list <> 'answer_reply' and exists (
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
        array_agg(gates.account_id) filter (
            where gates.blocker is null and not gates.is_busy
        ),
        array_agg(gates.action) filter (
            where gates.blocker is null and not gates.is_busy
        ),
        array_agg(gates.account_id) filter (
            where gates.blocker is not null and gates.action = 'send_invite_with_note'
        )
    into list_account_ids, list_actions, noteless_account_ids
    from outreach.action_gates(
        claimable_jobs.workspace_id,
        list_account_ids || list_account_ids,
        list_actions
        || array_replace(list_actions, 'send_invite', 'send_invite_with_note'),
        claimable_jobs.at,
        tells_when => false
    ) as gates;

    if noteless_account_ids <> '{}' then
        note_step_ids := array(
            select needed.step_id
            from outreach.needed_note_steps(claimable_jobs.workspace_id)
            as needed (step_id)
        );
    end if;

    while list_account_ids is not null loop
        candidate_ids := array(
            select candidates.enrollment_id
            from unnest(list_account_ids, list_actions) as lists (account_id, action)
            inner join outreach.send_queue_watermarks as watermarks
                on
                    watermarks.workspace_id = claimable_jobs.workspace_id
                    and watermarks.account_id = any(list_account_ids)
                    and lists.account_id = watermarks.account_id
                    and lists.action = watermarks.list
            cross join lateral (
                select jobs.enrollment_id
                from outreach.campaign_send_jobs as jobs
                where
                    jobs.workspace_id = claimable_jobs.workspace_id
                    and jobs.account_id = lists.account_id
                    and jobs.action = lists.action
                    and jobs.status = 'queued'
                    and jobs.run_at between watermarks.watermark_at and at
                    and (
                        jobs.step_id = any(note_step_ids)
                        and jobs.action = 'send_invite'
                        and jobs.account_id = any(noteless_account_ids)
                    ) is not true
                order by jobs.run_at, jobs.job_id
                offset piece / 8
                limit piece
            ) as candidates
        );

        select
            found_job_ids || array_remove(array_agg(lists.job_id), null),
            array_agg(lists.account_id) filter (where lists.goes_on),
            array_agg(lists.action) filter (where lists.goes_on)
        into found_job_ids, list_account_ids, list_actions
        from (
            select
                judged.account_id,
                judged.action,
                (
                    array_agg(judged.job_id order by judged.run_at, judged.job_id)
                    filter (where judged.sender_does is not null)
                )[1] as job_id,
                count(*) = piece
                and not bool_or(
                    judged.sender_does is not null
                    or (judged.blocker in ('account_not_connected', 'account_paused')) is true
                ) as goes_on
            from outreach.job_blockers(
                claimable_jobs.workspace_id, candidate_ids, claimable_jobs.at,
                noteless_account_ids, tells_why => false
            ) as judged
            group by
                judged.account_id,
                judged.action
        ) as lists;

        piece := piece * 8;
    end loop;

    return query
    select distinct on (jobs.account_id) jobs.job_id
    from outreach.campaign_send_jobs as jobs
    where
        jobs.workspace_id = claimable_jobs.workspace_id
        and jobs.job_id = any(found_job_ids)
    order by
        jobs.account_id,
        jobs.run_at,
        jobs.job_id;
end
$$;
