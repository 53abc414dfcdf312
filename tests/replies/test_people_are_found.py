"""People are found by profile, email address, whole name, or a part of it."""

import pytest

from tests.support.rows import make_workspace


@pytest.fixture
def find(connection):
    """Finds people of a workspace: their profiles, each with its rank."""
    workspace_id = make_workspace(connection)
    connection.execute(
        "insert into outreach.prospects (workspace_id, provider_id, public_identifier,"
        " first_name, last_name, email) values"
        " (%(workspace)s, 'ACoAAada', 'ada', 'Ada', 'Lovelace', 'ada@example.com'),"
        " (%(workspace)s, 'ACoAAcher', 'cher', 'Cher', null, null),"
        " (%(workspace)s, 'ACoAAturing', 'turing', null, 'Turing', null)",
        {"workspace": workspace_id},
    )

    def find(wanted):
        return connection.execute(
            "select prospects.public_identifier, found.rank"
            " from outreach.find_prospects(%s, null, null, %s) as found"
            " inner join outreach.prospects"
            " on prospects.prospect_id = found.found_id"
            " order by found.rank, prospects.prospect_id",
            [wanted, workspace_id],
        ).fetchall()

    return find


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ("ACoAAada", [("ada", 2)]),
        ("cher", [("cher", 2)]),
        ("ADA@example.com", [("ada", 3)]),
        ("ada lovelace", [("ada", 4)]),
        ("CHER", [("cher", 4)]),
        ("Turing", [("turing", 4)]),
        ("Ada Byron", [("ada", 9)]),
        ("Grace Hopper", []),
    ],
)
def test_a_person_is_found_by_what_was_written(find, wanted, expected):
    assert find(wanted) == expected
