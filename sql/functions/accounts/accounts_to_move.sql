-- The accounts of a workspace, or of all, that are called at version 1 or were moved and
-- not resumed, with what decides whether they can move to version 2. known_ids: the ids
-- that version 1 has given them so far. is_being_moved: paused with this reason, by an
-- earlier run. in_hand: the jobs that are claimed or being sent. answers: those that wait.
create or replace function outreach.accounts_to_move(
    only_workspace_id bigint,
    only_account_id bigint,
    pause_reason text
)
returns table (
    workspace_id bigint,
    account_id bigint,
    account_name text,
    status text,
    linkedin_identity text,
    provider_account_id text,
    provider_dsn text,
    provider_version integer,
    known_ids text [],
    is_paused boolean,
    is_being_moved boolean,
    in_hand bigint,
    answers bigint
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    select
        accounts.workspace_id,
        accounts.account_id,
        accounts.name,
        accounts.status,
        linked.linkedin_identity,
        linked.provider_account_id,
        linked.provider_dsn,
        linked.provider_version::integer,
        array(
            select links.from_provider_account_id
            from outreach.provider_account_links as links
            where
                links.workspace_id = accounts.workspace_id
                and links.account_id = accounts.account_id
                and links.from_provider_account_id is not null
        ) || linked.provider_account_id,
        accounts.paused_at is not null,
        coalesce(accounts.paused_reason = pause_reason, false),
        jobs.in_hand,
        jobs.answers
    from outreach.linkedin_accounts as accounts
    inner join outreach.provider_accounts as linked
        on
            accounts.workspace_id = linked.workspace_id
            and accounts.account_id = linked.account_id
    left join (
        select
            live.workspace_id,
            live.account_id,
            count(*) filter (where live.status in ('claimed', 'sending')) as in_hand,
            count(*) filter (where live.action = 'answer_reply') as answers
        from outreach.campaign_send_jobs as live
        where
            outreach.is_live_job(live.status)
            and (live.status in ('claimed', 'sending') or live.action = 'answer_reply')
        group by
            live.workspace_id,
            live.account_id
    ) as jobs
        on
            accounts.workspace_id = jobs.workspace_id
            and accounts.account_id = jobs.account_id
    where
        accounts.status <> 'deleted'
        and (only_workspace_id is null or accounts.workspace_id = only_workspace_id)
        and (only_account_id is null or accounts.account_id = only_account_id)
        and (
            linked.provider_version = 1
            or coalesce(accounts.paused_reason = pause_reason, false)
        )
    order by
        accounts.workspace_id,
        accounts.account_id;
end
$$;
