"""Who comes into the console, and what a request must bring to change something."""

import re

import pytest

from tests.support.console_apps import (
    OPERATOR_TOKEN,
    TOKENS,
    VIEWER_TOKEN,
    served_console,
)
from trueup.console.settings import UnusableSettingsError, settings_of
from trueup.console.throttle import MOST_ADDRESSES, Throttle

ENTRY = {"name": "Ines Moreau", "token": OPERATOR_TOKEN}


@pytest.fixture(scope="module")
def console(server):
    """A console without a database: nothing here needs one."""
    with served_console() as served:
        yield served


@pytest.fixture
def stranger(console):
    console.app.state.throttle.forget("127.0.0.1")
    with console.visitor() as client:
        yield client


@pytest.mark.parametrize("path", ["/", "/accounts", "/accounts/1/1", "/nowhere"])
def test_without_a_session_every_page_leads_to_the_sign_in(stranger, path):
    answer = stranger.get(path)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in")


def test_the_health_check_needs_no_session_and_says_nothing_else(stranger):
    assert stranger.get("/healthz").text == "ok\n"


def test_a_wrong_token_keeps_the_name_and_says_why(stranger):
    answer = stranger.post("/sign-in", data={**ENTRY, "token": "wrong"})
    assert answer.status_code == 422
    assert 'value="Ines Moreau"' in answer.text
    assert "neither the viewer&#39;s nor the operator&#39;s" in answer.text
    assert "wrong token" not in answer.text
    assert not stranger.cookies


def test_the_cookie_is_for_this_console_and_for_no_script(stranger):
    answer = stranger.post("/sign-in", data=ENTRY)
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert "Secure" not in cookie
    assert OPERATOR_TOKEN not in cookie


def test_behind_tls_the_cookie_is_secure():
    public = {**TOKENS, "TRUEUP_CONSOLE_URL": "https://console.example.com"}
    with served_console(environment=public) as served, served.visitor() as client:
        cookie = client.post("/sign-in", data=ENTRY).headers["set-cookie"]
    assert cookie.startswith("__Host-")
    assert "Secure" in cookie


def test_a_forged_cookie_is_nobodys(operator, stranger):
    ((name, value),) = operator.cookies.items()
    stranger.cookies.set(name, value[:-2] + ("aa" if value[-2:] != "aa" else "bb"))
    assert stranger.get("/accounts").headers["location"].startswith("/sign-in")


def test_a_copied_cookie_is_worth_nothing_after_its_owner_signed_out(console, stranger):
    with console.person() as client:
        ((name, value),) = client.cookies.items()
        client.post("/sign-out")
    stranger.cookies.set(name, value)
    assert stranger.get("/accounts").headers["location"].startswith("/sign-in")


@pytest.mark.parametrize(
    "wanted",
    ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:1"],
)
def test_the_sign_in_leads_to_no_other_site(stranger, wanted):
    answer = stranger.post("/sign-in", data={**ENTRY, "next": wanted})
    assert answer.headers["location"] == "/"


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "localhost:1", ""])
def test_another_host_is_refused(stranger, host):
    assert stranger.get("/healthz", headers={"Host": host}).status_code == 400


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": ""},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
    ],
)
def test_a_change_from_elsewhere_is_refused(operator, headers):
    answer = operator.post("/accounts/1/1/pause", data={}, headers=headers)
    assert answer.status_code == 403
    assert "was sent from another page" in answer.text


def test_a_change_without_a_session_says_how_to_send_it_again(stranger):
    answer = stranger.post("/accounts/1/1/pause", data={"reason": "holiday"})
    assert answer.status_code == 401
    assert "your browser still has what you typed" in answer.text


def test_no_act_of_any_page_is_open_to_viewers_strangers_or_other_sites(
    console, operator, stranger
):
    acts = {
        re.sub(r"\{[^}]*\}", "1", route.path)
        for route in console.app.routes
        if "POST" in (getattr(route, "methods", None) or ())
    } - {"/sign-in", "/sign-out"}
    assert len(acts) > 30
    with console.person(VIEWER_TOKEN) as viewer:
        for path in acts:
            assert viewer.post(path).status_code == 403, path
            assert stranger.post(path).status_code == 401, path
            elsewhere = operator.post(path, headers={"Origin": "http://a.example"})
            assert elsewhere.status_code == 403, path


def test_every_answer_forbids_scripts_frames_and_caches(operator, stranger):
    for answer in (
        stranger.get("/sign-in"),
        stranger.get("/accounts"),
        operator.get("/nowhere"),
        operator.get("/accounts"),
    ):
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"


def test_no_page_has_a_script_or_a_style_in_it(operator):
    for path in ("/sign-in", "/nowhere"):
        text = operator.get(path, follow_redirects=True).text
        assert "<style" not in text
        assert " style=" not in text
        assert text.count("<script") == text.count('src="/static/console.js"')


def test_a_database_that_is_away_is_told_as_such(operator):
    answer = operator.get("/accounts")
    assert answer.status_code == 503
    assert "The database does not answer" in answer.text
    assert answer.headers["retry-after"] == "5"
    act = operator.post("/accounts/1/1/pause", data={"reason": "holiday"})
    assert act.status_code == 503
    assert "Look in a moment whether the change was made" in act.text
    assert "nothing was changed" not in act.text


