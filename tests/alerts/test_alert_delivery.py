"""Alerts reach people: each opening and resolution once, until somebody answers."""

import http.server
import json
import threading

import pytest

from tests.support.alert_rows import fail_for
from tests.support.rows import make_workspace
from trueup.alerts.delivery import (
    MOST_LINES,
    UnusableAlertAddressError,
    deliver,
    through_apprise,
)
from trueup.alerts.records import RunOutcome, sync_run

# One of the plug-ins that Apprise looks through imports a module that Python 3.13 lost.
pytestmark = pytest.mark.filterwarnings(
    "ignore:.imghdr. is deprecated:DeprecationWarning"
)


class Receiver:
    """An HTTP server that records requests and answers with `status`."""

    def __init__(self):
        self.status = 200
        self.heard = []
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                receiver.heard.append(json.loads(body))
                self.send_response(receiver.status)
                self.end_headers()

            def log_message(self, *arguments):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"json://127.0.0.1:{self.server.server_port}/"

    @property
    def titles(self):
        return [message["title"] for message in self.heard]


@pytest.fixture
def receiver():
    receiver = Receiver()
    thread = threading.Thread(target=receiver.server.serve_forever, args=(0.02,))
    thread.start()
    yield receiver
    receiver.server.shutdown()
    thread.join()
    receiver.server.server_close()


def test_an_opening_and_its_resolution_are_delivered_once_each(autocommitted, receiver):
    send = through_apprise(receiver.address)
    fail_for(autocommitted, "Anisha")
    assert deliver(autocommitted, send).delivered == 1
    fail_for(autocommitted, "Anisha")
    assert deliver(autocommitted, send).delivered == 0
    fail_for(autocommitted)
    assert deliver(autocommitted, send).delivered == 1
    assert deliver(autocommitted, send).delivered == 0

    assert receiver.titles == [
        "trueup alert: an account is over a cap",
        "trueup resolved: an account is over a cap",
    ]
    assert receiver.heard[0]["type"] == "warning"
    assert receiver.heard[1]["type"] == "success"
    assert receiver.heard[1]["message"] == "- workspace 1, Anisha"
    assert "workspace 1, Anisha" in receiver.heard[0]["message"]


def test_an_alert_of_a_person_names_the_workspace_and_says_the_person_once(
    autocommitted, receiver
):
    workspace_id = make_workspace(autocommitted)
    (name,) = autocommitted.execute(
        "select name from outreach.workspaces where workspace_id = %s", [workspace_id]
    ).fetchone()
    said = 'Ada Lovelace (person 36) replied "stop".'
    autocommitted.execute(
        "select outreach.open_admin_alert(%s, 'reply_asks_for_no_contact',"
        " 'person 36', %s)",
        [workspace_id, said],
    )
    deliver(autocommitted, through_apprise(receiver.address))
    assert receiver.heard[0]["message"].splitlines()[0] == f"- {name}: {said}"


def test_an_alert_that_opens_again_is_delivered_again(autocommitted, receiver):
    send = through_apprise(receiver.address)
    for subjects in (["Anisha"], [], ["Anisha"]):
        fail_for(autocommitted, *subjects)
        deliver(autocommitted, send)

    assert len(receiver.heard) == 3


def test_an_alert_is_sent_until_an_address_answers(autocommitted, receiver):
    send = through_apprise(receiver.address)
    fail_for(autocommitted, "Anisha")
    receiver.status = 500
    deliver(autocommitted, send)
    report = deliver(autocommitted, send)

    assert (report.delivered, report.pending) == (0, 1)
    tries, error, delivered_at = autocommitted.execute(
        "select delivery_attempts, last_delivery_error, delivered_at"
        " from outreach.linkedin_admin_alerts"
    ).fetchone()
    assert tries == 2
    assert "500" in error
    assert delivered_at is None

    receiver.status = 200
    assert deliver(autocommitted, send).delivered == 1
    assert deliver(autocommitted, send).delivered == 0
    assert autocommitted.execute(
        "select delivery_attempts, last_delivery_error"
        " from outreach.linkedin_admin_alerts"
    ).fetchone() == (3, None)


def test_one_address_that_answers_is_enough(autocommitted, receiver):
    send = through_apprise(f"json://127.0.0.1:1/, {receiver.address}")
    fail_for(autocommitted, "Anisha")
    report = deliver(autocommitted, send)

    assert report.delivered == 1
    assert report.error
    assert deliver(autocommitted, send).delivered == 0
    assert len(receiver.heard) == 1


def test_an_alert_resolved_before_its_delivery_is_never_delivered(
    autocommitted, receiver
):
    fail_for(autocommitted, "Anisha")
    fail_for(autocommitted)

    assert deliver(autocommitted, through_apprise(receiver.address)).delivered == 0
    assert receiver.heard == []


def test_a_resolution_during_its_openings_delivery_is_still_delivered(
    autocommitted, receiver
):
    send = through_apprise(receiver.address)

    def resolve_meanwhile(message):
        fail_for(autocommitted)
        return send(message)

    fail_for(autocommitted, "Anisha")
    deliver(autocommitted, resolve_meanwhile)
    deliver(autocommitted, send)

    assert [message["type"] for message in receiver.heard] == ["warning", "success"]


def test_many_alerts_of_a_code_are_one_message(autocommitted, receiver):
    fail_for(autocommitted, *[f"Account {number:03}" for number in range(41)])

    assert deliver(autocommitted, through_apprise(receiver.address)).delivered == 41
    assert receiver.titles == ["trueup alert: an account is over a cap (41)"]
    lines = receiver.heard[0]["message"].splitlines()
    listed = [line for line in lines if line.startswith("- ")]
    assert len(listed) == MOST_LINES + 1
    assert listed[-1] == "- and 21 more in linkedin_admin_alerts"


def test_an_opening_says_what_to_do_and_where_the_failing_rows_are(
    autocommitted, receiver
):
    fail_for(autocommitted, "Anisha", message="142 of 80 invites.")
    send = through_apprise(receiver.address)
    deliver(autocommitted, send)
    fail_for(autocommitted)
    deliver(autocommitted, send)

    opening, resolution = (message["message"] for message in receiver.heard)
    assert opening.splitlines() == [
        "- workspace 1, Anisha: 142 of 80 invites.",
        "",
        "Fails for each account that passed a limit.",
        "",
        "The failing rows are kept in analytics_failures.an_account_is_over_a_cap.",
    ]
    assert "Fails" not in resolution


def test_a_failed_run_says_what_to_do(autocommitted, receiver):
    sync_run(autocommitted, RunOutcome("refresh_stats", "r1", False, "out of disk"))
    deliver(autocommitted, through_apprise(receiver.address))

    (message,) = receiver.heard
    assert "Run r1 failed: out of disk" in message["message"]
    assert "What to do: open the run in Dagster" in message["message"]


def test_two_deliverers_do_not_send_the_same_alert(database, autocommitted, receiver):
    send = through_apprise(receiver.address)
    fail_for(autocommitted, "Anisha")

    def send_while_another_tries(message):
        with database.connect(autocommit=True) as other:
            assert deliver(other, send).delivered == 0
        return send(message)

    assert deliver(autocommitted, send_while_another_tries).delivered == 1
    assert len(receiver.heard) == 1


@pytest.mark.parametrize("address", ["carrier-pigeon://roof", "secret-token"])
def test_an_unknown_address_is_refused_without_repeating_it(address):
    with pytest.raises(UnusableAlertAddressError, match="TRUEUP_ALERT_URLS") as refusal:
        through_apprise(address)
    assert "roof" not in str(refusal.value)
    assert "secret" not in str(refusal.value)
