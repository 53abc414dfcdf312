-- The social id of the post of a comment step: settings.post is the name of the
-- prospect's custom field with the id (custom.<name>), or the id itself. The body is
-- parsed at creation, so that no search_path can change its meaning and a query can
-- inline it.
create or replace function outreach.step_social_id(
    step outreach.campaign_steps,
    prospect outreach.prospects
)
returns text
language sql
immutable
return
    nullif(
        case
            when (step_social_id.step).settings ->> 'post' like 'custom.%'
                then
                    (step_social_id.prospect).custom
                    ->> substr((step_social_id.step).settings ->> 'post', 8)
            else (step_social_id.step).settings ->> 'post'
        end,
        ''
    );
