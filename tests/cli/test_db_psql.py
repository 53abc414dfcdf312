"""`trueup db psql`: psql without an installed one, as a role."""

import subprocess

from tests.support.command_line import trueup


def psql(database, *arguments):
    return subprocess.run(
        trueup("db", "psql", *arguments),
        env=database.environment(),
        capture_output=True,
        text=True,
    )


def test_a_query_is_answered_as_the_role_and_in_utc(database):
    query = "select current_user, current_setting('timezone')"
    answered = psql(database, "--as", "analyst", "--csv", "-c", query)

    assert answered.returncode == 0, answered.stderr
    assert answered.stdout.splitlines()[1:] == ["analyst,UTC"]


def test_an_analyst_is_refused_what_is_no_mart(database):
    query = "select * from outreach.prospects"
    refused = psql(database, "--as", "analyst", "-c", query)

    assert refused.returncode == 1
    assert "permission denied" in refused.stderr
