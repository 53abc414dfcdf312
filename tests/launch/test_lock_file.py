"""What the lock file must not hold."""

import re
import tomllib

from launch.virtualenv import PROJECT_ROOT, REQUIREMENTS


def locked():
    return set(re.findall(r"(?m)^([\w.-]+)==", REQUIREMENTS.read_text()))


def test_every_dependency_is_locked_but_those_that_are_left_out():
    project = tomllib.loads((PROJECT_ROOT / "pyproject.toml").read_text())
    stated = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    names = {re.match(r"[\w.-]+", one)[0] for one in stated}
    assert names - locked() == set()
    assert set(project["tool"]["uv"]["exclude-dependencies"]) & locked() == set()


def test_nothing_that_builds_by_a_download_is_locked():
    assert "dbt-core-experimental-parser" not in locked()
    assert {"dbt-core", "metricflow"} <= locked()


def test_the_lock_names_no_address():
    assert "://" not in REQUIREMENTS.read_text()
