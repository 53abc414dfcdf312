"""The dbt project that the models location runs, and its parsed manifest.

Belongs here: where dbt's files are. Parsing takes seconds, and the launcher does it
once for all processes; it is done here only where the launcher has not.
"""

import hashlib
import json
import sys
from collections.abc import Mapping
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

from dagster_dbt import DbtCliResource, DbtProject
from packaging.version import Version

from trueup.paths import LOCAL_FOLDER, PROJECT_ROOT

DBT_PROJECT = DbtProject(project_dir=PROJECT_ROOT / "dbt")
MANIFEST_PATH = DBT_PROJECT.manifest_path
# Each run of dbt has a folder here, which is kept only if the run failed.
DBT_RUNS_FOLDER = LOCAL_FOLDER / "dbt_runs"


class DbtCommand(DbtCliResource):
    """dbt's command, as installed beside this Python.

    dagster_dbt runs `dbt --version` before each command, which takes 2 seconds and asks
    a package index. The version of the installed package is used instead.
    """

    @classmethod
    def of_this_environment(cls) -> "DbtCommand":
        # PATH may not lead to this environment when Python is called by its path.
        return cls(
            project_dir=DBT_PROJECT,
            dbt_executable=str(Path(sys.executable).with_name("dbt")),
        )

    @cached_property
    def _cli_version(self) -> Version:
        return Version(version("dbt-core"))


class UnusableManifestError(Exception):
    """The dbt manifest cannot be used; the text is a sentence for a person."""


def read_manifest() -> Mapping[str, Any]:
    """dbt's parsed project; parsed now if it never was, as for `dg` in a new checkout.

    Raises UnusableManifestError if the file is unusable.
    """
    shown = "dbt/target/manifest.json"
    remedy = (
        "Start trueup with scripts/up, which makes it, or run "
        "`dbt parse --project-dir dbt --profiles-dir dbt` in the project's folder."
    )
    if not MANIFEST_PATH.exists():
        parse()
    try:
        return json.loads(MANIFEST_PATH.read_bytes())
    except FileNotFoundError:
        raise UnusableManifestError(
            f"The dbt project cannot be parsed: {shown} is missing. {remedy}"
        ) from None
    except ValueError:
        raise UnusableManifestError(
            f"The parsed dbt project, {shown}, is not whole. {remedy}"
        ) from None


def parse() -> None:
    """Writes the manifest by `dbt parse`, which asks no database."""
    DbtCommand.of_this_environment().cli(
        ["parse"], target_path=MANIFEST_PATH.parent, raise_on_error=False
    ).wait()


def fingerprint_of(manifest: Mapping[str, Any]) -> str:
    """A hash that changes when a model, its settings or a macro changes."""
    package = manifest["metadata"]["project_name"]
    parts = [
        (key, node["checksum"]["checksum"], node["config"])
        for key, node in sorted(manifest["nodes"].items())
        if node["resource_type"] == "model"
    ] + [
        (key, macro["macro_sql"])
        for key, macro in sorted(manifest["macros"].items())
        if macro["package_name"] == package
    ]
    text = json.dumps(parts, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
