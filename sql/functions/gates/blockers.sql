-- Every reason why a job is not sent now, with its name and what a person can do about
-- it. due_now means that there is no reason.
create or replace function outreach.blockers()
returns table (blocker text, explanation text)
language sql
immutable
set search_path = pg_catalog, pg_temp
as $$
    values
    ('being_sent', 'A sender has it in hand right now.'),
    ('do_not_contact', 'The person is marked do-not-contact; nobody writes to them.'),
    ('campaign_not_running', 'The campaign is not running. Start or resume it.'),
    (
        'account_not_connected',
        'The account is not connected to LinkedIn, or not with the product that this '
        || 'needs. Its page says what to do.'
    ),
    ('account_paused', 'The account is paused. Resume it to go on.'),
    ('enrollment_paused', 'It is paused for this person. Resume it to go on.'),
    (
        'template_fix',
        'The text of this step cannot be written for this person. Fill in the field that '
        || 'the text needs, or mend the text in the campaign: either lets the person go on.'
    ),
    (
        'unknown_send',
        'A call was begun and nobody answered it. It is never sent again on a guess; '
        || 'unknown_sends says what it waits for.'
    ),
    ('waiting_for_accept', 'The invite is out and not accepted yet.'),
    (
        'no_live_job',
        'It has no job, which is a fault; the next run of reconcile_orphans makes one.'
    ),
    (
        'not_due_yet',
        -- As long as outreach.longest_send_jitter(), which analysts may not call.
        'Its time has not come. Steps are spread by up to 30 minutes from when they fall '
        || 'due.'
    ),
    ('status_ready_to_invite', 'Its status rules the job out; the sender cancels it.'),
    ('status_pending_accept', 'Its status rules the job out; the sender cancels it.'),
    ('status_ready_to_message', 'Its status rules the job out; the sender cancels it.'),
    ('status_completed', 'Its status rules the job out; the sender cancels it.'),
    ('status_replied', 'Its status rules the job out; the sender cancels it.'),
    ('status_failed', 'Its status rules the job out; the sender cancels it.'),
    ('status_withdrawn', 'Its status rules the job out; the sender cancels it.'),
    (
        'begun_before',
        'This step was begun before, and may have reached the person. The sender '
        || 'cancels the job.'
    ),
    (
        'invited_by_another_campaign',
        'The account invites this person for another campaign. The sender ends this '
        || 'enrollment.'
    ),
    (
        'profile_not_resolved',
        'A profile look-up comes first: it reads the person''s LinkedIn id. The sender '
        || 'queues it.'
    ),
    (
        'profile_known',
        'The person''s profile is known already. The sender goes on to the next step.'
    ),
    ('person_cooled', 'The provider asked to leave this person alone for a while.'),
    (
        'account_held',
        'The provider asked this account to wait with this action, or does not offer '
        || 'the action to it. Invites that have a note may be held alone.'
    ),
    ('outside_window', 'The account is outside its sending window.'),
    (
        'no_limit_set',
        'The account has no daily limit for this action, so it does not do it. Give '
        || 'it one with `trueup account limits`.'
    ),
    ('day_limit', 'The account has reached its limit for its own calendar day.'),
    ('week_limit', 'The account has reached its limit for the last 7 x 24 hours.'),
    (
        'month_limit',
        'The account has reached its limit for its own calendar month.'
    ),
    (
        'outstanding_limit',
        'As many invites of the account are pending as its limit allows.'
    ),
    ('minimum_gap', 'The account sends again after its minimum gap.'),
    (
        'replies_not_read',
        'Webhooks are not read yet, or the account''s messages were not read in the last '
        || 'minutes, so the person may have replied. It goes on after the next look; '
        || 'trueup reply poll makes one.'
    ),
    (
        'read_budget_spent',
        'The account''s calls of the day for reading are used up: its messages were not '
        || 'read in the last minutes, so the person may have replied, or its pending '
        || 'invites cannot be read for a withdrawal. It goes on when the account may read '
        || 'again.'
    ),
    ('behind_others', 'The account sends older due jobs first, one at a time.'),
    ('due_now', 'Nothing holds it: it goes with one of the next rounds.'),
    ('lease_lost', 'The worker does not hold the job any more.'),
    (
        'template_changed',
        'The template was saved after it was rendered. The job is rendered again.'
    ),
    (
        'address_changed',
        'The account or the person got another id at the provider after it was '
        || 'rendered. The job is rendered again.'
    ),
    (
        'error',
        'Beginning it raised an error, which an alert tells. It is tried again in an '
        || 'hour.'
    )
$$;
