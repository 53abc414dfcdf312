-- Everything that was sent to a person, that they sent, and that became of their
-- campaigns, newest first, after a given line. Security definer: the console reads it,
-- without rights to its tables.
-- kind: send, message (the provider told of it, and no send explains it), event or pause.
-- seq: its id among its kind. what: the action, received or written, or the type of the
-- event. variant: null where the step has one text. body: null where the provider did not
-- tell the text. proof, state: of a send. detail: of an event, such as why it failed.
create or replace function outreach.console_person_timeline(
    in_workspace_id bigint,
    in_prospect_id bigint,
    before_at timestamptz,
    before_kind text,
    before_seq bigint,
    most_rows integer,
    at timestamptz
)
returns table (
    happened_at timestamptz,
    kind text,
    seq bigint,
    what text,
    is_own boolean,
    account text,
    timezone text,
    campaign text,
    step_number integer,
    variant text,
    body text,
    state text,
    proof text,
    reference text,
    actor text,
    detail text
)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    -- Apart from the query below: Citus runs a query that reads a table where the
    -- workspace is, and the marts that sends are read from are not there.
    newest constant jsonb := (
        select jsonb_agg(to_jsonb(lines))
        from (
            select lines.*
            from (
                select letters.*
                from outreach.console_person_letters(in_workspace_id, in_prospect_id)
                    as letters

                union all

                select events.*
                from outreach.console_person_events(in_workspace_id, in_prospect_id)
                    as events
            ) as lines
            where
                before_at is null
                or (lines.happened_at, lines.kind, lines.seq)
                < (before_at, before_kind, before_seq)
            order by
                lines.happened_at desc,
                lines.kind desc,
                lines.seq desc
            limit most_rows
        ) as lines
    );
begin
    return query
    select
        lines.happened_at,
        lines.kind,
        lines.seq,
        lines.what,
        lines.is_own,
        accounts.name,
        outreach.account_timezone(
            accounts.timezone, accounts.next_timezone, accounts.next_timezone_at,
            console_person_timeline.at
        ),
        campaigns.name,
        case when steps.removed_at is null then steps.position + 1 end,
        case when steps.settings ? 'weights' then lines.variant end,
        lines.body,
        lines.state,
        lines.proof,
        lines.reference,
        lines.actor,
        lines.detail
    from jsonb_to_recordset(newest) as lines (
        happened_at timestamptz,
        kind text,
        seq bigint,
        what text,
        is_own boolean,
        account_id bigint,
        campaign_id bigint,
        step_id bigint,
        variant text,
        body text,
        state text,
        proof text,
        reference text,
        actor text,
        detail text
    )
    inner join outreach.linkedin_accounts as accounts
        on
            accounts.workspace_id = in_workspace_id
            and lines.account_id = accounts.account_id
    left join outreach.campaigns
        on
            campaigns.workspace_id = in_workspace_id
            and lines.campaign_id = campaigns.campaign_id
    left join outreach.campaign_steps as steps
        on
            steps.workspace_id = in_workspace_id
            and lines.step_id = steps.step_id
    order by
        lines.happened_at desc,
        lines.kind desc,
        lines.seq desc;
end
$$;

revoke execute on function outreach.console_person_timeline(
    bigint, bigint, timestamptz, text, bigint, integer, timestamptz
) from public;
grant execute on function outreach.console_person_timeline(
    bigint, bigint, timestamptz, text, bigint, integer, timestamptz
) to console;
