"""Saving a campaign: everything or nothing, steps that keep their ids, re-arming."""

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.support.campaign_files import (
    ALL_LIMITS,
    NOTE,
    PLAIN,
    account_id_of,
    make_senders,
    save,
)
from tests.support.rows import (
    NOON,
    begin,
    claim,
    make_account,
    make_enrollments,
    make_workspace,
    record,
)
from trueup.campaigns import RefusedCampaignError, parse_campaign
from trueup.campaigns.saving import save_campaign
from trueup.templates import FIELDS, stamp


@pytest.fixture
def workspace_id(connection):
    return make_senders(connection)


def steps_of(connection, campaign_id):
    return connection.execute(
        "select step_id, action, position from outreach.campaign_steps"
        " where campaign_id = %s and removed_at is null order by position",
        [campaign_id],
    ).fetchall()


def enroll(connection, saved, count=1, step=0, name="Anisha", run_at=NOON):
    account_id = account_id_of(connection, saved.workspace_id, name)
    return make_enrollments(
        connection,
        saved.workspace_id,
        account_id,
        saved.campaign_id,
        saved.step_ids[step],
        count,
        run_at,
    )


def park_all(connection, saved, **error):
    """Claim what is due, round after round, and park it as a failed rendering would."""
    parked = []
    while job_ids := claim(connection, saved.workspace_id, batch=1):
        failures = [
            {
                "job_id": job_id,
                "validation_stamps": [],
                "error": {"code": "template_error", "message": "broken"} | error,
            }
            for job_id in job_ids
        ]
        parked += connection.execute(
            "select * from outreach.park_send_jobs(%s, 'w1', %s, %s)",
            [saved.workspace_id, Jsonb(failures), NOON],
        ).fetchall()
    return len(parked)


def refusal(connection, text):
    with pytest.raises(RefusedCampaignError) as refused:
        save(connection, text, NOON)
    return [str(error) for error in refused.value.errors]


def test_a_saved_campaign_has_its_accounts_steps_and_stamps(connection, workspace_id):
    saved = save(connection, PLAIN, NOON)
    assert saved.is_new
    assert [row[1] for row in steps_of(connection, saved.campaign_id)] == [
        "send_invite",
        "wait_accept",
        "send_message",
    ]
    assert connection.execute(
        "select field, template, validation_stamp, validated_at, custom_fields"
        " from outreach.campaign_step_templates order by field desc"
    ).fetchone() == (
        "note",
        NOTE,
        stamp(NOTE, FIELDS, ["subject_line"]),
        NOON,
        ["subject_line"],
    )
    assert connection.execute(
        "select status, custom_fields, settings from outreach.campaigns"
    ).fetchone() == ("running", ["subject_line"], {"stop_on_reply": True})
    assert connection.execute(
        "select workspace_id, account_id from outreach.campaign_accounts"
    ).fetchall() == [(workspace_id, account_id_of(connection, workspace_id))]


def test_all_errors_of_all_steps_are_listed_and_nothing_is_saved(
    connection, workspace_id
):
    text = """\
name: Broken
accounts: [Anisha, Nobody]
steps:
  - action: send_invite
    note: |
      Hi {{firstName}},
      I know {{company}.
  - action: wait_accept
  - action: send_message
    variants:
      - message: "{firstName}} hello"
      - message: "Hi {{custom.nothing}}"
"""
    errors = refusal(connection, text)
    assert [error.splitlines()[0].split(":")[0] for error in errors] == [
        "pipl.yml, line 2",
        "pipl.yml, line 7",
        "pipl.yml, line 11",
        "pipl.yml, line 12",
    ]
    assert errors[0] == (
        'pipl.yml, line 2: The workspace has no account "Nobody". It has: "Anisha".'
    )
    assert "Step 1, note, line 2, column 17" in errors[1]
    assert "did you mean: {{company}}" in errors[1]
    assert connection.execute("select count(*) from outreach.campaigns").fetchone() == (
        0,
    )


def test_an_unchanged_save_changes_no_id_and_moves_nobody(connection, workspace_id):
    saved = save(connection, PLAIN, NOON)
    enroll(connection, saved)
    again = save(connection, PLAIN, NOON)
    assert not again.is_new
    assert again.step_ids == saved.step_ids
    assert (again.new_step_count, again.removed_step_count) == (0, 0)
    assert claim(connection, workspace_id) != []


