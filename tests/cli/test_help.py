"""The help of each command says what every argument is, within 80 columns."""

import pathlib
import re
import subprocess
import sys

import click
import pytest

from demo.cli import main
from tests.cli.test_commands_speak_in_sentences import TREE
from tests.support.command_line import invoke
from trueup.paths import PROJECT_ROOT


def groups():
    context = click.Context(main)
    return sorted(
        name
        for name in main.list_commands(context)
        if isinstance(main.get_command(context, name), click.Group)
    )


def help_of(path):
    result = invoke(*path.split(), "--help", terminal_width=80)
    assert result.exit_code == 0
    return result.output


@pytest.mark.parametrize("path", ["", *groups(), *sorted(TREE)])
def test_help_fits_80_columns_and_cuts_nothing_off(path):
    text = help_of(path)
    assert max(map(len, text.splitlines())) <= 80
    assert not [line for line in text.splitlines()[1:] if line.endswith(("...", "…"))]


@pytest.mark.parametrize("path", sorted(TREE))
def test_every_parameter_is_explained_and_there_is_an_example(path):
    text = help_of(path)
    described = text.partition("\n\n")[2]
    for parameter in TREE[path].params:
        if isinstance(parameter, click.Option):
            assert parameter.help, parameter.name
        else:
            name = parameter.metavar or parameter.name.upper()
            assert re.search(rf"\b{name}\b", described), name
    assert re.search(rf"Example: (CONFIRM=yes |PGDATABASE=\w+ )?trueup {path}\b", text)


@pytest.mark.parametrize("path", groups())
def test_a_noun_says_the_same_of_itself_in_both_helps(path):
    noun = main.nouns[path]
    assert " ".join(noun.help.split()) in " ".join(help_of(path).split())


@pytest.mark.parametrize("module", ["trueup.cli.main", "demo.cli"])
def test_help_loads_no_command(module):
    loaded = subprocess.run(
        [
            sys.executable,
            "-c",
            f"import sys, {module} as cli\n"
            "try:\n    cli.main(['--help'])\n"
            "except SystemExit:\n    pass\n"
            "print(*sys.modules, file=sys.stderr)",
        ],
        cwd=PROJECT_ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stderr.split()
    heavy = {"psycopg", "rich", "dbt", "dagster", "jsonschema", "httpx"}
    assert heavy & set(loaded) == set()
    assert "trueup.cli.heal" not in loaded


def test_no_script_but_the_known_ones_is_left():
    scripts = pathlib.Path(PROJECT_ROOT / "scripts")
    names = {path.name for path in scripts.iterdir() if path.is_file()}
    # A person runs pictures.py by hand, with the tests' packages and a browser.
    known = {"ensure_venv", "findings", "sandbox", "test", "trueup", "up"}
    assert names == {*known, "pictures.py"}
