"""The console in front of a database whose models are live, and a browser.

A test of pages takes `console`, and `operator` or `viewer` for an HTTP client that is
signed in. A test of what a person does in a browser takes `page`, which is signed in as
an operator; `console` and `opened` lead to the same database.
"""

import concurrent.futures
import contextlib
import itertools
import os

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import sync_playwright

from tests.support import dbt_runner
from tests.support.console_apps import (
    NAME,
    NO_BROWSER,
    OPERATOR_TOKEN,
    VIEWER_TOKEN,
    chromium,
    served_console,
)
from tests.support.conversations import Conversations
from tests.support.rows import make_account, make_workspace

NARROW = {"width": 360, "height": 800}
WIDE = {"width": 1440, "height": 900}
EACH_LOOK = tuple(itertools.product((WIDE, NARROW), ("light", "dark")))
LIGHT_AND_DARK = ((WIDE, "light"), (NARROW, "dark"))


@pytest.fixture(scope="session")
def live_template(template_database):
    """The name of a database whose models read the clock, as in production."""
    return dbt_runner.live_template(template_database)


@pytest.fixture(scope="session")
def own_template(live_template):
    """What the database of each test is a copy of."""
    return live_template


@pytest.fixture
def console(database):
    """The console, served from a thread."""
    with served_console(database) as served:
        yield served


@pytest.fixture
def operator(console):
    """An HTTP client of a person who may act."""
    with console.person() as client:
        yield client


@pytest.fixture
def viewer(console):
    """An HTTP client of a person who may look."""
    with console.person(VIEWER_TOKEN, "Vera Lind") as client:
        yield client


@pytest.fixture
def anisha(opened):
    """(workspace_id, account_id) of a connected account in UTC."""
    workspace_id = make_workspace(opened)
    return workspace_id, make_account(opened, workspace_id)


@pytest.fixture
def conversations(workspace):
    """An account at a sandbox, to which people write."""
    return Conversations(workspace)


@pytest.fixture(scope="module")
def browser():
    """One Chromium for the tests of a file.

    Not for those of a process: while it lives, no other test could run an event loop.
    """
    path = chromium()
    if path is None:
        if os.environ.get("TRUEUP_REQUIRE_BROWSER") == "1":
            pytest.fail(NO_BROWSER)
        pytest.skip(NO_BROWSER)
    # Chromium's own sandbox needs rights that a container rarely gives.
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=path, args=arguments)
        yield launched
        launched.close()


@pytest.fixture
def new_page(browser):
    """Opens pages, each in a context of its own: new_page(color_scheme="dark").

    A test fails if a page of it logged an error, such as one of the content policy.
    """
    errors = []
    with contextlib.ExitStack() as contexts:

        def open_page(**settings):
            context = browser.new_context(**settings)
            contexts.callback(context.close)
            context.set_default_timeout(10_000)
            page = context.new_page()
            page.on("pageerror", lambda error: errors.append(f"{error}"))
            page.on(
                "console",
                lambda message: (
                    errors.append(message.text) if message.type == "error" else None
                ),
            )
            return page

        yield open_page
    refused = "Failed to load resource"  # a refused act has the status 422
    assert [error for error in errors if not error.startswith(refused)] == []


@pytest.fixture
def page(new_page, console):
    """A page of a person who has signed in as an operator, on the first page."""
    return signed_in(new_page(), console)


def signed_in(page, console, token=OPERATOR_TOKEN, name=NAME):
    """Signs in through the form, by the address that scripts/up prints."""
    page.goto(f"{console.url}/sign-in#token={token}")
    page.get_by_label("Your name").fill(name)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", level=1).wait_for()
    return page


def accessibility_faults(page):
    """What axe-core finds on the page as it is now: rule and place."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    # What it found right is ten times as long, and would be handed over too.
    return page.evaluate(
        """axe.run({ resultTypes: ["violations"] }).then(({ violations }) =>
            violations.flatMap(({ id, nodes }) =>
                nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`)))"""
    )


def assert_sound(page, what, looks=LIGHT_AND_DARK):
    """Asserts of a page, unfolded, that it is sound at each size and colour scheme.

    Axe-core finds no fault, nothing scrolls sideways, and there is one main heading.
    The page stays as the last look left it: what a test does next, it does there.
    """
    page.evaluate(
        "document.querySelectorAll('details').forEach(it => { it.open = true })"
    )
    for size, scheme in looks:
        page.set_viewport_size(size)
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        look = (what, size["width"], scheme)
        assert (look, accessibility_faults(page)) == (look, [])
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), look
    assert page.get_by_role("heading", level=1).count() == 1


def aside(function, *arguments, **named):
    """Calls it in a thread: this one has the event loop of Playwright."""
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        return pool.submit(function, *arguments, **named).result()
