"""The webhook receiver: who may tell, what is kept, and when it says 200."""

import asyncio
import concurrent.futures
import contextlib
import hashlib
import http.client
import json
import os
import socket
import subprocess
import sys
import threading
import urllib.parse

import httpx
import pytest

from tests.support.sandboxes import ANISHA, api_of
from tests.support.web_apps import SECRET, SECRETS, new_relation, served
from trueup.postgres.connection import connect, ensure_database
from trueup.postgres.migrate import migrate
from trueup.web.app import web_app
from trueup.web.bodies import LARGEST_BODY
from trueup.web.group_commit import GroupCommit, NotKeptError, Webhook
from trueup.web.settings import Secrets
from unipile_sandbox.control import start_sandbox

HEADERS = {"Unipile-Auth": SECRET, "Content-Type": "application/json"}
BODY = json.dumps(new_relation("acc1", "ACoAAjulien"), ensure_ascii=False).encode()


@pytest.fixture
def receiver(database, monkeypatch):
    """The app, keeping webhooks in `database`."""
    monkeypatch.setenv("PGDATABASE", database.name)
    with (
        served() as address,
        httpx.Client(base_url=address, trust_env=False) as client,
    ):
        yield client


def tell(receiver, body=BODY, headers=HEADERS):
    return receiver.post("/webhooks/unipile", content=body, headers=headers)


def kept(database):
    with database.connect() as connection:
        return connection.execute(
            "select body, content_type from outreach.linkedin_webhook_deliveries"
            " order by delivery_id"
        ).fetchall()


def waiting(database):
    with database.connect() as connection:
        return connection.execute(
            "select count(*) from outreach.linkedin_webhook_inbox"
        ).fetchone()[0]


def test_a_webhook_is_kept_as_it_came_and_only_then_answered(receiver, database):
    answer = tell(receiver)

    assert (answer.status_code, answer.content) == (200, b"")
    assert kept(database) == [(BODY, "application/json")]
    assert waiting(database) == 1


def test_a_body_that_nobody_can_read_is_kept_too(receiver, database):
    tell(receiver, b"\xff\x00 not json")

    assert kept(database)[0][0] == b"\xff\x00 not json"


def test_the_same_body_five_times_in_a_minute_is_kept_once(database):
    with database.connect() as connection:
        for seconds in (0, 1, 59, 59.9):
            connection.execute(
                "select outreach.record_webhook_deliveries(%s, %s,"
                " '2026-05-04 12:00+00'::timestamptz + make_interval(secs => %s))",
                [[BODY, BODY], ["a", "b"], seconds],
            )
        connection.commit()
    assert len(kept(database)) == 1
    assert waiting(database) == 1


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Unipile-Auth": ""},
        {"Unipile-Auth": SECRET[:-1]},
        {"Unipile-Auth": SECRET + "x"},
        {"Unipile-Auth": SECRET.upper()},
        {"Authorization": SECRET},
        {"Unipile-Auth": "\xe9"},
    ],
)
def test_a_wrong_secret_is_refused_and_nothing_kept(receiver, database, headers):
    encoded = {name: value.encode("latin-1") for name, value in headers.items()}
    answer = tell(receiver, headers=encoded)

    assert answer.status_code == 401
    assert "same secret" in answer.text
    assert kept(database) == []


@pytest.mark.parametrize("given", [{}, {"Unipile-Auth": ""}, HEADERS])
def test_a_receiver_without_a_secret_lets_nobody_in(given):
    with served(Secrets()) as address:
        answer = httpx.post(
            f"{address}/webhooks/unipile", content=BODY, headers=given, trust_env=False
        )
    assert answer.status_code == 503
    assert "TRUEUP_WEBHOOK_SECRET" in answer.text


