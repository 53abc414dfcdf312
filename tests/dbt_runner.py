"""dbt in the tests' own process: parsed once, then run against any database.

Belongs here: invoking dbt and reading what each node came to. Does not: rows, and what
they should come to.
"""

import atexit
import contextlib
import functools
import itertools
import json
import os
import shutil
import tempfile
import warnings
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

from dbt.cli.main import dbtRunner
from psycopg import sql
from rows import NOON

from dagster_project.paths import PROJECT_ROOT
from dagster_project.postgres.connection import connect

DBT_FOLDER = PROJECT_ROOT / "dbt"
_copy_numbers = itertools.count(1)


class DbtFailureError(Exception):
    """A node that could not run; the text is dbt's own."""


def run_dbt(
    database,
    command,
    *select,
    as_of=None,
    from_date=None,
    to_date=None,
    is_full_refresh=False,
):
    """Statuses by node name, such as {"daily_account_counters": "success"}.

    select: dbt's own selectors. as_of: a datetime; None is the database's clock.
    Raises DbtFailureError where a node cannot run; a failing test is a status.
    """
    dates = {"from_date": from_date, "to_date": to_date}
    variables = {name: str(value) for name, value in dates.items() if value}
    if as_of is not None:
        variables["as_of"] = f"'{as_of.isoformat()}'::timestamptz"
    arguments = [command, "--vars", json.dumps(variables)]
    if select:
        arguments += ["--select", *select]
    if command != "run":
        arguments += ["--exclude", "test_type:unit"]
    if command == "build":
        arguments += ["--exclude-resource-type", "exposure"]
    if is_full_refresh:
        arguments += ["--full-refresh"]
    return _statuses(_invoke(arguments, database.name))


def compiled_questions(database):
    """The SQL of each worked question in dbt/analyses by its name, as psql takes it."""
    outcome = _invoke(["compile", "--select", "resource_type:analysis"], database.name)
    _statuses(outcome)
    return {
        result.node.name: result.node.compiled_code
        for result in outcome.result
        if result.node.resource_type == "analysis"
    }


def run_unit_tests(database):
    """Statuses of dbt's unit tests by their names; the models they read are built."""
    return _statuses(_invoke(["test", "--select", "test_type:unit"], database.name))


@dataclass(frozen=True)
class ModelledDatabase:
    """A migrated database with every model built as of NOON."""

    name: str

    def connect(self):
        return connect(self.name)


@contextlib.contextmanager
def modelled_copy(migrated_template):
    """A modelled database of the caller's own, gone afterwards."""
    with copied(_modelled_template(migrated_template)) as copy:
        yield copy


@contextlib.contextmanager
def copied(name):
    """A copy of a modelled database to which nobody is connected; gone afterwards."""
    copy = ModelledDatabase(f"trueup_modelled_{next(_copy_numbers)}")
    _copy_database(name, copy.name)
    try:
        yield copy
    finally:
        with connect("postgres", autocommit=True) as connection:
            statement = sql.SQL("drop database {} with (force)")
            connection.execute(statement.format(sql.Identifier(copy.name)))


@functools.cache
def _modelled_template(migrated_template):
    template = ModelledDatabase("trueup_modelled")
    _copy_database(migrated_template, template.name)
    run_dbt(template, "run", as_of=NOON)
    return template.name


def _copy_database(template, name):
    with connect("postgres", autocommit=True) as connection:
        statement = sql.SQL("create database {} template {}")
        connection.execute(
            statement.format(sql.Identifier(name), sql.Identifier(template))
        )


def manifest_for(database_name):
    """The parsed project, its relations in this database: parsing names another."""
    manifest = parsed_manifest()
    for node in (*manifest.nodes.values(), *manifest.sources.values()):
        node.database = database_name
    return manifest


@functools.cache
def parsed_manifest():
    """The project's manifest as dbt holds it, parsed once a session."""
    outcome = _invoke(["parse"])
    if not outcome.success:
        raise outcome.exception
    return outcome.result


@functools.cache
def target_folder():
    """Where this session's dbt writes; nobody else's dbt does."""
    folder = Path(tempfile.mkdtemp(prefix="trueup-dbt-"))
    atexit.register(shutil.rmtree, folder)
    return folder


def _statuses(outcome):
    if outcome.exception is not None:
        raise outcome.exception
    broken = [result for result in outcome.result if result.status == "error"]
    if broken:
        raise DbtFailureError("\n".join(str(result.message) for result in broken))
    return {
        result.node.name: str(result.status)
        for result in outcome.result
        if result.node.resource_type != "operation"
    }


def _invoke(arguments, database_name=None):
    command, *rest = arguments
    options = {
        "project-dir": DBT_FOLDER,
        "profiles-dir": DBT_FOLDER,
        "target-path": target_folder(),
        "log-path": target_folder(),
        "log-level": "none",
        "log-level-file": "none",
    }
    flags = [part for name, value in options.items() for part in (f"--{name}", value)]
    settings = {
        "PGDATABASE": database_name or "trueup",
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    }
    manifest = manifest_for(database_name) if database_name else None
    with mock.patch.dict(os.environ, settings), warnings.catch_warnings():
        # dbt's own imports and connections warn; the project's code is not under it.
        warnings.simplefilter("ignore")
        return dbtRunner(manifest=manifest).invoke([command, *map(str, flags), *rest])
