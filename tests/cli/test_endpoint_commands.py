"""`trueup endpoint` and `trueup alert test`, as a person uses them."""

import pytest

from tests.support.command_line import invoke
from tests.support.endpoint_rows import queue_event
from tests.support.rows import make_workspace

# One of the plug-ins that Apprise looks through imports a module that Python 3.13 lost.
pytestmark = pytest.mark.filterwarnings(
    "ignore:.imghdr. is deprecated:DeprecationWarning"
)


@pytest.fixture
def workspace_id(opened, database, monkeypatch):
    monkeypatch.setenv("PGDATABASE", database.name)
    return make_workspace(opened)


def test_an_endpoint_is_added_tested_told_and_removed(opened, workspace_id, hook):
    added = invoke("endpoint", "add", hook.url, "--event", "reply.received")
    assert added.exit_code == 0, added.output
    first, second = added.output.splitlines()
    endpoint_id = first.split()[1]
    assert first == f"Endpoint {endpoint_id} of Acme is told reply.received."
    secret = second.removeprefix("Its secret, which is not shown again: ")
    assert secret.startswith("whsec_")

    assert invoke("endpoint", "test", endpoint_id).output == (
        f"Endpoint {endpoint_id} took the test.\n"
    )
    queue_event(opened, workspace_id)
    assert "Called 1 times: 1 taken." in invoke("endpoint", "deliver").output
    listed = invoke("endpoint", "list", "--json").output
    assert hook.url in listed
    log = invoke("endpoint", "log", endpoint_id, "--csv").output
    assert log.count(",delivered,1,200,") == 2
    assert secret not in listed + log

    paused = invoke("endpoint", "pause", endpoint_id, "--reason", "a move")
    assert paused.output == f"Endpoint {endpoint_id} is paused.\n"
    resumed = invoke("endpoint", "resume", endpoint_id)
    assert resumed.output == f"Endpoint {endpoint_id} is not paused.\n"
    retried = invoke("endpoint", "retry", endpoint_id)
    assert retried.output == f"0 deliveries of endpoint {endpoint_id} are sent again.\n"
    removed = invoke("endpoint", "remove", endpoint_id)
    assert "is removed; 0 waiting events are given up." in removed.output
    gone = invoke("endpoint", "test", endpoint_id)
    assert (gone.exit_code, gone.output) == (
        2,
        f"No endpoint has the id {endpoint_id}; see `endpoint list`.\n",
    )


def test_a_test_that_is_not_taken_says_why(workspace_id, hook):
    hook.statuses = [404]
    endpoint_id = invoke("endpoint", "add", hook.url).output.split()[1]
    tested = invoke("endpoint", "test", endpoint_id)
    assert tested.exit_code == 1
    assert "did not take the test: status 404" in tested.output


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["http://crm.example.com/"], "begins with https://"),
        (["https://me:swordfish@crm.example.com/"], "has no password"),
        (["https://crm.example.com/", "--event", "sent"], "sent is no event"),
    ],
)
def test_an_unusable_endpoint_is_refused_with_a_sentence(
    workspace_id, arguments, sentence
):
    refused = invoke("endpoint", "add", *arguments)
    assert refused.exit_code == 2
    assert sentence in refused.output
    assert "swordfish" not in refused.output


def test_the_same_address_is_one_endpoint_of_a_workspace(workspace_id):
    url = "https://crm.example.com/"
    invoke("endpoint", "add", url)
    assert "has this address already" in invoke("endpoint", "add", url).output


def test_a_test_alert_says_which_address_took_it(hook, monkeypatch):
    hook.statuses = [200, 403]
    address = hook.url.replace("http://", "json://me:swordfish@")
    monkeypatch.setenv("TRUEUP_ALERT_URLS", f"{address}, {address}")
    tested = invoke("alert", "test")
    assert tested.exit_code == 1
    lines = tested.output.splitlines()
    assert lines[0] == "Took it: address 1 (JSON)."
    assert lines[1].startswith("Did not take it: address 2 (JSON): ")
    assert lines[-1] == "Error: 1 of 2 addresses took no test alert."
    assert "swordfish" not in tested.output
    assert [body["title"] for body in hook.bodies] == ["trueup alert test"] * 2


@pytest.mark.parametrize(
    ("addresses", "sentence"),
    [
        ("", "TRUEUP_ALERT_URLS is not set"),
        ("json://h/ json://me:swordfish@h:port/", "cannot use: number 2 (json://)"),
    ],
)
def test_addresses_that_cannot_be_used_are_named_without_their_password(
    monkeypatch, addresses, sentence
):
    monkeypatch.setenv("TRUEUP_ALERT_URLS", addresses)
    tested = invoke("alert", "test")
    assert tested.exit_code == 2
    assert sentence in tested.output
    assert "swordfish" not in tested.output
