"""A campaign's texts as people will read them, saved and not saved yet."""

import pytest

from tests.support.campaign_files import make_senders, save
from tests.support.command_line import invoke
from tests.support.rows import NOON
from tests.support.saved_campaigns import enroll
from trueup.campaigns import parse_campaign
from trueup.sender.forecast import forecast_sends, texts_of
from trueup.sender.preview import preview_saved, preview_unsaved

CAMPAIGN = """\
name: PIPL Connection
accounts: [Anisha]
steps:
  - id: invite
    action: send_invite
    variants:
      - note: "Hi {{firstName}}, shall we connect?"
      - note: "Hello {{firstName}} of {{company}}"
  - action: wait_accept
    time_out: 1 day
    on_time_out: move_on
  - action: send_inmail
    subject: "About {{company}}"
    body: "Dear {{firstName}}"
"""


def saved_campaign(connection):
    make_senders(connection)
    connection.execute("update outreach.linkedin_accounts set has_premium = true")
    return save(connection, CAMPAIGN, NOON)


@pytest.fixture
def saved(connection):
    return saved_campaign(connection)


def name(connection, saved, enrollment_id, **values):
    """Gives the person of an enrollment these values; their id."""
    for column, value in values.items():
        connection.execute(
            f"update outreach.prospects set {column} = %s where prospect_id = ("
            "select prospect_id from outreach.campaign_prospects"
            " where workspace_id = %s and enrollment_id = %s)",
            [value, saved.workspace_id, enrollment_id],
        )
    return connection.execute(
        "select prospect_id from outreach.campaign_prospects where enrollment_id = %s",
        [enrollment_id],
    ).fetchone()[0]


def of_person(connection, saved, prospect_id):
    (person,) = preview_saved(
        connection, saved.workspace_id, saved.campaign_id, prospect_id, as_of=NOON
    )
    return person


def test_each_step_and_variant_is_rendered_with_its_length_and_limit(connection, saved):
    (enrollment_id,) = enroll(connection, saved)
    prospect_id = name(connection, saved, enrollment_id, company="Acme")
    person = of_person(connection, saved, prospect_id)

    assert [
        (one.step, one.variant, one.field, one.text, one.length, one.longest)
        for one in person.texts
    ] == [
        (1, "A", "note", "Hi Ada, shall we connect?", 25, 300),
        (1, "B", "note", "Hello Ada of Acme", 17, 300),
        (3, "A", "body", "Dear Ada", 8, None),
        (3, "A", "subject", "About Acme", 10, 200),
    ]
    assert person.enrollment_id == enrollment_id
    assert sum(one.is_theirs for one in person.texts if one.step == 1) == 1


def test_a_missing_value_says_what_would_park_the_person(connection, saved):
    (enrollment_id,) = enroll(connection, saved)
    prospect_id = name(connection, saved, enrollment_id)
    errors = [one.error for one in of_person(connection, saved, prospect_id).texts]

    assert errors[0] is None
    assert "company" in errors[1]
    assert "company" in errors[2]


def test_the_drawn_variant_is_the_one_that_a_claim_assigns(connection, saved):
    enrollment_ids = enroll(connection, saved, count=20)
    people = [name(connection, saved, one) for one in enrollment_ids]
    drawn = {
        person.enrollment_id: one.variant
        for prospect_id in people
        for person in [of_person(connection, saved, prospect_id)]
        for one in person.texts
        if one.step == 1 and one.is_theirs
    }
    connection.execute(
        "select outreach.assign_step_variants(%(workspace)s, array("
        "select job_id from outreach.campaign_send_jobs"
        " where workspace_id = %(workspace)s), now())",
        {"workspace": saved.workspace_id},
    )
    assigned = dict(
        connection.execute(
            "select enrollment_id, variant from outreach.enrollment_step_variants"
            " where workspace_id = %s",
            [saved.workspace_id],
        ).fetchall()
    )

    assert drawn == assigned
    assert set(drawn.values()) == {"A", "B"}


def test_without_a_person_it_shows_three_and_the_worst(connection, saved):
    enrollment_ids = enroll(connection, saved, count=6)
    for one in enrollment_ids:
        name(connection, saved, one, company="Acme")
    worst = name(
        connection, saved, enrollment_ids[4], company="", first_name="ADALBERT"
    )
    people = preview_saved(
        connection, saved.workspace_id, saved.campaign_id, as_of=NOON
    )

    assert [person.enrollment_id for person in people[:3]] == enrollment_ids[:3]
    assert [person.prospect_id for person in people if person.is_worst] == [worst]
    assert [person.worst_because for person in people if person.is_worst] == [
        "without company"
    ]
    assert len(people) == 4


def test_a_file_is_previewed_without_being_saved(connection, saved):
    (enrollment_id,) = enroll(connection, saved)
    name(connection, saved, enrollment_id, company="Acme")
    changed = CAMPAIGN.replace("shall we connect?", "how are you? {{jobTitel}}")
    unsaved = parse_campaign(f"workspace: {saved.workspace_id}\n" + changed, "pipl.yml")
    (person,) = preview_unsaved(connection, unsaved, as_of=NOON)
    first, second, *_ = person.texts

    assert first.error is not None
    assert "jobTitel" in first.error
    assert second.text == "Hello Ada of Acme"


def test_the_forecast_shows_the_text_that_goes(connection, saved):
    (enrollment_id,) = enroll(connection, saved)
    name(connection, saved, enrollment_id, company="Acme")
    acts = forecast_sends(
        connection,
        saved.workspace_id,
        until=NOON.replace(day=NOON.day + 3),
        as_of=NOON,
    )
    texts = {
        act.action: [
            one.text
            for one in texts_of(connection, saved.workspace_id, act, as_of=NOON)
        ]
        for act in acts
    }

    assert [act.action for act in acts] == ["send_invite", "end_wait", "send_inmail"]
    assert texts["send_invite"] in (
        ["Hi Ada, shall we connect?"],
        ["Hello Ada of Acme"],
    )
    assert texts["end_wait"] == []
    assert texts["send_inmail"] == ["Dear Ada", "About Acme"]


@pytest.fixture
def committed(opened, database, monkeypatch):
    """A saved campaign with two people, for the command line."""
    monkeypatch.setenv("PGDATABASE", database.name)
    saved = saved_campaign(opened)
    good, bad = enroll(opened, saved, count=2)
    name(opened, saved, good, company="Acme", last_name="Lovelace")
    name(opened, saved, bad, last_name="Byron")
    return saved


def test_the_commands_show_texts_and_what_goes_next(committed):
    shown = invoke("campaign", "preview", "PIPL Connection")
    assert shown.exit_code == 1
    assert "Ada Lovelace (person-" in shown.output
    assert "| Hello Ada of Acme" in shown.output
    assert "Would be parked:" in shown.output
    assert "25 of 300 characters" in shown.output

    one = invoke(
        "campaign", "preview", "PIPL Connection", "--prospect", "Ada Lovelace",
        "--step", "3", "--json",
    )  # fmt: skip
    assert one.exit_code == 0
    assert '"text": "About Acme"' in one.output
    assert "shall we connect" not in one.output

    forecast = invoke("send", "forecast", "--limit", "1", "--text")
    assert forecast.exit_code == 0
    assert "1 send invite" in forecast.output
    assert "Ada" in forecast.output
