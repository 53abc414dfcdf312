"""Who must not be contacted: marks in files, and companies and email domains."""

import psycopg
import pytest

from tests.support.campaign_files import account_id_of
from tests.support.imports import bring
from tests.support.rows import NOON
from trueup.imports.do_not_contact import add_rule, remove_rule, rules_of

ADDRESS = "https://www.linkedin.com/in/bea-1"


def statuses(connection):
    return connection.execute(
        "select prospects.public_identifier, linkedin_status, failed_classification"
        " from outreach.campaign_prospects"
        " inner join outreach.prospects using (workspace_id, prospect_id)"
        " order by public_identifier"
    ).fetchall()


def marks(connection):
    return connection.execute(
        "select public_identifier, do_not_contact_at, do_not_contact_reason"
        " from outreach.prospects where do_not_contact_at is not null"
        " order by public_identifier"
    ).fetchall()


def test_a_mark_of_a_file_is_kept_for_the_next_one(connection, saved):
    text = f"First Name,LinkedIn URL,Do Not Contact\nBea,{ADDRESS},TRUE\n"
    done = bring(connection, saved, text)
    assert done.skipped == {"do_not_contact": 1}
    assert (done.enrolled, done.new_people) == (0, 0)
    assert marks(connection) == [("bea-1", NOON, "marked in an imported file")]
    again = bring(connection, saved, f"First Name,LinkedIn URL\nBea,{ADDRESS}\n")
    assert again.skipped == {"do_not_contact": 1}


def test_a_mark_of_a_file_stops_who_is_under_way(connection, saved):
    bring(connection, saved, "LinkedIn URL\nin/ada\nin/bea\n")
    done = bring(connection, saved, "LinkedIn URL,DNC\nin/ada,wahr\nin/bea,falsch\n")
    assert done.skipped == {"do_not_contact": 1, "already_enrolled": 1}
    assert done.cancelled_jobs == 1
    assert statuses(connection) == [
        ("ada", "failed", "do_not_contact"),
        ("bea", "ready_to_invite", None),
    ]
    assert connection.execute(
        "select status, count(*) from outreach.campaign_send_jobs group by 1 order by 1"
    ).fetchall() == [("cancelled", 1), ("queued", 1)]


def test_a_dry_run_marks_nobody_and_says_what_it_would_stop(connection, saved):
    bring(connection, saved, "LinkedIn URL\nin/ada\n")
    text = "LinkedIn URL,DNC\nin/ada,x\n"
    assert bring(connection, saved, text, is_dry_run=True).cancelled_jobs == 1
    assert marks(connection) == []
    assert statuses(connection) == [("ada", "ready_to_invite", None)]


@pytest.mark.parametrize(
    "rows",
    [
        "in/ada,,\nin/ada,,yes\n",
        "in/ada,ACoAABcDeFgHiJkLmNoPqRs,\n,ACoAABcDeFgHiJkLmNoPqRs,yes\n",
        "in/ada,,\nin/ada,,yes,too,many\n",
        f"in/ada,,\nin/ada,,{'x' * 10_001}\n",
    ],
    ids=["twice", "by another name", "a row that is refused", "a value too long"],
)
def test_a_mark_counts_whichever_row_of_the_person_carries_it(connection, saved, rows):
    done = bring(
        connection,
        saved,
        f"LinkedIn URL,Member ID,DNC\n{rows}".replace(
            "Member ID", "LinkedIn Member ID"
        ),
    )
    assert done.enrolled == 0
    assert done.skipped == {"do_not_contact": 1}
    assert len(done.refused) == 1
    assert [name for name, _, _ in marks(connection)] == ["ada"]


def test_a_row_that_means_two_known_people_marks_both(connection, saved):
    connection.execute(
        "insert into outreach.prospects (workspace_id, provider_id, public_identifier)"
        " values (%s, 'ACoAAoneoneoneoneone', 'one'), (%s, null, 'two')",
        [saved.workspace_id] * 2,
    )
    bring(connection, saved, "Provider ID,URL,DNC\nACoAAoneoneoneoneone,in/two,yes\n")
    assert [name for name, _, _ in marks(connection)] == ["one", "two"]


def test_a_mark_of_nobody_says_so(connection, saved):
    done = bring(connection, saved, "First Name,LinkedIn URL,DNC\nBea,,yes\n")
    assert [str(row) for row in done.refused] == [
        "line 2: it has no profile address, so its do-not-contact mark is nobody's"
    ]


def test_a_thousand_marks_are_kept_in_one_import(connection, saved):
    lines = [f"in/person-{number},yes" for number in range(1_000)]
    done = bring(connection, saved, "\n".join(["LinkedIn URL,DNC", *lines]))
    assert done.skipped == {"do_not_contact": 1_000}
    assert len(marks(connection)) == 1_000


# Companies and email domains

PEOPLE = (
    "First Name,LinkedIn URL,Company,Email\n"
    'Ada,in/ada,"Nordwind, Inc.",\n'
    "Eva,in/eva,Other GmbH,eva@mail.nordwind.example\n"
    "Mia,in/mia,Nordwind Energie,mia@notnordwind.example\n"
)


def rule(connection, saved, kind, value, **changes):
    given = {"reason": "they asked", "actor": "test", "as_of": NOON} | changes
    return add_rule(connection, saved.workspace_id, kind, value, **given)


def test_marking_a_company_stops_its_people(connection, saved):
    bring(connection, saved, PEOPLE)
    done = rule(connection, saved, "company", "NORDWIND")
    assert (done.people, done.cancelled_jobs) == (1, 1)
    assert marks(connection) == [("ada", NOON, "they asked")]
    assert statuses(connection)[0] == ("ada", "failed", "do_not_contact")


