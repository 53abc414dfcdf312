"""The console served from a thread, and people who are signed in to it.

Belongs here: plain helpers. Fixtures are in tests/console/conftest.py.
"""

import asyncio
import contextlib
import os
import shutil
import socket
import threading

import httpx
import uvicorn

from trueup.certificates import trusted_certificates
from trueup.console.app import console_app
from trueup.console.settings import settings_of
from trueup.postgres.connection import default_database

VIEWER_TOKEN = "a viewer's token for tests"
OPERATOR_TOKEN = "an operator's token for tests"
NAME = "Ines Moreau"
TOKENS = {
    "TRUEUP_CONSOLE_VIEWER_TOKEN": VIEWER_TOKEN,
    "TRUEUP_CONSOLE_OPERATOR_TOKEN": OPERATOR_TOKEN,
}
NO_BROWSER = (
    "no Chromium was found: install one (Debian: apt-get install chromium), or name it "
    "in TRUEUP_BROWSER"
)
_CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "chrome")


class ServedConsole:
    """A console that answers at `url`."""

    def __init__(self, url, app, database):
        self.url = url
        self.app = app
        self.database = database

    def visitor(self, **headers):
        """An HTTP client that follows no redirect and is signed in as nobody."""
        own = {"Origin": self.url, "Sec-Fetch-Site": "same-origin"}
        return httpx.Client(
            base_url=self.url,
            headers={**own, **headers},
            trust_env=False,
            verify=trusted_certificates(),
            timeout=30,
        )

    @contextlib.contextmanager
    def person(self, token=OPERATOR_TOKEN, name=NAME):
        """An HTTP client that is signed in."""
        with self.visitor() as client:
            answer = client.post("/sign-in", data={"name": name, "token": token})
            assert answer.status_code == 303, answer.text
            yield client


@contextlib.contextmanager
def served_console(database=None, environment=TOKENS):
    """The console of a database, by default one that no server has."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    listener.listen(64)
    port = listener.getsockname()[1]
    app = console_app(settings_of(environment, port), port)
    config = uvicorn.Config(app, log_level="error", ws="none")
    server = uvicorn.Server(config)
    thread = threading.Thread(
        target=lambda: asyncio.run(server.serve(sockets=[listener]))
    )
    name = database.name if database else "a database that is not there"
    with default_database(name):
        thread.start()
        try:
            yield ServedConsole(f"http://127.0.0.1:{port}", app, database)
        finally:
            server.should_exit = True
            thread.join()
            listener.close()


def chromium():
    """The path of the machine's Chromium; None if there is none."""
    wanted = os.environ.get("TRUEUP_BROWSER")
    if wanted:
        return wanted
    found = (shutil.which(name) for name in _CHROMIUMS)
    return next((path for path in found if path), None)
