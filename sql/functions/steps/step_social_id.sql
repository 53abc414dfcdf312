-- The post that a comment step is about, by its social id: settings.post names the
-- prospect's custom field that holds it (custom.<name>), or is the id itself.
-- No search_path of its own, so that a query can take it in; every name is qualified.
create or replace function outreach.step_social_id(
    step outreach.campaign_steps,
    prospect outreach.prospects
)
returns text
language sql
immutable
as $$
    select
        nullif(
            case
                when ($1).settings ->> 'post' like 'custom.%'
                    then ($2).custom ->> substr(($1).settings ->> 'post', 8)
                else ($1).settings ->> 'post'
            end,
            ''
        )
$$;