def test_marking_an_email_domain_stops_its_people_and_those_below_it(connection, saved):
    bring(connection, saved, PEOPLE)
    done = rule(connection, saved, "email_domain", "https://www.Nordwind.example/about")
    assert (done.people, done.cancelled_jobs) == (1, 1)
    assert [name for name, _, _ in marks(connection)] == ["eva"]


@pytest.mark.parametrize(
    ("email", "domains"),
    [
        ("Ada <ada@Mail.Acme.example>", ["mail.acme.example", "acme.example"]),
        ("ada@home.example; ada@acme.example", ["home.example", "acme.example"]),
        ("ada@home.example,bea@acme.example.", ["home.example", "acme.example"]),
        ("ada at acme.example", []),
        ("@", []),
        (None, []),
    ],
)
def test_every_address_of_a_cell_has_its_domains(connection, email, domains):
    (found,) = connection.execute(
        "select outreach.email_domains(%s::text)", [email]
    ).fetchone()
    assert found == domains


def test_people_who_come_later_are_marked_by_their_import(connection, saved):
    rule(connection, saved, "company", "Nordwind GmbH")
    rule(connection, saved, "email_domain", "@nordwind.example")
    done = bring(connection, saved, PEOPLE)
    assert done.skipped == {"do_not_contact": 2}
    assert done.enrolled == 1
    assert marks(connection) == [
        ("ada", NOON, "they asked"),
        ("eva", NOON, "they asked"),
    ]


def test_a_known_person_whose_company_an_import_tells_is_marked(connection, saved):
    bring(connection, saved, "LinkedIn URL\nin/ada\n")
    rule(connection, saved, "company", "Nordwind")
    done = bring(connection, saved, "LinkedIn URL,Company\nin/ada,Nordwind AG\n")
    assert done.cancelled_jobs == 1
    assert statuses(connection) == [("ada", "failed", "do_not_contact")]


def test_a_rule_belongs_to_its_workspace_and_may_be_given_twice(connection, saved):
    rule(connection, saved, "company", "Nordwind")
    rule(connection, saved, "company", "Nordwind Ltd", reason="again")
    assert [
        (each.kind, each.written, each.reason)
        for each in rules_of(connection, saved.workspace_id)
    ] == [("company", "Nordwind", "they asked")]
    assert rules_of(connection, saved.workspace_id + 1) == []


def test_a_rule_that_is_taken_back_leaves_the_marks(connection, saved):
    bring(connection, saved, PEOPLE)
    rule(connection, saved, "company", "Nordwind")
    assert remove_rule(connection, saved.workspace_id, "company", "nordwind inc")
    assert not remove_rule(connection, saved.workspace_id, "company", "nordwind inc")
    assert rules_of(connection, saved.workspace_id) == []
    assert len(marks(connection)) == 1


@pytest.mark.parametrize(
    ("kind", "value", "sentence"),
    [
        ("company", " - ", '" - " is no name of a company'),
        ("email_domain", "nordwind", '"nordwind" is no email domain'),
        ("email_domain", "", '"" is no email domain'),
    ],
)
def test_a_rule_about_nothing_is_a_sentence(connection, saved, kind, value, sentence):
    with pytest.raises(ValueError, match=sentence):
        rule(connection, saved, kind, value)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Nordwind, Inc.", "NORDWIND"),
        ("Müller GmbH & Co. KG", "müller"),
        ("Acme B.V.", "Acme"),
        ("Acme Holdings Limited", "ACME HOLDINGS"),
        ("株式会社 Acme", "株式会社 acme"),
    ],
)
def test_one_company_has_one_key(connection, one, other):
    assert connection.execute(
        "select outreach.company_key(%s) = outreach.company_key(%s)", [one, other]
    ).fetchone() == (True,)


@pytest.mark.parametrize(("one", "other"), [("Ag", "SE"), ("Co", "Ltd"), ("A", "B")])
def test_two_companies_have_two_keys(connection, one, other):
    assert connection.execute(
        "select outreach.company_key(%s) <> outreach.company_key(%s)", [one, other]
    ).fetchone() == (True,)


@pytest.mark.parametrize("is_import_first", [True, False])
def test_a_rule_and_an_import_wait_for_one_another(
    campaign_in_a_database, is_import_first
):
    def begin(connection):
        connection.execute("select outreach.begin_prospect_import(1, 1)")

    def block(connection):
        add_rule(connection, 1, "company", "Acme", reason="asked", actor="test")

    first, second = (begin, block) if is_import_first else (block, begin)
    with (
        campaign_in_a_database.connect(role="operator") as one,
        campaign_in_a_database.connect(role="operator") as other,
    ):
        one.execute("set lock_timeout = '20ms'")
        other.execute("set lock_timeout = '20ms'")
        first(one)
        with pytest.raises(psycopg.errors.LockNotAvailable):
            second(other)
        one.rollback()
        other.rollback()
        second(other)


def test_the_own_profile_of_any_account_is_refused(connection, saved):
    account_id = account_id_of(connection, saved.workspace_id, "Pinki")
    own = "ACoAA" + "own0" * 8
    connection.execute(
        "update outreach.provider_accounts set linkedin_identity = %s"
        " where workspace_id = %s and account_id = %s",
        [own, saved.workspace_id, account_id],
    )
    done = bring(connection, saved, f"First Name,LinkedIn URL\nPinki,in/{own}\n")
    assert [str(row) for row in done.refused] == [
        "line 2: it is the profile of one of the workspace's own accounts"
    ]
