-- Why a job that could go at ready_at goes later: the heaviest of what its queue waited
-- for since then, in the order of outreach.action_gates: hold, limit, unread replies,
-- window, gap; otherwise, if it is none of these. unread_until: the queue was held until
-- then by replies that are not read, and not by a hold, where held_until is the same. The
-- body is parsed at creation, so that no search_path can change its meaning and a query
-- can inline it.
create or replace function outreach.forecast_blocker(
    ready_at timestamptz,
    held_until timestamptz,
    limited_until timestamptz,
    limited_by text,
    unread_until timestamptz,
    unread_by text,
    window_until timestamptz,
    gap_until timestamptz,
    otherwise text
)
returns text
language sql
immutable
return case
    when
        forecast_blocker.held_until > forecast_blocker.ready_at
        and forecast_blocker.held_until is distinct from forecast_blocker.unread_until
        then 'account_held'
    when forecast_blocker.limited_until > forecast_blocker.ready_at
        then forecast_blocker.limited_by
    when forecast_blocker.held_until > forecast_blocker.ready_at
        then forecast_blocker.unread_by
    when forecast_blocker.window_until > forecast_blocker.ready_at
        then 'outside_window'
    when forecast_blocker.gap_until > forecast_blocker.ready_at then 'minimum_gap'
    else forecast_blocker.otherwise
end;