def test_the_largest_body_is_kept_and_one_byte_more_is_not(receiver, database):
    assert tell(receiver, b"x" * LARGEST_BODY).status_code == 200
    assert tell(receiver, b"x" * (LARGEST_BODY + 1)).status_code == 413
    assert tell(receiver, iter([b"x" * LARGEST_BODY, b"x"])).status_code == 413
    assert [len(body) for body, _ in kept(database)] == [LARGEST_BODY]


def test_an_empty_body_is_refused(receiver, database):
    assert tell(receiver, b"").status_code == 400
    assert kept(database) == []


def connected(url):
    """An open connection to the receiver that has sent nothing."""
    host, port = url.removeprefix("http://").split(":")
    return socket.create_connection((host, int(port)), timeout=60)


def is_closed(connection):
    """Whether the receiver ends it; waits until it does."""
    try:
        return connection.recv(1) == b""
    except ConnectionResetError:
        return True


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"POST /webhooks/unipile HTTP/1.1\r\nHost: x\r\n",
        b"POST /webhooks/unipile/hosted-auth HTTP/1.1\r\nHost: x\r\n"
        b"Content-Length: 100\r\n\r\n{",
    ],
    ids=["nothing", "half a header", "half a body"],
)
def test_a_request_that_never_becomes_whole_loses_its_connection(sent):
    with served(seconds=0.1) as url, connected(url) as connection:
        connection.sendall(sent)
        assert is_closed(connection)


def test_idle_connections_over_the_cap_are_refused_and_block_nobody_for_long():
    with served(seconds=0.5, most=3) as url, contextlib.ExitStack() as stack:
        idle = [stack.enter_context(connected(url)) for _ in range(3)]
        with connected(url) as fourth:
            assert is_closed(fourth)
        assert all(is_closed(connection) for connection in idle)
        answer = httpx.get(f"{url}/healthz", trust_env=False, timeout=60)
        assert answer.status_code == 200


def test_bodies_over_the_memory_in_flight_are_told_to_come_again():
    app = web_app(SECRETS)
    app.state.bytes_in_flight.most = 1_000
    with served(app=app) as url, httpx.Client(base_url=url, trust_env=False) as client:
        assert tell(client, b"x" * 1_001).status_code == 503
        assert app.state.bytes_in_flight.count == 0


def test_a_webhook_is_posted_and_nothing_else(receiver):
    assert receiver.get("/webhooks/unipile").status_code == 405
    assert receiver.post("/webhooks/other", content=BODY).status_code == 404


def test_health_is_answered_without_a_database(monkeypatch):
    monkeypatch.setenv("PGDATABASE", "there_is_none")
    with served() as address:
        answer = httpx.get(f"{address}/healthz", trust_env=False)
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_without_postgres_the_caller_is_told_to_come_again(monkeypatch):
    monkeypatch.setenv("PGDATABASE", "there_is_none")
    with served() as address:
        answer = httpx.post(
            f"{address}/webhooks/unipile",
            content=BODY,
            headers=HEADERS,
            trust_env=False,
        )
    assert answer.status_code == 503
    assert "again later" in answer.text


class SlowStore:
    """Holds its first batch until told, and remembers the size of each."""

    def __init__(self):
        self.is_busy = threading.Event()
        self.may_go = threading.Event()
        self.sizes = []

    def keep(self, webhooks):
        self.sizes.append(len(webhooks))
        self.is_busy.set()
        self.may_go.wait()

    def close(self):
        pass


def test_what_waits_shares_one_commit_and_is_answered_after_it():
    store = SlowStore()
    committer = GroupCommit(store)

    async def tell_twenty():
        writer = asyncio.create_task(committer.run())
        first = asyncio.create_task(committer.keep(Webhook(b"1", None)))
        await asyncio.to_thread(store.is_busy.wait)
        others = [
            asyncio.create_task(committer.keep(Webhook(b"2", None))) for _ in range(19)
        ]
        await asyncio.sleep(0)
        assert not any(task.done() for task in [first, *others])
        store.may_go.set()
        await asyncio.gather(first, *others)
        writer.cancel()
        await asyncio.gather(writer, return_exceptions=True)

    asyncio.run(tell_twenty())
    assert store.sizes == [1, 19]


