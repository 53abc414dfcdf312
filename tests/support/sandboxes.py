"""Arrangements that tests with a sandbox share: an account, a client, a subscriber.

Belongs here: plain helpers. Fixtures stay in the files that use them.
"""

import contextlib
import http.server
import json
import threading

import httpx

from trueup.certificates import trusted_certificates

ANISHA = {
    "id": "acc-anisha",
    "name": "Anisha Rao",
    "provider_id": "ACoAAanisha",
    "public_identifier": "anisha-rao",
}
PINKI = {
    "id": "acc-pinki",
    "name": "Pinki Das",
    "provider_id": "ACoAApinki",
    "public_identifier": "pinki-das",
}
FOREVER_SECONDS = 60.0


def empty(sandbox):
    """No accounts, no faults, default settings, and the real time."""
    sandbox.set_clock("real", rate=1)
    sandbox.reset()


def api_of(sandbox):
    """The provider's API, called bare."""
    return httpx.Client(
        base_url=f"{sandbox.dsn}/api/v1",
        headers={"X-API-KEY": sandbox.api_key},
        trust_env=False,
        verify=trusted_certificates(),
    )


def invite_fields(**changes):
    return {"account_id": "acc-anisha", "provider_id": "ACoAAjulien"} | changes


def multipart(fields):
    return [(name, (None, value)) for name, value in fields]


def assert_refused(response, status, slug):
    """An error answer has the contract's four fields, and they agree."""
    body = response.json()
    assert (response.status_code, body["type"]) == (status, f"errors/{slug}")
    assert body["status"] == status
    assert body.keys() == {"title", "detail", "type", "status"}
    assert response.headers["content-type"].startswith("application/json")


class Subscriber:
    """Takes webhooks, and answers with the statuses it is given, 200 after those.

    `answers` is cleared to let the answers wait until it is set again.
    """

    def __init__(self, url):
        self.url = url
        self.statuses = []
        self.received = []
        self.headers = {}
        self.text = b""
        self.answers = threading.Event()
        self.answers.set()

    @property
    def bodies(self):
        return [json.loads(body) for _, body in self.received]


@contextlib.contextmanager
def subscriber():
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["content-length"]))
            taken.received.append((dict(self.headers), body))
            taken.answers.wait(FOREVER_SECONDS)
            # A caller that was killed, or gave up, reads no answer.
            with contextlib.suppress(ConnectionError):
                self.send_response(taken.statuses.pop(0) if taken.statuses else 200)
                for name, value in taken.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(taken.text)

        def log_message(self, *_arguments):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    taken = Subscriber(f"http://127.0.0.1:{server.server_port}/hook")
    thread = threading.Thread(target=server.serve_forever, args=[0.02])
    thread.start()
    try:
        yield taken
    finally:
        taken.answers.set()
        server.shutdown()
        thread.join()
        server.server_close()
