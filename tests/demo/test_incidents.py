"""Each of the source's incidents, replayed to its figures."""

import pytest

from demo.incidents.registry import (
    INCIDENTS,
    UnknownIncidentError,
    find_incident,
)
from demo.incidents.replay import AS_OF, Stage, replay
from tests.support.dbt_runner import modelled_copy
from tests.support.rows import NOON
from trueup.postgres.connection import connect

# In the others nobody calls the provider or hears of it.
WITH_THE_PROVIDER = ("LL#273", "LL#275 cause", "LL#276", "LL#277", "LL#280", "LL#281")
REPLAYED = [pytest.param(one, 1, id=f"{one.name}-v1") for one in INCIDENTS] + [
    pytest.param(one, 2, id=f"{one.name}-v2", marks=pytest.mark.second_version)
    for one in INCIDENTS
    if one.name in WITH_THE_PROVIDER
]


@pytest.fixture
def stage(template_database, sandbox, monkeypatch):
    monkeypatch.setenv("UNIPILE_V2_SERVICE_KEY", sandbox.v2_service_key)
    with modelled_copy(template_database) as database:
        monkeypatch.setenv("PGDATABASE", database.name)
        with connect(database.name, autocommit=True) as connection:
            yield Stage(database.name, connection, sandbox)


@pytest.mark.parametrize(("incident", "version"), REPLAYED, indirect=["version"])
def test_every_figure_of_the_incident_is_the_wanted_one(incident, stage):
    replayed = replay(incident, stage)
    assert {
        figure.what: (figure.before, figure.after) for figure in replayed.figures
    } == incident.wanted
    assert replayed.is_right


def test_the_replay_is_dated_as_the_tests_models_are():
    assert AS_OF == NOON


@pytest.mark.parametrize("spelled", ["LL#275", "ll#275", "LL 275", "ll_275", "275"])
def test_an_incident_is_found_however_its_number_is_written(spelled):
    assert find_incident(spelled).name == "LL#275"


@pytest.mark.parametrize("incident", INCIDENTS, ids=lambda incident: incident.name)
def test_every_incident_is_found_by_its_own_name(incident):
    assert find_incident(incident.name) is incident


def test_an_unknown_name_gets_the_list_of_those_that_there_are():
    with pytest.raises(UnknownIncidentError) as refusal:
        find_incident("LL#999")
    for incident in INCIDENTS:
        assert incident.name in str(refusal.value)
