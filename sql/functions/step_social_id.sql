-- The post that a comment step is about, by its social id: settings.post names the
-- prospect's custom field that holds it (custom.<name>), or is the id itself.
create or replace function outreach.step_social_id(
    step outreach.campaign_steps,
    prospect outreach.prospects
)
returns text
language sql
immutable
set search_path = ''
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
