"""Each test and each helper of the tests is one module, however pytest is started."""

import collections
import pathlib
import sys

from tests.conftest import pytest_collection_modifyitems

TESTS = pathlib.Path(__file__).parents[1]


def test_no_file_is_loaded_under_two_names():
    names = collections.defaultdict(set)
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if file and pathlib.Path(file).resolve().is_relative_to(TESTS):
            names[file].add(name)

    assert {file: found for file, found in names.items() if len(found) > 1} == {}
    assert names, "no module of the tests is loaded"


def test_a_module_of_the_tests_is_named_after_its_path():
    loaded = [name for name in sys.modules if name.partition(".")[0] == "tests"]
    assert __name__ in loaded
    for name in loaded:
        file = sys.modules[name].__file__
        path = pathlib.Path(file).relative_to(TESTS.parent).with_suffix("")
        assert ".".join(path.parts).removesuffix(".__init__") == name


def test_each_folder_of_tests_is_a_package():
    folders = {file.parent for file in TESTS.rglob("*.py")}
    assert [folder for folder in folders if not (folder / "__init__.py").exists()] == []


class CollectedTest:
    """A test as pytest collects it."""

    path = TESTS / "console" / "test_browser.py"

    def __init__(self, *fixturenames):
        self.fixturenames = fixturenames
        self.marks = []

    def add_marker(self, mark):
        self.marks.append(mark)


def test_a_test_that_a_browser_runs_for_has_the_mark(pytestconfig):
    with_browser = CollectedTest("console", "browser", "page")
    without = CollectedTest("console", "operator")

    pytest_collection_modifyitems(pytestconfig, [with_browser, without])

    assert (with_browser.marks, without.marks) == (["browser"], [])