def test_a_link_from_another_site_finds_the_session(console, operator):
    # A browser keeps a strict cookie back from the first request.
    with console.visitor(**{"Sec-Fetch-Site": "cross-site"}) as client:
        answer = client.get("/accounts?status=connected")
    assert answer.status_code == 200
    assert 'content="0; url=/accounts?status=connected"' in answer.text


def test_the_fourth_wrong_token_makes_the_address_wait():
    clock = iter([0.0] * 20)
    throttle = Throttle(lambda: next(clock))
    waits = []
    for _ in range(6):
        throttle.count_wrong("10.0.0.1")
        waits.append(throttle.seconds_to_wait("10.0.0.1"))
    assert waits == [0, 0, 0, 1, 2, 4]


def test_a_wait_ends_after_half_a_minute_at_most_and_with_a_right_token():
    throttle = Throttle(lambda: 0.0)
    for _ in range(10_000):
        throttle.count_wrong("10.0.0.1")
    assert throttle.seconds_to_wait("10.0.0.1") == 30
    assert throttle.seconds_to_wait("10.0.0.2") == 0
    throttle.forget("10.0.0.1")
    assert throttle.seconds_to_wait("10.0.0.1") == 0


def test_one_host_with_many_addresses_waits_as_one():
    throttle = Throttle(lambda: 0.0)
    for number in range(10):
        throttle.count_wrong(f"2001:db8:1:2::{number:x}")
    assert throttle.seconds_to_wait("2001:db8:1:2:ffff::1") == 30


def test_wrong_tokens_from_everywhere_take_a_bounded_memory():
    throttle = Throttle(lambda: 0.0)
    for number in range(MOST_ADDRESSES + 500):
        throttle.count_wrong(f"10.0.{number // 256}.{number % 256}")
    assert len(throttle._tries) == MOST_ADDRESSES


def test_a_waiting_address_is_told_how_long_even_with_the_right_token(stranger):
    for _ in range(5):
        stranger.post("/sign-in", data={**ENTRY, "token": "wrong"})
    answer = stranger.post("/sign-in", data=ENTRY)
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) >= 1
    assert "Several wrong tokens came from here" in answer.text


@pytest.mark.parametrize("is_one_header", [True, False])
def test_behind_a_proxy_the_address_is_what_the_proxy_says_last(is_one_header):
    def headers(number):
        made_up, told = f"10.0.0.{number}", "192.0.2.7"
        if is_one_header:
            return [("X-Forwarded-For", f"{made_up}, {told}")]
        return [("X-Forwarded-For", made_up), ("X-Forwarded-For", told)]

    public = {**TOKENS, "TRUEUP_CONSOLE_URL": "https://console.example.com"}
    with served_console(environment=public) as served, served.visitor() as client:
        own = [("Origin", served.url), ("Sec-Fetch-Site", "same-origin")]
        answers = [
            client.post(
                "/sign-in",
                data={**ENTRY, "token": "wrong"},
                headers=[*own, *headers(number)],
            )
            for number in range(5)
        ]
    assert [answer.status_code for answer in answers] == [422] * 4 + [429]


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("", "Type your name"),
        ("x" * 81, "at most 80 characters"),
        ("Ines\u202eMoreau", "cannot be seen"),
        ("Ines\x07", "cannot be seen"),
    ],
)
def test_a_name_that_cannot_be_an_actor_is_refused(stranger, name, why):
    answer = stranger.post("/sign-in", data={**ENTRY, "name": name})
    assert answer.status_code == 422
    assert why in answer.text


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"TRUEUP_CONSOLE_VIEWER_TOKEN": ""}, "needs at least 16"),
        ({"TRUEUP_CONSOLE_VIEWER_TOKEN": OPERATOR_TOKEN}, "are the same"),
        ({"TRUEUP_CONSOLE_URL": "http://console.example.com"}, "without a path"),
        ({"TRUEUP_CONSOLE_URL": "https://a.example/path"}, "without a path"),
    ],
)
def test_unusable_settings_are_told_in_a_sentence(changes, why):
    with pytest.raises(UnusableSettingsError, match=why):
        settings_of({**TOKENS, **changes}, 8580)


@pytest.mark.parametrize(
    ("charset", "value"),
    [("punycode", b"\xff-"), ("unicode_escape", b"\\ud800"), ("utf-7", b"+2AA-")],
)
def test_a_form_of_an_encoding_that_no_page_sends_is_a_sentence(
    console, charset, value
):
    part = b'Content-Disposition: form-data; name="%s"\r\n\r\n%s\r\n'
    body = b"".join(b"--B\r\n" + part % (name, value) for name in (b"name", b"zz"))
    with console.visitor() as visitor:
        answer = visitor.post(
            "/sign-in",
            content=body + b"--B--\r\n",
            headers={
                "content-type": f"multipart/form-data; boundary=B; charset={charset}"
            },
        )
    assert answer.status_code == 400
    assert "This form is not UTF-8." in answer.text
