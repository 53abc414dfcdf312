{# What each blocker means to a person, and what to do about it, as a case over the
   column that names it. #}
{% macro blocker_explanation(column) %}
    {%- set explanations = {
        'being_sent': 'A sender has it in hand right now.',
        'do_not_contact': 'The person is marked do-not-contact; nobody writes to them.',
        'campaign_not_running': 'The campaign is not running. Resume it to go on.',
        'account_not_connected':
            'The account is not connected to LinkedIn. Connect it again.',
        'account_paused': 'The account is paused. Resume it to go on.',
        'enrollment_paused': 'This enrollment is paused. Resume it to go on.',
        'template_fix':
            'The template of this step failed. template_fix_backlog says why; saving '
            ~ 'the mended campaign re-arms it.',
        'unknown_send':
            'A call was begun and nobody answered it. It is never sent again on a '
            ~ 'guess; unknown_sends says what it waits for.',
        'waiting_for_accept': 'The invite is out and not accepted yet.',
        'no_live_job':
            'It has no job, which is a fault; the next run of reconcile_orphans '
            ~ 'makes one.',
        'not_due_yet': 'Its next step is not due before the time beside this.',
        'person_cooled':
            'The provider asked to leave this person alone for a while.',
        'account_held':
            'The provider asked this account to slow down with this action.',
        'outside_window': 'The account is outside its sending window.',
        'no_limit_set':
            'The account has no daily limit for this action, so it does not do it. '
            ~ 'Insert one into linkedin_account_limits.',
        'day_limit': 'The account has reached its limit for its own calendar day.',
        'week_limit': 'The account has reached its limit for the last 7 x 24 hours.',
        'outstanding_limit':
            'As many invites of the account are pending as its limit allows.',
        'minimum_gap': 'The account sends again after its minimum gap.',
        'behind_others': 'The account sends older due jobs first, one at a time.',
        'due_now': 'Nothing holds it: it goes with one of the next rounds.',
    } -%}
    case {{ column }}
        {%- for blocker, explanation in explanations.items() %}
        when '{{ blocker }}' then '{{ explanation }}'
        {%- endfor %}
    end
{%- endmacro %}
