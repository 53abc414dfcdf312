"""`trueup docs`: one page that documents the models, served to this machine alone."""

import contextlib
import itertools
import re
import subprocess
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest

from tests.support.command_line import ran_here, trueup
from trueup.marts import dbt_in_process, docs_site
from trueup.paths import PROJECT_ROOT

COMMAND = trueup("docs")
READY = re.compile(r"(http://127\.0\.0\.1:\d+)")


@pytest.fixture
def environment(database):
    return database.environment() | {"PYTHONPATH": str(PROJECT_ROOT)}


def test_the_page_is_served_with_marts_and_worked_questions(environment, tmp_path):
    serving = subprocess.Popen(
        [*COMMAND, "--folder", str(tmp_path)],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        built, address = (serving.stdout.readline() for _ in range(2))
        page = httpx.get(READY.search(address)[1], trust_env=False).text
    finally:
        serving.kill()  # TERM may be ignored where the tests run in the background
        serving.communicate()

    assert built == f"Built {tmp_path / 'index.html'}\n"
    assert "campaign_accept_stats" in page
    assert "which_variant_wins_and_is_it_sure" in page


def test_without_a_database_the_page_shows_the_files_alone(environment, tmp_path):
    nowhere = environment | {"PGHOST": str(tmp_path)}
    built = ran_here(nowhere, "docs", "--build-only", "--folder", str(tmp_path))

    assert built.returncode == 0, built.stderr
    assert built.stdout.startswith("Without what is built in a database: ")
    assert "campaign_accept_stats" in (tmp_path / "index.html").read_text()


def test_an_error_of_dbt_is_told_while_its_threads_still_write(tmp_path, monkeypatch):
    is_told = threading.Event()
    writes = threading.Event()

    def write(folder):
        for number in itertools.cycle(range(100)):
            with contextlib.suppress(FileNotFoundError):
                (folder / "compiled" / str(number)).mkdir(parents=True, exist_ok=True)
            if number == 99:
                writes.set()
            if is_told.is_set():
                break

    with ThreadPoolExecutor() as threads:

        def invoke(arguments, _database):
            threads.submit(write, Path(arguments[arguments.index("--target-path") + 1]))
            writes.wait()
            return SimpleNamespace(success=False, exception="division by zero")

        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
        monkeypatch.setattr(docs_site, "has_database", lambda _say: True)
        monkeypatch.setattr(dbt_in_process, "invoke", invoke)
        try:
            with pytest.raises(docs_site.NoPageError, match="page: division by zero"):
                docs_site.build_site(tmp_path, str)
        finally:
            is_told.set()
