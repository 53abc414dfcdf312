"""`trueup docs`: one page that documents the models, served to this machine alone."""

import re
import subprocess

import httpx
import pytest

from tests.support.command_line import ran_here, trueup
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
