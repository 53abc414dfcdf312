"""One finder: by id or name, with the nearest names, and with what tells two apart."""

import pytest

from tests.support.rows import (
    make_account,
    make_campaign,
    make_enrollments,
    make_workspace,
)
from trueup.cli.finding import (
    account_of,
    campaign_of,
    people_called,
    person_of,
    workspace_of,
)
from trueup.cli.sentences import SentenceError


def make_person(connection, workspace_id, first, last, profile, email=None):
    return connection.execute(
        "insert into outreach.prospects (workspace_id, public_identifier, first_name,"
        " last_name, email) values (%s, %s, %s, %s, %s) returning prospect_id",
        [workspace_id, profile, first, last, email],
    ).fetchone()[0]


def rename(connection, table, name, row_id):
    column = {"workspaces": "workspace_id", "campaigns": "campaign_id"}[table]
    connection.execute(
        f"update outreach.{table} set name = %s where {column} = %s", [name, row_id]
    )


@pytest.fixture
def two(connection):
    """The ids of two workspaces, Acme and Beta."""
    acme, beta = make_workspace(connection), make_workspace(connection)
    rename(connection, "workspaces", "Beta", beta)
    return acme, beta


def refusal(function, *arguments):
    with pytest.raises(SentenceError) as refused:
        function(*arguments)
    return refused.value.message


@pytest.mark.parametrize("wanted", ["Beta", "beta", "{id}"])
def test_a_workspace_is_found_by_its_name_or_id(connection, two, wanted):
    found = workspace_of(connection, wanted.format(id=two[1]))
    assert (found.workspace_id, found.name) == (two[1], "Beta")


def test_the_only_workspace_need_not_be_named(connection):
    acme = make_workspace(connection)
    assert workspace_of(connection, None).workspace_id == acme


def test_of_several_workspaces_one_has_to_be_named(connection, two):
    said = refusal(workspace_of, connection, None)
    assert "The database has 2 workspaces." in said
    assert '"Acme", "Beta"' in said


def test_an_unknown_name_gets_the_nearest(connection, two):
    assert refusal(workspace_of, connection, "Akme") == (
        'There is no workspace "Akme". Did you mean "Acme"?'
    )
    assert refusal(workspace_of, connection, "zzz") == (
        'There is no workspace "zzz". There are: "Acme", "Beta".'
    )


def test_an_account_is_found_in_any_workspace_where_its_name_is_unique(connection, two):
    make_account(connection, two[0], name="Anisha")
    pinki = make_account(connection, two[1], name="Pinki")
    found = account_of(connection, "pinki")
    assert (found.workspace_id, found.found_id) == (two[1], pinki)
    assert refusal(account_of, connection, "Pinky") == (
        'There is no account "Pinky". Did you mean "Pinki"?'
    )
    assert "There is no account" in refusal(account_of, connection, "Pinki", "Acme")


def test_namesakes_are_listed_with_what_tells_them_apart(connection, two):
    one = make_account(connection, two[0], name="Anisha", timezone="Asia/Tokyo")
    other = make_account(connection, two[1], name="Anisha", status="disconnected")
    assert refusal(account_of, connection, "Anisha").splitlines() == [
        'There are 2 accounts called "Anisha":',
        f'  {one}: "Anisha", connected, Asia/Tokyo, workspace Acme',
        f'  {other}: "Anisha", disconnected, UTC, workspace Beta',
        "Give the id of the one you mean.",
    ]
    assert account_of(connection, str(other)).workspace_id == two[1]
    assert account_of(connection, "Anisha", "Acme").found_id == one


def test_the_same_name_is_preferred_to_one_in_other_case(connection, two):
    make_account(connection, two[0], name="anisha")
    exact = make_account(connection, two[0], name="Anisha")
    assert account_of(connection, "Anisha").found_id == exact


def test_an_id_is_preferred_to_a_name_that_looks_like_it(connection, two):
    first, _ = make_campaign(connection, two[0])
    second, _ = make_campaign(connection, two[0])
    rename(connection, "campaigns", str(first), second)
    assert campaign_of(connection, str(first)).found_id == first
    assert campaign_of(connection, str(second)).found_id == second


@pytest.mark.parametrize(
    "wanted",
    [
        "Ada Lovelace",
        "ada lovelace",
        "ada-l",
        "https://www.linkedin.com/in/Ada-L/?trk=x",
        "ADA@example.com",
        "{id}",
    ],
)
def test_a_person_is_found_by_name_profile_email_or_id(connection, two, wanted):
    ada = make_person(connection, two[1], "Ada", "Lovelace", "ada-l", "Ada@example.com")
    make_person(connection, two[0], "Charles", "Babbage", "cb")
    found = person_of(connection, wanted.format(id=ada))
    assert (found.workspace_id, found.found_id) == (two[1], ada)


def test_a_misspelt_person_gets_those_who_share_a_name(connection, two):
    make_person(connection, two[0], "Ada", "Lovelace", "ada-l")
    make_person(connection, two[0], "Charles", "Babbage", "cb")
    assert refusal(person_of, connection, "Ada Lovelce") == (
        'There is no prospect "Ada Lovelce". Did you mean "Ada Lovelace"?'
    )
    assert people_called(connection, "Ada Lovelce") == []


def test_namesakes_among_people_are_told_apart_by_profile(connection, two):
    for workspace_id, profile in zip(two, ("ada-1", "ada-2"), strict=True):
        make_person(connection, workspace_id, "Ada", "King", profile)
    said = refusal(person_of, connection, "Ada King")
    assert "profile ada-1, workspace Acme" in said
    assert "profile ada-2, workspace Beta" in said
    assert len(people_called(connection, "Ada King")) == 2


def test_among_a_thousand_people_the_profile_is_the_one(connection, two):
    account = make_account(connection, two[0])
    campaign, (step, _) = make_campaign(connection, two[0])
    make_enrollments(connection, two[0], account, campaign, step, 20, run_at=None)
    ada = make_person(connection, two[0], "Ada", None, "ada")
    assert person_of(connection, "ada").found_id == ada
