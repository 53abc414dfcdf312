"""A save re-arms the people that an error of the old text parked."""

from psycopg.types.json import Jsonb

from tests.support.campaign_files import (
    NOTE,
    PLAIN,
    make_senders,
    save,
)
from tests.support.rows import (
    NOON,
    begin,
    claim,
    record,
)
from tests.support.saved_campaigns import enroll, refusal
from trueup.templates import FIELDS, stamp


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
    again = save(connection, PLAIN, NOON)
    assert again.rearming.rearmed == 0
    assert [row.count for row in again.rearming.still_parked] == [1]
    assert [one.people_count for one in again.too_long] == [1]
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
