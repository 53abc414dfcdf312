"""Modelled databases for tests: copies in which every model is built as of NOON.

Belongs here: copying them, and dbt called with one. dbt itself in this process:
`trueup.marts.dbt_in_process`. Does not: rows, and what they should come to.
"""

import contextlib
import functools
import itertools
from dataclasses import dataclass

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
    "compiled_questions",
    "copied",
    "manifest_for",
    "modelled_copy",
    "parsed_manifest",
    "run_dbt",
    "run_unit_tests",
    "target_folder",
]
_copy_numbers = itertools.count(1)


def run_dbt(database, command, *select, **options):
    """Statuses by node name; see dbt_in_process.run_dbt. database: what has a name."""
    return dbt_in_process.run_dbt(database.name, command, *select, **options)


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
    with copied(_modelled_template(migrated_template)) as copy:
        yield copy


@contextlib.contextmanager
def copied(name):
    """A copy of a modelled database to which nobody is connected; gone afterwards."""
    with copied_database(name, f"trueup_modelled_{next(_copy_numbers)}") as copy:
        yield ModelledDatabase(copy)


@functools.cache
def _modelled_template(migrated_template):
    template = ModelledDatabase("trueup_modelled")
    copy_database(migrated_template, template.name)
    run_dbt(template, "run", as_of=NOON)
    return template.name
