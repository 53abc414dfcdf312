"""The dbt project that the models location runs, and its parsed manifest.

Belongs here: where dbt's files are. Does not: parsing, which takes seconds in every
process that would do it and is the launcher's, once.
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
# Each run of dbt has a folder of its own below, which stays only if the run failed.
DBT_RUNS_FOLDER = LOCAL_FOLDER / "dbt_runs"


class DbtCommand(DbtCliResource):
    """dbt's command, as installed beside this Python.

    dagster_dbt would run `dbt --version` before each command, which asks a package
    index for a newer one and takes 2 seconds: the installed package says the same.
    """

    @classmethod
    def of_this_environment(cls) -> "DbtCommand":
        # PATH need not lead to this environment when its Python is called by its path.
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
    """dbt's parsed project. Raises UnusableManifestError when nobody has parsed it."""
    shown = "dbt/target/manifest.json"
    remedy = (
        "Start trueup with scripts/up, which makes it, or run "
        "`dbt parse --project-dir dbt --profiles-dir dbt` in the project's folder."
    )
    try:
        return json.loads(MANIFEST_PATH.read_bytes())
    except FileNotFoundError:
        raise UnusableManifestError(
            f"The dbt project has not been parsed: {shown} is missing. {remedy}"
        ) from None
    except ValueError:
        raise UnusableManifestError(
            f"The parsed dbt project, {shown}, is not whole. {remedy}"
        ) from None


def fingerprint_of(manifest: Mapping[str, Any]) -> str:
    """A short text that differs when a model, its settings or a macro differ."""
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
