"""The console as the process that scripts/up starts, with tokens made once."""

import os
import re
import subprocess
from urllib.parse import parse_qs, urlsplit

import httpx

from launch.environment import console_tokens
from launch.services import console_service


def test_tokens_are_made_once_for_their_owner_alone_and_a_setting_stays(tmp_path):
    made = console_tokens({}, tmp_path)
    chosen = console_tokens({"TRUEUP_CONSOLE_VIEWER_TOKEN": "chosen"}, tmp_path)

    assert console_tokens({}, tmp_path) == made
    assert made.viewer != made.operator
    assert (chosen.viewer, chosen.operator) == ("chosen", made.operator)
    for path in tmp_path.iterdir():
        assert path.stat().st_mode & 0o777 == 0o600
    assert made.operator not in repr(made)


def test_the_address_to_sign_in_with_carries_any_token_that_a_person_has_set(tmp_path):
    token = "aB+c/d&e=%41#[bold] :x: é=="
    tokens = console_tokens({"TRUEUP_CONSOLE_OPERATOR_TOKEN": token}, tmp_path)
    url = tokens.sign_in_url("127.0.0.1", 8580)
    # A browser reads a fragment in the same way (console.js).
    assert parse_qs(urlsplit(url).fragment) == {"token": [token]}
    assert url.startswith("http://127.0.0.1:8580/sign-in#token=aB%2Bc")
    assert "[" not in url


def test_the_service_serves_with_its_tokens_and_ends_by_a_signal(tmp_path):
    tokens = console_tokens({}, tmp_path)
    service = console_service({**os.environ, **tokens.environment()}, port=0)
    with subprocess.Popen(
        service.argv, env=service.environment, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            url = re.search(r"http://\S+", process.stdout.readline())[0]
            health = httpx.get(f"{url}/healthz")
            page = httpx.get(f"{url}/sign-in")
        finally:
            process.terminate()
    assert health.text == "ok\n"
    assert "Your name" in page.text
    assert process.returncode in (0, -15)


def test_the_process_does_not_start_without_tokens():
    service = console_service({**os.environ}, port=0)
    ended = subprocess.run(
        service.argv, env=service.environment, capture_output=True, text=True
    )
    assert ended.returncode == 2
    assert "TRUEUP_CONSOLE_VIEWER_TOKEN has 0 characters" in ended.stderr
