-- A limit has a known action and span, no negative count or gap, no gap beyond the
-- range of timestamptz, and a whole ramp or none. The table's checks refuse most of that
-- too; this trigger gives a readable error.
create or replace function outreach.assert_limit_is_sound()
returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    wrong text;
    advice text;
begin
    if new.action not in (
        'resolve_profile', 'send_invite', 'send_invite_with_note', 'send_message',
        'send_inmail', 'comment', 'withdraw_invite'
    ) then
        wrong := format('is on an action that does not exist: %s', new.action);
        advice := 'Limits are for resolve_profile, send_invite, send_invite_with_note, '
            || 'send_message, send_inmail, comment and withdraw_invite.';
    elsif new.per not in ('day', 'week', 'month', 'outstanding') then
        wrong := format('is per something that does not exist: %s', new.per);
        advice := 'A limit is per day, week, month or outstanding.';
    elsif new.action = 'send_invite_with_note'
        and new.per not in ('week', 'month')
    then
        wrong := 'is none that notes can have';
        advice := 'Limit invites with a note per week or month.';
    elsif new.per = 'outstanding' and new.action <> 'send_invite' then
        wrong := 'counts what is never outstanding';
        advice := 'Only invites are outstanding; set a limit per day, week or month.';
    elsif new.limit_count < 0 then
        wrong := format('is negative: %s', new.limit_count);
        advice := 'The least limit is 0, which stops the action.';
    elsif new.minimum_gap < '0' then
        wrong := format('has a negative gap: %s', new.minimum_gap);
        advice := 'The least gap is 0, which leaves no time between two attempts.';
    elsif new.minimum_gap > '365 days' then
        wrong := format('has a gap of over a year: %s', new.minimum_gap);
        advice := 'A limit of 0 stops the action.';
    elsif new.per <> 'day' and new.minimum_gap <> '0' then
        wrong := format('has a gap of %s', new.minimum_gap);
        advice := 'The gap stands on the limit per day; leave it at 0 here.';
    elsif num_nulls(new.goal_count, new.growth_per_day, new.ramp_starts_on)
        not in (0, 3)
    then
        wrong := 'has a part of a ramp';
        advice := 'A ramp has a goal, a growth per day and the day on which it starts.';
    elsif not isfinite(new.ramp_starts_on) then
        wrong := format('has a ramp that starts at %s', new.ramp_starts_on);
        advice := 'A ramp starts on a day of the calendar.';
    elsif new.goal_count is not null and new.limit_count = 0 then
        wrong := 'would grow from 0';
        advice := 'A ramp starts at 1 or more.';
    elsif new.goal_count < new.limit_count then
        wrong := format(
            'would grow from %s to %s', new.limit_count, new.goal_count
        );
        advice := 'The goal of a ramp is not below its first limit.';
    elsif new.growth_per_day <= 0 or new.growth_per_day = 'NaN' then
        wrong := format('would grow by %s per day', new.growth_per_day);
        advice := 'A ramp grows by more than 0 per day.';
    else
        return new;
    end if;

    raise exception
        'the limit of LinkedIn account % of workspace % on % per % %',
        new.account_id, new.workspace_id, new.action, new.per, wrong
        using
            errcode = 'check_violation',
            hint = advice;
end
$$;

create or replace trigger limit_is_sound
before insert or update on outreach.linkedin_account_limits
for each row
execute function outreach.assert_limit_is_sound();
