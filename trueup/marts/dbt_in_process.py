"""dbt in this process: parsed once, then run against any database.

Belongs here: invoking dbt, and the status of each node. Tests and the replay of
incidents call dbt often, and a process for each call would take seconds. Does not:
rows.
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
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from unittest import mock

from dbt.adapters.base.impl import DEFAULT_BASE_BEHAVIOR_FLAGS
from dbt.artifacts.schemas.run import RunExecutionResult
from dbt.cli.main import dbtRunner, dbtRunnerResult
from dbt.contracts.graph.manifest import Manifest
from dbt_common.behavior_flags import BehaviorFlagRendered

from trueup.paths import PROJECT_ROOT
from trueup.postgres.connection import DEFAULT_DATABASE, default_database

DBT_FOLDER = PROJECT_ROOT / "dbt"


class DbtFailureError(Exception):
    """A node could not run or be parsed; the text is dbt's error."""


def run_dbt(
    database: str,
    command: str,
    *select: str,
    as_of: datetime | None = None,
    from_date: date | None = None,
    to_date: date | None = None,
    is_full_refresh: bool = False,
) -> dict[str, str]:
    """Run dbt; returns statuses by node, such as {"send_proofs": "success"}.

    select: dbt's own selectors. as_of: None is the database's clock. Raises
        DbtFailureError if a node cannot run; a failing test is a status.
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
    return statuses(invoke(arguments, database))


def manifest_for(database: str) -> Manifest:
    """The parsed project with relations in this database instead of the parsed one."""
    manifest = parsed_manifest()
    for node in (*manifest.nodes.values(), *manifest.sources.values()):
        node.database = database
    # dbt replaces each reference of a foreign key by a relation of the last database.
    for unique_id, references in _foreign_keys().items():
        constraints = manifest.nodes[unique_id].constraints
        for constraint, reference in zip(constraints, references, strict=True):
            constraint.to = reference
    return manifest


@functools.cache
def parsed_manifest() -> Manifest:
    """The project's manifest, parsed once per process. Raises DbtFailureError."""
    # dbt keeps a parse for the server that it was made for; this one is for any.
    with mock.patch.dict(os.environ):
        for name in ("PGHOST", "PGPORT", "PGUSER"):
            os.environ.pop(name, None)
        outcome = invoke(["parse"])
    if not outcome.success:
        raise DbtFailureError(str(outcome.exception)) from outcome.exception
    return outcome.result


@functools.cache
def _foreign_keys() -> dict[str, list[str | None]]:
    """What the constraints of each model refer to, as its yml says it."""
    return {
        unique_id: [constraint.to for constraint in node.constraints]
        for unique_id, node in parsed_manifest().nodes.items()
        if node.resource_type == "model"
    }


@functools.cache
def target_folder() -> Path:
    """The target folder of dbt for this process alone."""
    folder = Path(tempfile.mkdtemp(prefix="trueup-dbt-"))
    atexit.register(shutil.rmtree, folder)
    return folder


def statuses(outcome: dbtRunnerResult) -> dict[str, str]:
    """The status of each node by its name, such as success, pass or fail.

    Raises DbtFailureError with the messages of the nodes that could not run.
    """
    if outcome.exception is not None:
        raise outcome.exception
    assert isinstance(outcome.result, RunExecutionResult)
    broken = [result for result in outcome.result if result.status == "error"]
    if broken:
        raise DbtFailureError("\n".join(str(result.message) for result in broken))
    return {
        result.node.name: str(result.status)
        for result in outcome.result
        if result.node.resource_type != "operation"
    }


def invoke(arguments: list[str], database: str | None = None) -> dbtRunnerResult:
    """Run one dbt command in this process, with the parsed manifest for a database."""
    command = list(itertools.takewhile(lambda word: word[0] != "-", arguments))
    manifest = manifest_for(database) if database else None
    options = {
        "project-dir": DBT_FOLDER,
        "profiles-dir": DBT_FOLDER,
        "target-path": target_folder(),
        "log-path": target_folder(),
        "log-level": "none",
        "log-level-file": "none",
    }
    # Which relation depends on which is asked for only where dbt needs it: to look at
    # all of them takes half the time of a short call.
    flags = ["--no-send-anonymous-usage-stats", "--no-populate-cache"]
    if manifest is not None:
        # Writing dbt's artifacts takes longer than most calls.
        flags.append("--no-write-json")
    flags += [part for name, value in options.items() for part in (f"--{name}", value)]
    with (
        default_database(database or DEFAULT_DATABASE),
        _one_set_of_flags(),
        warnings.catch_warnings(),
    ):
        # dbt's imports and connections warn; the project's code is not affected.
        warnings.simplefilter("ignore")
        return dbtRunner(manifest=manifest).invoke(
            [*command, *map(str, flags), *arguments[len(command) :]]
        )


@contextlib.contextmanager
def _one_set_of_flags() -> Iterator[None]:
    """Takes out of dbt's list of flags what the adapter of one call adds to it.

    dbt searches the stack of calls for the module that asks for each flag in the list,
    a quarter of a short call, and each call's adapter adds its flags again. Only a
    warning names that module.
    """
    flags = list(DEFAULT_BASE_BEHAVIOR_FLAGS)
    try:
        with mock.patch.object(
            BehaviorFlagRendered, "_default_source", return_value="dbt.adapters"
        ):
            yield
    finally:
        DEFAULT_BASE_BEHAVIOR_FLAGS[:] = flags
