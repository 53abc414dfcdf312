-- The spans of outreach.sending_spans, each with the opening of the account's next day,
-- infinity if there is none; null for an account that never sends.
create or replace function outreach.simulated_spans(
    workspace_id bigint,
    account_id bigint,
    starts_at timestamptz,
    ends_at timestamptz
)
returns outreach.simulated_span []
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    found_spans outreach.simulated_span [];
begin
    select
        array_agg(
            row(
                spans.opens_at, spans.closes_at, spans.counted_on,
                coalesce(spans.next_day_at, 'infinity')
            )::outreach.simulated_span
            order by spans.opens_at
        )
    into found_spans
    from (
        select
            open_spans.*,
            min(open_spans.opens_at) over (
                order by open_spans.counted_on
                groups between 1 following and 1 following
            ) as next_day_at
        from outreach.sending_spans(
            simulated_spans.workspace_id, simulated_spans.account_id,
            simulated_spans.starts_at, simulated_spans.ends_at
        ) as open_spans
    ) as spans;

    return found_spans;
end
$$;
