"""Rules that many queries need have one text, which the others call."""

import re

import pytest

from trueup.paths import PROJECT_ROOT, SQL_FOLDER

SQL_FILES = [*SQL_FOLDER.rglob("*.sql"), *(PROJECT_ROOT / "dbt").rglob("*.sql")]


@pytest.mark.parametrize(
    ("words", "place"),
    [
        # Which jobs are live: outreach.is_live_job().
        (r"\('queued', 'claimed', 'sending', 'unknown', 'parked'\)", "sql/migrations"),
        # Who is under way in a campaign: outreach.is_under_way(), and an index.
        (
            r"\( ?'ready_to_invite', 'pending_accept', 'ready_to_message', "
            r"'pending_template_fix' ?\)",
            ("sql/functions/steps/is_under_way.sql", "sql/migrations/0019_"),
        ),
        # Locking accounts: outreach.lock_accounts() in order, and
        # outreach.lock_account() for one. The expiry of leases has its own statement,
        # which skips what is locked.
        (
            r"from outreach\.linkedin_accounts as accounts [^;]*for no key update;",
            "sql/functions/accounts/lock_account",
        ),
        # What is inside a sending window: outreach.is_inside_window().
        (r"\bisodow\b", "sql/functions/time/is_inside_window.sql"),
        # Which time zone an account lives in: outreach.account_timezone().
        (
            r"next_timezone_at <= \S+\s+then \S*next_timezone\b",
            "sql/functions/time/account_timezone.sql",
        ),
        # Whether messages were read too long ago: outreach.unread_replies().
        (r"polls\.read_until < ", "sql/functions/gates/unread_replies.sql"),
        # Which steps must not follow an unknown reply: outreach.contacts_person().
        (
            r"\( ?'send_invite', 'send_message', 'send_inmail', 'comment' ?\)",
            "sql/functions/gates/contacts_person.sql",
        ),
    ],
)
def test_the_rule_is_written_in_one_place(
    words: str, place: str | tuple[str, ...]
) -> None:
    found = [
        path.relative_to(PROJECT_ROOT).as_posix()
        for path in SQL_FILES
        if re.search(words, re.sub(r"\s+", " ", path.read_text()))
    ]

    assert found != []
    assert [path for path in found if not path.startswith(place)] == []