def test_a_step_keeps_its_id_when_others_are_inserted_and_moved_around_it(
    connection, workspace_id
):
    saved = save(connection, PLAIN, NOON)
    longer = PLAIN.replace(
        "  - id: invite",
        "  - action: comment\n"
        "    post: custom.subject_line\n"
        '    comment: "Nice post"\n'
        "  - id: invite",
    )
    again = save(connection, longer, NOON)
    assert again.step_ids[1:] == saved.step_ids
    assert again.new_step_count == 1
    assert [row[2] for row in steps_of(connection, saved.campaign_id)] == [0, 1, 2, 3]


def test_a_reworded_step_without_an_id_stays_the_same_step(connection, workspace_id):
    saved = save(connection, PLAIN, NOON)
    again = save(connection, PLAIN.replace("Thanks,", "Thank you,"), NOON)
    assert again.step_ids == saved.step_ids


def test_two_alike_steps_are_told_apart_by_what_they_say(connection, workspace_id):
    two = PLAIN + '  - action: send_message\n    message: "Any news?"\n'
    saved = save(connection, two, NOON)
    swapped = (
        PLAIN[: PLAIN.index("  - action: send_message")]
        + '  - action: send_message\n    message: "Any news?"\n'
        + PLAIN[PLAIN.index("  - action: send_message") :]
    )
    again = save(connection, swapped, NOON)
    first, second, third, fourth = saved.step_ids
    assert again.step_ids == (first, second, fourth, third)


def test_a_step_with_a_new_id_and_other_words_is_a_new_step(connection, workspace_id):
    keyed = PLAIN.replace(
        "  - action: send_message", "  - id: thanks\n    action: send_message"
    )
    saved = save(connection, keyed, NOON)
    again = save(
        connection,
        keyed.replace("id: thanks", "id: hello").replace("Thanks,", "Hello,"),
        NOON,
    )
    assert again.step_ids[:2] == saved.step_ids[:2]
    assert again.step_ids[2] not in saved.step_ids
    assert again.removed_step_count == 1


def test_a_step_that_takes_an_id_keeps_its_own(connection, workspace_id):
    saved = save(connection, PLAIN, NOON)
    keyed = PLAIN.replace(
        "  - action: send_message", "  - id: thanks\n    action: send_message"
    )
    assert save(connection, keyed, NOON).step_ids == saved.step_ids


def test_an_id_never_changes_its_action(connection, workspace_id):
    save(connection, PLAIN, NOON)
    text = PLAIN.replace(
        "  - id: invite", "  - action: send_invite\n  - id: invite"
    ).replace(
        f'    action: send_invite\n    note: "{NOTE}"',
        "    action: wait\n    delay: 1 day",
    )
    assert refusal(connection, text) == [
        "pipl.yml, line 7: Step 2 (id `invite`) was saved as a send_invite and cannot "
        "become a wait: its history belongs to it. Give the new step another id."
    ]


def test_a_step_on_which_people_stand_is_not_removed(connection, workspace_id):
    saved = save(connection, PLAIN, NOON)
    enroll(connection, saved, 3, step=2)
    shorter = PLAIN[: PLAIN.index("  - action: send_message")]
    assert refusal(connection, shorter) == [
        'pipl.yml, line 4: The saved step send_message "Thanks, {{firstName | default: '
        "'friend'}…\" is not in the file any more, but 3 people stand on it. Keep it "
        "until they have passed it: no step is ever shortcut."
    ]


def test_a_step_that_left_the_file_keeps_its_row_out_of_the_way(
    connection, workspace_id
):
    saved = save(connection, PLAIN, NOON)
    again = save(connection, PLAIN[: PLAIN.index("  - action: send_message")], NOON)
    assert again.removed_step_count == 1
    assert connection.execute(
        "select position, removed_at from outreach.campaign_steps where step_id = %s",
        [saved.step_ids[2]],
    ).fetchone() == (-1, NOON)
    assert connection.execute(
        "select count(*) from outreach.campaign_step_templates where step_id = %s",
        [saved.step_ids[2]],
    ).fetchone() == (0,)


def test_saving_the_fixed_template_re_arms_everybody_inside_the_window(
    connection, workspace_id
):
    saved = save(connection, PLAIN, NOON)
    enroll(connection, saved, 5)
    assert park_all(connection, saved) == 5
    friday_evening = NOON.replace(day=8, hour=20)
    again = save(connection, PLAIN.replace("shall we", "may we"), friday_evening)
    assert (again.rearming.rearmed, again.rearming.still_parked) == (5, ())
    rows = connection.execute(
        "select enrollments.linkedin_status, enrollments.failed_classification,"
        " enrollments.template_error, jobs.status, jobs.failed_classification,"
        " enrollments.next_action_at = jobs.run_at, jobs.run_at"
        " from outreach.campaign_prospects as enrollments"
        " inner join outreach.campaign_send_jobs as jobs using (enrollment_id)"
    ).fetchall()
    assert [row[:6] for row in rows] == [
        ("ready_to_invite", None, None, "queued", None, True)
    ] * 5
    monday = NOON.replace(day=11)
    assert all(
        monday.replace(hour=9) <= row[6] <= monday.replace(hour=9, minute=30)
        for row in rows
    )
    assert len({row[6] for row in rows}) == 5
    assert connection.execute(
        "select count(*), min(occurred_at), min(actor) from outreach.campaign_events"
        " where event_type = 'template_rearmed'"
    ).fetchone() == (5, friday_evening, "save_campaign")
    connection.execute("set constraints all immediate")


