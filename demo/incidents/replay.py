"""What an incident is, where it is replayed, and replaying it.

Belongs here: the shape that every incident's module fills in. Does not: any incident,
or making the place.
"""

import dataclasses
import datetime as dt
import time
from collections.abc import Callable, Mapping

import psycopg

from demo.incidents.figures import Figure, Pair, Replayed, Value
from trueup.marts.dbt_in_process import run_dbt
from unipile_sandbox.control import Sandbox

# A Monday at noon, three days after the fixes. Every replay is dated to it, so its
# figures are the same on every day.
AS_OF = dt.datetime(2026, 5, 4, 12, tzinfo=dt.UTC)


@dataclasses.dataclass(frozen=True)
class Stage:
    """A database and a sandbox for one replay, with AS_OF as their clock.

    database: its name; every model is built in it. connection: to it, in autocommit.
    """

    database: str
    connection: psycopg.Connection
    sandbox: Sandbox
    as_of: dt.datetime = AS_OF

    def build(self, *select: str) -> None:
        """Build these dbt models as of now."""
        run_dbt(self.database, "run", *select, as_of=self.as_of)

    def test(self, name: str) -> str:
        """The result of that dbt test: pass, warn or fail; failing rows are kept."""
        return run_dbt(self.database, "test", name, as_of=self.as_of)[name]

    def one(self, query: str, *values: object) -> Value:
        """The only value of a query's only row."""
        row = self.connection.execute(query, values).fetchone()
        return None if row is None else row[0]


@dataclasses.dataclass(frozen=True)
class Incident:
    """One row of the source's incidents.

    name: such as "LL#275". says: what happened, as a sentence. replay: loads the rows
    as they stood, runs what operators run, and gives each figure before and after.
    wanted: the source's own figures, by the same names.
    """

    name: str
    says: str
    replay: Callable[[Stage], Mapping[str, Pair]]
    wanted: Mapping[str, Pair]


def replay(incident: Incident, stage: Stage) -> Replayed:
    """Replay an incident on a stage of its own.

    A figure that only one of the two sides has is a difference.
    """
    began_at = time.monotonic()
    stage.sandbox.reset()
    stage.sandbox.clear_faults()
    stage.sandbox.set_clock(stage.as_of.isoformat())
    given = incident.replay(stage)
    missing: Pair = ("not given", "not given")
    figures = tuple(
        Figure(
            what,
            *given.get(what, missing),
            *incident.wanted.get(what, ("not wanted", "not wanted")),
        )
        for what in dict.fromkeys([*incident.wanted, *given])
    )
    seconds = time.monotonic() - began_at
    return Replayed(incident.name, incident.says, figures, seconds)
