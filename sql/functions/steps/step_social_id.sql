-- The social id of the post of a comment step: settings.post is the name of the
-- prospect's custom field with the id (custom.<name>), or the id itself. It sets no
-- search_path, so that a query can inline it; every name is qualified.
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