def test_a_jittered_time_behind_the_window_goes_to_the_next_one(connection):
    workspace_id = make_senders(connection, windows=((None, "09:00", "09:01"),))
    saved = save(connection, PLAIN, NOON)
    nine = NOON.replace(hour=9)
    enroll(connection, saved, 6, run_at=nine)
    connection.execute(
        "select outreach.park_step(%s, %s, '{\"message\": \"broken\"}', 'test', %s)",
        [workspace_id, saved.step_ids[0], nine],
    )
    save(connection, PLAIN, nine)
    moments = connection.execute(
        "select run_at from outreach.campaign_send_jobs where status = 'queued'"
    ).fetchall()
    assert len(moments) == 6
    assert all(moment.hour == 9 and moment.minute == 0 for (moment,) in moments)
    assert any(moment == nine.replace(day=5) for (moment,) in moments)


def test_who_lacks_a_value_stays_parked_until_there_is_a_fallback(
    connection, workspace_id
):
    text = PLAIN.replace("shall we", "of {{company}}, shall we")
    saved = save(connection, text, NOON)
    enroll(connection, saved, 2)
    park_all(connection, saved, code="missing_value", field="note", variant="A")
    again = save(connection, text, NOON)
    assert again.rearming.rearmed == 0
    assert [row.count for row in again.rearming.still_parked] == [2]
    assert "no value for company" in again.rearming.still_parked[0].reason
    connection.execute(
        "update outreach.prospects set company = 'Northwind' where prospect_id ="
        " (select min(prospect_id) from outreach.prospects)"
    )
    assert save(connection, text, NOON).rearming.rearmed == 1
    forgiving = text.replace("{{company}}", "{{company | default: 'your company'}}")
    assert save(connection, forgiving, NOON).rearming.rearmed == 1


def test_a_text_that_failed_for_one_person_is_not_tried_again_unchanged(
    connection, workspace_id
):
    saved = save(connection, PLAIN, NOON)
    enroll(connection, saved, 1)
    connection.execute("update outreach.prospects set first_name = repeat('x', 400)")
    park_all(connection, saved, field="note", variant="A", template=NOTE)
    with pytest.raises(RefusedCampaignError, match="at most 200 are allowed"):
        save(connection, PLAIN, NOON)
    shorter = PLAIN.replace(
        "{{firstName}}, shall", "{{firstName | truncate: 20}}, shall"
    )
    assert save(connection, shorter, NOON).rearming.rearmed == 1


def test_what_the_provider_refused_is_tried_again_only_with_other_words(
    connection, workspace_id
):
    saved = save(connection, PLAIN, NOON)
    enroll(connection, saved)
    (job_id,) = claim(connection, workspace_id)
    stamps = [stamp(NOTE, FIELDS, ["subject_line"])]
    ((_, attempt_id, _),) = begin(connection, workspace_id, [job_id], stamps=stamps)
    assert (
        record(
            connection,
            workspace_id,
            attempt_id,
            http_status=400,
            error_type="invalid_parameters",
            is_well_formed=False,
            provider_reference=None,
        )
        == "content_bad"
    )
    unchanged = save(connection, PLAIN, NOON).rearming
    assert unchanged.rearmed == 0
    assert "refused exactly this text" in unchanged.still_parked[0].reason
    assert save(connection, PLAIN.replace("shall", "may"), NOON).rearming.rearmed == 1


def test_a_claimed_send_of_the_old_text_is_rendered_again(connection, workspace_id):
    saved = save(connection, PLAIN, NOON)
    enroll(connection, saved)
    job_ids = claim(connection, workspace_id)
    save(connection, PLAIN.replace("shall we", "may we"), NOON)
    stamps = [stamp(NOTE, FIELDS, ["subject_line"])]
    assert begin(connection, workspace_id, job_ids, stamps=stamps) == [
        (job_ids[0], None, "template_changed")
    ]


