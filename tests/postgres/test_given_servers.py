"""Tests work on a server that PG* variables name only if nothing can be lost there."""

import pytest

from tests.support.given_servers import UnusableGivenServerError, given_server


def test_a_server_with_databases_is_refused_with_their_names(shared_database):
    with pytest.raises(UnusableGivenServerError) as refusal:
        next(given_server(()))

    assert shared_database.name in str(refusal.value)
    assert "give them a server of their own" in str(refusal.value)


def test_a_user_who_is_no_superuser_is_refused(shared_database, monkeypatch):
    monkeypatch.setenv("PGOPTIONS", "-c role=analyst")

    with pytest.raises(UnusableGivenServerError, match="Name a superuser"):
        next(given_server(()))
