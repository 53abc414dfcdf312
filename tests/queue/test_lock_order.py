"""Whoever locks several rows takes them in the order of docs/architecture.md.

A writer that waits for one row has not locked a later one yet: then no two writers can
wait for one another.
"""

import datetime as dt

import pytest
from psycopg.types.json import Jsonb

from tests.support.campaign_files import PLAIN, make_senders
from tests.support.imports import bring
from tests.support.lock_orders import locked_while_waiting
from tests.support.rows import NOON
from trueup.campaigns import parse_campaign, save_campaign
from trueup.imports.do_not_contact import add_rule

HOUR = dt.timedelta(hours=1)


class Place:
    """A campaign of two accounts: `ids` in the order of the locks, and two people.

    The person with the lower id is of the account with the higher one.
    """

    def __init__(self, connection):
        self.workspace_id = make_senders(connection, "Anisha", "Pinki")
        text = PLAIN.replace("[Anisha]", "[Anisha, Pinki]")
        self.campaign = parse_campaign(text, "pipl.yml")
        self.saved = save_campaign(connection, self.campaign, NOON)
        self.campaign_id = self.saved.campaign_id
        bring(connection, self.saved, "LinkedIn URL\nin/zoe\nin/ada\nin/eva\n")
        self.low, self.high = (
            row[0]
            for row in connection.execute(
                "select account_id from outreach.linkedin_accounts order by account_id"
            )
        )
        (self.early,) = connection.execute(
            "select min(prospect_id) from outreach.campaign_prospects"
            " where account_id = %s",
            [self.high],
        ).fetchone()
        (self.late,) = connection.execute(
            "select max(prospect_id) from outreach.campaign_prospects"
            " where account_id = %s",
            [self.low],
        ).fetchone()
        assert self.early < self.late

    def of(self, connection, prospect_id, column):
        return connection.execute(
            f"select {column} from outreach.campaign_prospects"
            " inner join outreach.prospects using (workspace_id, prospect_id)"
            " where prospect_id = %s",
            [prospect_id],
        ).fetchone()[0]


@pytest.fixture
def place(database):
    with database.connect() as connection:
        return Place(connection)


@pytest.fixture
def waits(database, place):
    """What an act has locked when it waits for a row: of accounts, campaign, person."""

    def locked(act, held):
        rows = [
            ("campaign", place.campaign_id),
            ("account", place.low),
            ("account", place.high),
            ("person", place.early),
            ("person", place.late),
        ]
        others = [row for row in rows if row != held]
        return locked_while_waiting(database, act, held, others)

    return locked


def ask_to_stop(connection, place):
    """Both people ask not to be contacted, in a campaign that marks at once."""
    connection.execute(
        'update outreach.campaigns set settings = \'{"on_opt_out": "mark"}\''
    )
    for prospect_id in (place.early, place.late):
        connection.execute(
            "select outreach.record_enrollment_event(%s, %s, 'reply_received', 'test',"
            ' %s, details => \'{"opt_out_phrase": "stop"}\')',
            [
                place.workspace_id,
                place.of(connection, prospect_id, "enrollment_id"),
                NOON + HOUR,
            ],
        )


def test_opt_outs_of_several_people_lock_all_accounts_first(opened, place, waits):
    ask_to_stop(opened, place)

    def act(connection):
        connection.execute(
            "select count(*) from outreach.act_on_opt_outs(%s, 'test')",
            [place.workspace_id],
        )

    assert waits(act, ("account", place.low)) == []
    assert opened.execute(
        "select count(*) from outreach.prospects where do_not_contact_at is not null"
    ).fetchone() == (2,)


def test_an_import_locks_the_accounts_of_all_its_marks_first(opened, place, waits):
    # The reasons come in the other order than the accounts.
    names = [
        place.of(opened, prospect_id, "public_identifier")
        for prospect_id in (place.early, place.late)
    ]
    rules = (("company", "Acme", "a"), ("email_domain", "acme.example", "b"))
    for kind, value, reason in rules:
        add_rule(opened, place.workspace_id, kind, value, reason=reason, actor="test")
    text = (
        "LinkedIn URL,Company,Email\n"
        f"in/{names[0]},Acme,\n"
        f"in/{names[1]},,x@acme.example\n"
    )

    def act(connection):
        bring(connection, place.saved, text)

    assert waits(act, ("account", place.low)) == [("campaign", place.campaign_id)]
    assert opened.execute(
        "select count(*) from outreach.prospects where do_not_contact_at is not null"
    ).fetchone() == (2,)


def test_a_save_locks_its_campaign_before_its_accounts(place, waits):
    def act(connection):
        save_campaign(connection, place.campaign, NOON + HOUR)

    assert waits(act, ("campaign", place.campaign_id)) == []
    assert waits(act, ("account", place.high)) == [
        ("campaign", place.campaign_id),
        ("account", place.low),
    ]


def test_a_pause_locks_its_campaign_before_its_accounts(place, waits):
    def act(connection):
        connection.execute(
            "select outreach.set_pause(%s, 'campaign', %s, true, 'test', 'a test')",
            [place.workspace_id, place.campaign_id],
        )

    assert waits(act, ("campaign", place.campaign_id)) == []


def test_a_change_of_a_persons_fields_locks_their_accounts_first(place, waits):
    def act(connection):
        connection.execute(
            "select outreach.set_prospect_fields(%s, %s, %s, 'test')",
            [place.workspace_id, place.early, Jsonb({"company": "Acme"})],
        )

    assert waits(act, ("account", place.high)) == []
