-- Fails for each attempt that exceeded its account's limit for the day, for 7 x 24
-- hours, for the calendar month or for notes, by the limits stored on it. A later
-- change of a limit does not matter. Attempts known unsent spend nothing. What to do:
-- pause the account, and find the code that begins attempts without the trigger
-- attempts_are_judged_under_lock. A call that was first refused and later found sent
-- is listed too. An error: this must never happen.
{{ config(severity='error') }}

select
    workspace_id,
    account_id,
    attempt_id,
    action,
    begun_at,
    counted_on,
    spent_on_day,
    limit_per_day,
    spent_in_week,
    limit_per_week,
    account_name || ' (account ' || account_id || '), ' || action as subject,
    case
        when is_over_day_limit
            then
                'Attempt ' || attempt_id || ' is number ' || spent_on_day || ' of '
                || counted_on || ', the limit was ' || limit_per_day || ' a day.'
        when is_over_week_limit
            then
                'Attempt ' || attempt_id || ' is number ' || spent_in_week
                || ' in 7 x 24 hours, the limit was ' || limit_per_week || '.'
        when is_over_month_limit
            then
                'Attempt ' || attempt_id || ' is number ' || spent_in_month
                || ' in its month, the limit was ' || limit_per_month || '.'
        else
            'Attempt ' || attempt_id || ' has a note, and the limit of notes was '
            || 'reached before it.'
    end as message

from {{ ref('int_judged_attempts') }}

where
    is_over_day_limit
    or is_over_week_limit
    or is_over_month_limit
    or is_over_note_limit
