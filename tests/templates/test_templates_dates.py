"""`{{ "now" | date: "%A" }}`: the account's local day at the send, in English."""

import datetime

import pytest

from tests.support.template_corpus import FIELDS
from trueup.templates import render, validate

FRIDAY_EVENING = datetime.datetime(2026, 5, 1, 18, 5)


def on(template, at=FRIDAY_EVENING):
    assert validate(template, FIELDS, ()) == []
    return render(template, {}, local_time=at)


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("%A", "Friday"),
        ("%a, %b %-d", "Fri, May 1"),
        ("%B %d, %Y", "May 01, 2026"),
        ("%d.%m.%y", "01.05.26"),
        ("%-m/%e", "5/1"),
        ("%H:%M", "18:05"),
        ("%-H", "18"),
        ("%I:%M %p", "06:05 PM"),
        ("%-I %P", "6 pm"),
    ],
)
def test_the_local_time_of_the_send_is_written(written, text):
    assert on(f'{{{{ "now" | date: "{written}" }}}}') == text
    assert on(f"{{{{ 'today' | date: '{written}' }}}}") == text


@pytest.mark.parametrize("day", range(7))
def test_days_and_months_have_english_names(day):
    at = datetime.datetime(2026, 8, 3) + datetime.timedelta(days=day * 32)

    assert on("{{ 'now' | date: '%A %B' }}", at) == at.strftime("%A %B")


@pytest.mark.parametrize(
    ("hour", "text"), [(0, "12 am"), (11, "11 am"), (12, "12 pm"), (23, "11 pm")]
)
def test_noon_and_midnight_are_twelve(hour, text):
    at = FRIDAY_EVENING.replace(hour=hour)

    assert on("{{ 'now' | date: '%-I %P' }}", at) == text


def test_a_greeting_follows_the_hour():
    template = (
        "{% assign hour = 'now' | date: '%H' %}"
        "{% if hour < 12 %}Good morning{% else %}Good evening{% endif %}"
    )

    assert on(template) == "Good evening"
    assert on(template, FRIDAY_EVENING.replace(hour=9)) == "Good morning"


def test_other_filters_may_follow():
    assert on("{{ 'now' | date: '%A' | upcase | append: '!' }}") == "FRIDAY!"


def test_the_longest_day_is_measured():
    template = "{{ 'now' | date: '%A, %B %-d' }}"
    longest = len("Wednesday, September 30")

    assert validate(template, FIELDS, (), max_length=longest) == []
    assert validate(template, FIELDS, (), max_length=longest - 1) != []


def test_now_without_quotes_is_suggested_with_them():
    template = "Happy {{ now | date: '%A' }}"

    (error,) = validate(template, FIELDS, ())

    assert error.suggestion.apply(template) == "Happy {{ 'now' | date: '%A' }}"


def test_what_date_does_not_write_is_said():
    (other,) = validate("{{ firstName | date: '%A' }}", FIELDS, ())
    (unknown,) = validate("{{ 'now' | date: '%s' }}", FIELDS, ())

    assert "the day of the send" in other.message
    assert "%s" in unknown.message
    assert "%A" in unknown.message
