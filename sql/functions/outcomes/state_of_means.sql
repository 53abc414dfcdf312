-- The state of an attempt from what its outcomes mean (outreach.state_of_attempt).
create or replace function outreach.state_of_means(means text [])
returns text
language sql
immutable
parallel safe
return outreach.state_of_attempt(
    'sent' = any(state_of_means.means),
    'unsent' = any(state_of_means.means),
    'unknown' = any(state_of_means.means)
);
