-- A page of the calls that nobody answered (analytics.unknown_sends), those that only a
-- person can decide first, then the oldest, after a given one: after_* are its values,
-- null for the first page. What is wanted is null for all. name: the person's, null if
-- it is not known. body: the text of an answer to a reply; the text of a step is not
-- kept. Security definer: the console reads it, without rights to its tables.
create or replace function outreach.console_unknown_sends(
    wanted_workspace_id bigint,
    wanted_attempt_id bigint,
    only_for_a_person boolean,
    after_rank bigint,
    after_lost_at timestamptz,
    after_attempt_id bigint,
    most_rows integer
)
returns table (
    workspace_id bigint,
    workspace text,
    attempt_id bigint,
    rank integer,
    action text,
    account_id bigint,
    account text,
    campaign_id bigint,
    campaign text,
    name text,
    profile text,
    body text,
    begun_at timestamptz,
    lost_at timestamptz,
    lost_because text,
    complete_read_count bigint,
    last_asked_at timestamptz,
    waits_for text
)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    select
        sends.workspace_id,
        workspaces.name,
        sends.attempt_id,
        sends.rank,
        sends.action,
        sends.account_id,
        sends.account_name,
        sends.campaign_id,
        sends.campaign_name,
        nullif(concat_ws(' ', prospects.first_name, prospects.last_name), ''),
        sends.public_identifier,
        answers.body,
        sends.begun_at,
        sends.lost_at,
        sends.lost_because,
        sends.complete_read_count,
        sends.last_asked_at,
        sends.waits_for
    from (
        select
            listed.*,
            case when listed.waits_for = 'a person' then 0 else 1 end as rank
        from analytics.unknown_sends as listed
        where
            (
                wanted_workspace_id is null
                or listed.workspace_id = wanted_workspace_id
            )
            and (
                wanted_attempt_id is null or listed.attempt_id = wanted_attempt_id
            )
    ) as sends
    inner join outreach.workspaces
        on sends.workspace_id = workspaces.workspace_id
    inner join outreach.send_attempts as attempts
        on
            sends.workspace_id = attempts.workspace_id
            and sends.attempt_id = attempts.attempt_id
    left join outreach.prospects
        on
            attempts.workspace_id = prospects.workspace_id
            and attempts.prospect_id = prospects.prospect_id
    left join outreach.reply_answers as answers
        on
            attempts.workspace_id = answers.workspace_id
            and attempts.answer_id = answers.answer_id
    where
        (sends.rank = 0 or not only_for_a_person)
        and (
            after_attempt_id is null
            or (sends.rank, sends.lost_at, sends.attempt_id)
            > (after_rank, after_lost_at, after_attempt_id)
        )
    order by
        sends.rank,
        sends.lost_at,
        sends.attempt_id
    limit most_rows;
end
$$;

revoke execute on function outreach.console_unknown_sends(
    bigint, bigint, boolean, bigint, timestamptz, bigint, integer
) from public;
grant execute on function outreach.console_unknown_sends(
    bigint, bigint, boolean, bigint, timestamptz, bigint, integer
) to console;
