"""Modelled databases for tests: copies in which every model is built as of NOON.

Belongs here: copying them, and dbt called with one. dbt itself in this process:
`trueup.marts.dbt_in_process`. Does not: rows, and what they should come to.
"""

import contextlib
import functools
import itertools
import json
from dataclasses import dataclass

from tests.support.prepared import make_unless_prepared
from tests.support.rows import NOON
from trueup.marts import dbt_in_process
from trueup.marts.dbt_in_process import (
    DBT_FOLDER,
    DbtFailureError,
    manifest_for,
    parsed_manifest,
    target_folder,
)
from trueup.postgres.connection import connect
from trueup.postgres.copies import copied_database, copy_database

__all__ = [
    "DBT_FOLDER",
    "DbtFailureError",
    "ModelledDatabase",
    "compiled_model",
    "compiled_questions",
    "copied",
    "live_template",
    "manifest_for",
    "modelled_copy",
    "modelled_template",
    "parsed_manifest",
    "run_dbt",
    "run_unit_tests",
    "target_folder",
]
# The models that pages of the console read; all would take several times as long.
_CONSOLE_MARTS = (
    "account_status",
    "account_last_activity",
    "webhook_coverage",
    "unknown_sends",
    "send_forecast",
    "campaign_accept_stats",
    "int_campaign_accept_stats",
    "campaign_step_stats",
    "enrollment_blockers",
    "send_proofs",
)
_copy_numbers = itertools.count(1)


def run_dbt(database, command, *select, **options):
    """Statuses by node name; see dbt_in_process.run_dbt. database: what has a name."""
    return dbt_in_process.run_dbt(database.name, command, *select, **options)


def compiled_model(database, name, *, as_of):
    """The query of a model in a run at a fixed moment, which is over all rows."""
    variables = json.dumps({"as_of": f"'{as_of.isoformat()}'::timestamptz"})
    outcome = dbt_in_process.invoke(
        ["compile", "--select", name, "--vars", variables], database.name
    )
    dbt_in_process.statuses(outcome)
    (compiled,) = (
        one.node.compiled_code for one in outcome.result if one.node.name == name
    )
    return compiled


def compiled_questions(database):
    """The SQL of each worked question in dbt/analyses by its name, as psql takes it."""
    outcome = dbt_in_process.invoke(
        ["compile", "--select", "resource_type:analysis"], database.name
    )
    dbt_in_process.statuses(outcome)
    return {
        result.node.name: result.node.compiled_code
        for result in outcome.result
        if result.node.resource_type == "analysis"
    }


def run_unit_tests(database):
    """Statuses of dbt's unit tests by their names; the models they read are built."""
    arguments = ["test", "--select", "test_type:unit"]
    return dbt_in_process.statuses(dbt_in_process.invoke(arguments, database.name))


@dataclass(frozen=True)
class ModelledDatabase:
    """A migrated database with every model built as of NOON."""

    name: str

    def connect(self, **settings):
        """Opens a connection as the project does; settings as for connect()."""
        return connect(self.name, **settings)


@contextlib.contextmanager
def modelled_copy(migrated_template):
    """A modelled database of the caller's own, gone afterwards."""
    with copied(modelled_template(migrated_template)) as copy:
        yield copy


@contextlib.contextmanager
def copied(name):
    """A copy of a modelled database to which nobody is connected; gone afterwards."""
    with copied_database(name, f"trueup_modelled_{next(_copy_numbers)}") as copy:
        yield ModelledDatabase(copy)


@functools.cache
def modelled_template(migrated_template):
    """The name of a database with every model built as of NOON."""
    return _template("trueup_modelled", migrated_template, as_of=NOON)


@functools.cache
def live_template(migrated_template):
    """The name of one whose models read the clock, as in production: those of pages."""
    marts = (f"+{mart}" for mart in _CONSOLE_MARTS)
    return _template("trueup_live", migrated_template, *marts)


def _template(name, migrated_template, *select, **options):
    def make():
        copy_database(migrated_template, name)
        run_dbt(ModelledDatabase(name), "run", *select, **options)

    return make_unless_prepared(name, make)
