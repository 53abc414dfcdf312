-- Adds news: a message that the alert addresses get once, and that is never open. Returns
-- its id.
create or replace function outreach.add_news(
    workspace_id bigint,
    code text,
    subject text,
    message text,
    details jsonb default '{}',
    as_of timestamptz default null
)
returns bigint
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    at constant timestamptz := coalesce(as_of, clock_timestamp());
    news_id bigint;
begin
    insert into outreach.linkedin_admin_alerts as alerts (
        workspace_id, code, subject, message, details, opened_at, last_seen_at,
        resolved_at, is_news
    )
    values (
        add_news.workspace_id, add_news.code, add_news.subject, add_news.message,
        add_news.details, at, at, at, true
    )
    returning alerts.alert_id into news_id;

    return news_id;
end
$$;
