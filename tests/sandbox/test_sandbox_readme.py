"""The sandbox's README: its Python example runs, and its tables are complete."""

import dataclasses
import pathlib
import re
import subprocess
import sys

import unipile_sandbox
from unipile_sandbox.faults import Fault
from unipile_sandbox.routes.control import OVERRIDES
from unipile_sandbox.settings import CHANGEABLE
from unipile_sandbox.v2.face import V2_ROUTES
from unipile_sandbox.v2.signature import FORMS

README = pathlib.Path(unipile_sandbox.__file__).with_name("README.md").read_text()
NOT_SCRIPTED = {"route", "seen", "struck"}


def test_the_python_example_runs():
    (example,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)

    ran = subprocess.run(
        [sys.executable, "-c", example], capture_output=True, text=True, check=False
    )

    assert ran.returncode == 0, ran.stderr


def section(title):
    return README.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def test_the_table_of_control_routes_is_complete():
    rows = re.findall(r"^\| (`[A-Z].*?) \|", section("Control routes"), re.MULTILINE)
    named = {
        (method, path)
        for row in rows
        for path in re.findall(r"(/\w+)`", row)
        for method in re.findall(r"[A-Z]{3,}", row)
    }

    source = pathlib.Path(unipile_sandbox.__file__).parent / "routes" / "control.py"
    served = set(re.findall(r'\("([A-Z]+)", "(/\w+)"', source.read_text()))

    assert named == served


def test_each_route_setting_and_form_of_version_2_is_explained():
    routes = {route.name for route in V2_ROUTES}
    settings = {name for name in CHANGEABLE if name.startswith("v2_")}
    told = section("Version 2")

    named = routes | settings | set(FORMS)
    assert {name for name in named if f"`{name}`" not in told} == set()


def test_each_field_of_a_fault_and_of_a_person_is_explained():
    fields = {field.name for field in dataclasses.fields(Fault)} - NOT_SCRIPTED

    assert {name for name in fields | set(OVERRIDES) if f"`{name}`" not in README} == (
        set()
    )