def test_a_batch_that_is_not_kept_is_acknowledged_to_nobody():
    class AwayStore(SlowStore):
        def keep(self, _webhooks):
            raise NotKeptError("away")

    committer = GroupCommit(AwayStore())

    async def tell_three():
        writer = asyncio.create_task(committer.run())
        answers = await asyncio.gather(
            *(committer.keep(Webhook(b"1", None)) for _ in range(3)),
            return_exceptions=True,
        )
        writer.cancel()
        await asyncio.gather(writer, return_exceptions=True)
        return answers

    assert [str(answer) for answer in asyncio.run(tell_three())] == ["away"] * 3


def post_raw(address, body):
    """The status of one webhook, on a connection of its own."""
    server = http.client.HTTPConnection(urllib.parse.urlsplit(address).netloc)
    try:
        server.request("POST", "/webhooks/unipile", body, HEADERS)
        return server.getresponse().status
    finally:
        server.close()


def test_the_sandbox_calls_the_receiver_like_the_provider(receiver, database, tmp_path):
    with start_sandbox(tmp_path / "journal.jsonl") as sandbox:
        sandbox.register_accounts([ANISHA])
        with api_of(sandbox) as api:
            api.post(
                "/webhooks",
                json={
                    "source": "users",
                    "request_url": f"{receiver.base_url}/webhooks/unipile",
                    "events": ["new_relation"],
                    "headers": [
                        {"key": name, "value": value} for name, value in HEADERS.items()
                    ],
                },
            ).raise_for_status()
        sandbox.connect_stranger("acc-anisha", "ACoAAjulien")
        sandbox.advance(hours=9)
        sandbox.settle()
        delivered = sandbox.journal("webhook_delivered")

    assert [json.loads(body) for body, _ in kept(database)] == [
        line["payload"] for line in delivered
    ]
    assert len(delivered) >= 1


def test_nothing_acknowledged_is_lost_when_postgres_restarts(
    server, own_server, monkeypatch
):
    servers, start_again = own_server
    for name, value in servers[0].environment().items():
        monkeypatch.setenv(name, value)
    ensure_database("trueup")
    with connect() as connection:
        migrate(connection)
    with own_process() as address:
        acknowledged = set()
        statuses = []

        def tell_one(number):
            body = f'{{"number": {number}}}'.encode()
            status = post_raw(address, body)
            statuses.append(status)
            if status == 200:
                acknowledged.add(hashlib.sha256(body).hexdigest())

        with concurrent.futures.ThreadPoolExecutor(8) as threads:
            told = [threads.submit(tell_one, number) for number in range(300)]
            told[50].result()
            servers[0].stop()
            concurrent.futures.wait(told)
        assert set(statuses) == {200, 503}
        assert post_raw(address, b"still away") == 503
        start_again()
        assert post_raw(address, b"back") == 200
    with connect() as connection:
        stored = {
            row[0]
            for row in connection.execute(
                "select body_sha256 from outreach.linkedin_webhook_deliveries"
            )
        }
    assert acknowledged <= stored
    assert len(acknowledged) >= 50


@contextlib.contextmanager
def own_process():
    """The app as scripts/up runs it; its address."""
    process = subprocess.Popen(
        [sys.executable, "-m", "trueup.web", "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=os.environ | {"TRUEUP_WEBHOOK_SECRET": SECRET},
    )
    try:
        line = process.stdout.readline()
        yield line[line.index("http://") :].strip()
    finally:
        process.terminate()
        process.communicate(timeout=20)


def test_a_port_in_use_is_a_sentence(receiver):
    port = receiver.base_url.port
    process = subprocess.run(
        [sys.executable, "-m", "trueup.web", "--port", str(port)],
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert process.returncode == 2
    assert "give another --port" in process.stderr.splitlines()[-1]
