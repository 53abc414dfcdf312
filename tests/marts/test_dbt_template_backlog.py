"""The backlog of parked prospects, and the three alerts about templates."""

import datetime as dt

import pytest

from tests.campaigns.test_rearm_pending_template_fix import (
    BROKEN_NOTE,
    FIXED_NOTE,
    make_parked,
    set_note,
)
from tests.support.campaign_files import PLAIN, make_senders, save
from tests.support.dbt_runner import run_dbt
from tests.support.rows import NOON
from trueup.campaigns import validate_saved_templates

WAITING = "prospects_are_parked_for_over_a_day"
BROKEN = "a_saved_template_no_longer_validates"
LEFT_BEHIND = "a_parked_prospect_could_go_on"
ALERTS = (WAITING, BROKEN, LEFT_BEHIND)
DAY = dt.timedelta(days=1)


@pytest.fixture
def saved(opened):
    """A campaign whose three people were parked by a broken note at NOON."""
    make_senders(opened)
    saved = save(opened, PLAIN, NOON)
    make_parked(opened, saved, 3, template=BROKEN_NOTE, field="note")
    set_note(opened, saved.campaign_id, BROKEN_NOTE)
    validate_saved_templates(opened, NOON)
    opened.commit()
    return saved


def statuses(modelled, as_of):
    found = run_dbt(modelled, "test", *ALERTS, as_of=as_of)
    return {alert: found[alert] for alert in ALERTS}


def messages(opened, alert):
    kept = opened.execute(
        f"select subject, message from analytics_failures.{alert}"
    ).fetchall()
    opened.commit()
    return kept


def test_the_backlog_counts_by_campaign_and_step_with_the_error(opened, saved):
    assert opened.execute(
        "select campaign_name, step_number, action, parked_count, parked_alone_count,"
        " rearmable_count, error_message, parked_since, has_valid_templates"
        " from analytics.template_fix_backlog"
    ).fetchall() == [
        (
            "PIPL Connection",
            1,
            "send_invite",
            3,
            0,
            0,
            "broken",
            NOON,
            False,
        )
    ]


def test_a_broken_template_is_reported_at_once_and_its_people_after_a_day(
    modelled, opened, saved
):
    assert statuses(modelled, NOON + DAY) == {
        WAITING: "pass",
        BROKEN: "warn",
        LEFT_BEHIND: "pass",
    }
    assert messages(opened, BROKEN) == [
        (
            "PIPL Connection, step 1, note (variant A)",
            "The saved text is refused: This merge tag closes with one brace only. "
            "Write }} in place of the }.",
        )
    ]
    later = NOON + DAY + dt.timedelta(minutes=1)
    assert statuses(modelled, later)[WAITING] == "warn"
    assert messages(opened, WAITING) == [
        (
            "PIPL Connection, step 1",
            "3 prospects wait for the template of step 1 to be fixed, since 2026-05-04 "
            "12:00 UTC: broken",
        )
    ]


def test_people_whose_template_validates_are_told_until_they_go_on(
    modelled, opened, saved
):
    set_note(opened, saved.campaign_id, FIXED_NOTE)
    validate_saved_templates(opened, NOON)
    opened.commit()
    assert statuses(modelled, NOON) == {
        WAITING: "pass",
        BROKEN: "pass",
        LEFT_BEHIND: "warn",
    }
    save(opened, PLAIN, NOON)
    validate_saved_templates(opened, NOON)
    opened.commit()
    assert statuses(modelled, NOON + 2 * DAY) == dict.fromkeys(ALERTS, "pass")


def test_a_text_that_nobody_judged_since_it_was_saved_is_not_called_valid(
    modelled, opened, saved
):
    set_note(opened, saved.campaign_id, FIXED_NOTE)
    opened.execute(
        "update outreach.template_validations set is_valid = true,"
        " validation_stamp = 'an older text'"
    )
    opened.commit()
    assert statuses(modelled, NOON)[LEFT_BEHIND] == "pass"
