"""Every incident of the source, in its order.

Belongs here: the list, and finding one by what a person calls it.
"""

from demo.incidents import (
    drift_alert,
    ll_273,
    ll_274,
    ll_275,
    ll_275_cause,
    ll_276,
    ll_277,
    ll_279,
    ll_280,
    ll_281,
    parked_prospects,
)
from demo.incidents.replay import Incident

INCIDENTS: tuple[Incident, ...] = tuple(
    module.INCIDENT
    for module in (
        ll_273,
        ll_274,
        ll_275,
        ll_275_cause,
        ll_276,
        ll_277,
        ll_279,
        ll_280,
        ll_281,
        parked_prospects,
        drift_alert,
    )
)


class UnknownIncidentError(Exception):
    """No incident has that name; the text lists those that there are."""


def find_incident(wanted: str) -> Incident:
    """The incident of that name, however it is spelled: LL#275, ll 275, 275."""
    for incident in INCIDENTS:
        if _spelling(wanted) in (_spelling(incident.name), _number(incident.name)):
            return incident
    known = ", ".join(incident.name for incident in INCIDENTS)
    raise UnknownIncidentError(
        f'There is no incident "{wanted}". Give one of these: {known}.'
    )


def _spelling(name: str) -> str:
    return "".join(character for character in name.lower() if character.isalnum())


def _number(name: str) -> str:
    return _spelling(name).removeprefix("ll")
