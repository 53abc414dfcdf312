-- How many people a number of a campaign counts, as its card shows it
-- (outreach.console_step_counts): the sum over the wanted step and variant, null for all.
-- Security definer: the console
-- reads it, without rights to its tables.
create or replace function outreach.console_state_count(
    in_workspace_id bigint,
    in_campaign_id bigint,
    wanted_step_id bigint,
    wanted_variant text,
    wanted_state text
)
returns bigint
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    return (
        select
            coalesce(
                sum(
                    case wanted_state
                        when 'sent' then stats.sent_count
                        when 'accepted' then stats.accepted_count
                        when 'replied' then stats.replied_count
                        when 'failed' then stats.failed_count
                        when 'parked' then stats.parked_count
                    end
                ),
                0
            )
        from outreach.console_step_counts(
            array[in_workspace_id], array[in_campaign_id]
        ) as stats
        where
            (wanted_step_id is null or stats.step_id = wanted_step_id)
            and (wanted_variant is null or stats.variant = wanted_variant)
    );
end
$$;

revoke execute on function outreach.console_state_count(
    bigint, bigint, bigint, text, text
) from public;
grant execute on function outreach.console_state_count(
    bigint, bigint, bigint, text, text
) to console;