def test_taking_away_a_custom_field_that_a_template_uses_is_refused(
    connection, workspace_id
):
    text = PLAIN.replace("shall we", "{{custom.subject_line}}: shall we")
    save(connection, text, NOON)
    errors = refusal(connection, text.replace("custom_fields: [subject_line]\n", ""))
    assert len(errors) == 1
    assert "custom.subject_line" in errors[0]


def test_a_custom_field_taken_away_by_sql_parks_before_a_send_finds_out(
    connection, workspace_id
):
    text = PLAIN.replace("shall we", "{{custom.subject_line}}: shall we")
    saved = save(connection, text, NOON)
    enroll(connection, saved, 2)
    connection.execute("update outreach.campaigns set custom_fields = '{}'")
    connection.execute(
        "set constraints outreach.removed_custom_fields_park_their_templates immediate"
    )
    connection.execute("set constraints all immediate")
    assert (
        connection.execute(
            "select linkedin_status, template_error ->> 'message', next_action_at"
            " from outreach.campaign_prospects"
        ).fetchall()
        == [
            (
                "pending_template_fix",
                'The template names custom.subject_line, which campaign "PIPL '
                'Connection" no longer declares. Declare it again, or take it out of '
                "the template, and save the campaign.",
                None,
            )
        ]
        * 2
    )
    assert claim(connection, workspace_id) == []
    connection.execute("set constraints all deferred")
    assert save(connection, text, NOON).rearming.rearmed == 2


def test_a_custom_field_that_no_template_names_parks_nobody(connection, workspace_id):
    saved = save(connection, PLAIN, NOON)
    enroll(connection, saved, 2)
    connection.execute("update outreach.campaigns set custom_fields = '{}'")
    connection.execute("set constraints all immediate")
    assert claim(connection, workspace_id) != []


def test_a_save_validates_with_the_longest_values_of_its_people(
    connection, workspace_id
):
    text = PLAIN.replace("shall we", "you at {{company | default: 'work'}}, shall we")
    saved = save(connection, text, NOON)
    enroll(connection, saved)
    connection.execute("update outreach.prospects set company = repeat('x', 300)")
    (error,) = refusal(connection, text)
    assert "at most 200 are allowed" in error


@pytest.mark.parametrize(
    ("account", "change", "sentence"),
    [
        (
            {"windows": ()},
            ("", ""),
            'Account "Anisha" has no sending window, so nothing would ever be sent.',
        ),
        (
            {"limits": ALL_LIMITS[:2]},
            ("", ""),
            'Account "Anisha" has no daily limit for send_message, and without one',
        ),
        (
            {},
            (
                "  - action: wait_accept\n",
                "  - action: send_inmail\n    subject: Hi\n    body: Hello\n"
                "  - action: wait_accept\n",
            ),
            'Account "Anisha" is a free one, and LinkedIn sends InMails of premium',
        ),
        ({}, ("[Anisha]", "[Anisha, Anisha]"), 'Account "Anisha" stands here twice.'),
        (
            {"status": "deleted"},
            ("", ""),
            'Account "Anisha" was deleted. Name another.',
        ),
    ],
)
def test_what_the_accounts_cannot_do_is_refused(connection, account, change, sentence):
    make_senders(connection, **account)
    (error,) = refusal(connection, PLAIN.replace(*change, 1))
    assert error.startswith(f"pipl.yml, line 2: {sentence}")


def test_an_account_of_another_workspace_is_refused(connection, workspace_id):
    other = make_workspace(connection)
    make_account(connection, other, "Talha")
    text = PLAIN.replace("[Anisha]", "[Talha]").replace(
        "accounts:", f"workspace: {workspace_id}\naccounts:"
    )
    assert refusal(connection, text) == [
        'pipl.yml, line 3: The workspace has no account "Talha". It has: "Anisha".'
    ]


def test_of_several_workspaces_the_file_names_one(connection, workspace_id):
    make_workspace(connection)
    (error,) = refusal(connection, PLAIN)
    assert "The database has 2 workspaces. Say which with `workspace:`" in error


def test_a_removed_step_with_people_is_refused_by_the_database_too(
    connection, workspace_id
):
    saved = save(connection, PLAIN, NOON)
    enroll(connection, saved, 2)
    with pytest.raises(psycopg.errors.ObjectNotInPrerequisiteState, match="2 people"):
        connection.execute(
            "select outreach.remove_campaign_step(%s, %s, %s, %s)",
            [workspace_id, saved.campaign_id, saved.step_ids[0], NOON],
        )


def test_a_save_from_python_needs_no_file(connection, workspace_id):
    campaign = parse_campaign(PLAIN)
    assert save_campaign(connection, campaign, NOON).name == "PIPL Connection"
