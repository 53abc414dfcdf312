"""Takes the pictures of the console in docs/, from a running system.

The system is the demo's first look and the campaign of LL#277, on an embedded server, a
sandbox and a Chromium of the run: real sends, accepts, a reply and its answer, and a
stopped account. `--all FOLDER` takes every page in light and dark, at 360 and at 1,440
pixels, for people to look at.
"""

import contextlib
import datetime as dt
import os
import pathlib
import re
import sys
import tempfile
from collections.abc import Iterator
from typing import NamedTuple

import click
import psycopg
from playwright.sync_api import Browser, Page, sync_playwright

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from demo.first_look.load import load_first_look
from demo.incidents import ll_277
from tests.support.console_apps import (
    NAME,
    NO_BROWSER,
    OPERATOR_TOKEN,
    ServedConsole,
    chromium,
    served_console,
)
from tests.support.dbt_runner import ModelledDatabase, run_dbt
from trueup.inbound.lists.polls import accounts_to_poll, poll_accounts
from trueup.inbound.lists.reply_polls import poll_replies
from trueup.paths import PROJECT_ROOT
from trueup.postgres.connection import connect, ensure_database
from trueup.postgres.migrate import migrate
from trueup.postgres.server import start_server
from trueup.sender import drain
from unipile_sandbox.control import Sandbox, start_sandbox

DATABASE = "trueup_pictures"
MARTS = (
    "account_status",
    "account_last_activity",
    "webhook_coverage",
    "unknown_sends",
    "send_forecast",
    "campaign_accept_stats",
    "campaign_step_stats",
    "enrollment_blockers",
    "send_proofs",
)
WIDTHS = {"wide": 1440, "narrow": 360}
REPLY = "Good to meet you. Does Thursday at ten suit you?\nI am free until noon."
PEOPLE = b"""\
First Name,Last Name,LinkedIn URL,Company
<b>Ada</b>,Lovelace,https://www.linkedin.com/in/ada-lovelace-trueup/,Analytical
Alan,Turing,not an address,Bletchley
Dr. Grace,Hopper,https://uk.linkedin.com/in/grace-hopper-trueup,Navy
"""


class World(NamedTuple):
    """Where the pages are. person: (workspace, account, prospect, LinkedIn id)."""

    campaign: str
    person: tuple[int, int, int, str]
    stopped: tuple[int, int]

    def paths(self) -> dict[str, str]:
        """The path of each page by the name of its pictures."""
        workspace_id, account_id, prospect_id, provider_id = self.person
        return {
            "today": "/today",
            "alerts": "/today/alerts",
            "unanswered": "/today/sends",
            "accounts": "/accounts",
            "account": f"/accounts/{workspace_id}/{account_id}",
            "stopped_account": "/accounts/{}/{}".format(*self.stopped),
            "connect": "/accounts/new",
            "campaigns": "/campaigns",
            "editor": self.campaign,
            "new_campaign": "/campaigns/new",
            "people": "/people",
            "import": "/people/import",
            "do_not_contact": "/people/do-not-contact",
            "withdraw": "/people/withdraw?days=1",
            "person": f"/people/{workspace_id}/{prospect_id}",
            "changes": f"/people/{workspace_id}/{prospect_id}/changes",
            "replies": "/replies",
            "conversation": f"/replies/{workspace_id}/{account_id}/{provider_id}",
            "no_such_page": "/nowhere",
        }


class Picture(NamedTuple):
    """A picture of docs/: of what is in sight in a window."""

    page: str
    scheme: str
    width: int
    height: int


DOCS = {
    "console_today": Picture("today", "light", 1440, 900),
    "console_today_narrow": Picture("today", "dark", 360, 780),
    "console_editor": Picture("editor", "light", 1440, 900),
    "console_editor_narrow": Picture("editor", "light", 360, 780),
    "console_campaigns": Picture("campaigns", "dark", 1440, 900),
    "console_person": Picture("person", "light", 1440, 1000),
    "console_replies": Picture("conversation", "dark", 1440, 800),
}


@click.command(help=__doc__)
@click.option("--all", "folder", type=click.Path(path_type=pathlib.Path))
def main(folder: pathlib.Path | None) -> None:
    """Make the system, then the pictures."""
    path = chromium()
    if path is None:
        raise click.ClickException(NO_BROWSER)
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with running_system() as (world, console), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=arguments)
        if folder is None:
            take_docs(browser, console, world)
        else:
            folder.mkdir(parents=True, exist_ok=True)
            take_all(browser, console, world, folder)
        browser.close()


@contextlib.contextmanager
def running_system() -> Iterator[tuple[World, ServedConsole]]:
    """A server, a sandbox and a console, all of the run, with what is shown."""
    with (
        tempfile.TemporaryDirectory(prefix="trueup-", dir="/tmp") as name,
        contextlib.ExitStack() as running,
    ):
        folder = pathlib.Path(name)
        os.environ["TRUEUP_SPOOL_FOLDER"] = f"{folder}/spool"
        os.environ["TRUEUP_WITNESS_FOLDER"] = f"{folder}/witness"
        server = start_server(folder / "data", is_durable=False)
        running.callback(server.stop)
        os.environ.update(server.environment() | {"PGDATABASE": DATABASE})
        ensure_database(DATABASE)
        sandbox = running.enter_context(start_sandbox(folder / "journal.jsonl"))
        connection = running.enter_context(connect(DATABASE, autocommit=True))
        migrate(connection)
        now = dt.datetime.now(dt.UTC)
        load_first_look(connection, sandbox, now)
        selva = ll_277.load(connection, sandbox, now)
        # At each hour of the day, so that the pictures are the same.
        connection.execute(
            "select outreach.set_account_windows(workspace_id, account_id,"
            " 'mon-sun 00:00-24:00', 'pictures') from outreach.linkedin_accounts"
            " where workspace_id = %s",
            [selva.workspace_id],
        )
        _send(connection, sandbox)
        person = _accepted_and_replied(connection, sandbox)
        stopped = _stopped(connection, person)
        database = ModelledDatabase(DATABASE)
        run_dbt(database, "run", *(f"+{mart}" for mart in MARTS))
        (campaign_id,) = _row(
            connection,
            "select campaign_id from outreach.campaign_steps where step_id = %s",
            selva.step_id,
        )
        campaign = f"/campaigns/{selva.workspace_id}/{campaign_id}"
        world = World(campaign, person, stopped)
        with served_console(database) as console:
            _change(console, world)
            _send(connection, sandbox)
            yield world, console


def _row(connection: psycopg.Connection, query: str, *values: object) -> tuple:
    row = connection.execute(query, values).fetchone()  # type: ignore[call-overload]
    assert row is not None, query
    return row


def _send(connection: psycopg.Connection, sandbox: Sandbox) -> None:
    drain(
        connection,
        worker="pictures",
        provider_dsn=sandbox.dsn,
        api_key=sandbox.api_key,
        until_seconds=20,
    )


def _accepted_and_replied(
    connection: psycopg.Connection, sandbox: Sandbox
) -> tuple[int, int, int, str]:
    """Somebody whom Anisha invited, who has accepted and written since."""
    workspace_id, account_id, prospect_id, provider_id, account = _row(
        connection,
        "select enrollments.workspace_id, enrollments.account_id,"
        " enrollments.prospect_id, prospects.provider_id, linked.provider_account_id"
        " from outreach.campaign_prospects as enrollments"
        " inner join outreach.prospects using (workspace_id, prospect_id)"
        " inner join outreach.linkedin_accounts as accounts"
        " using (workspace_id, account_id)"
        " inner join outreach.provider_accounts as linked"
        " using (workspace_id, account_id)"
        " where accounts.name = 'Anisha'"
        " and enrollments.linkedin_status = 'pending_accept'"
        " order by enrollments.enrollment_id limit 1",
    )
    sandbox.accept(account, provider_id)
    _take_in(connection, sandbox)
    sandbox.incoming_message(account, provider_id, REPLY)
    _take_in(connection, sandbox)
    return workspace_id, account_id, prospect_id, provider_id


def _take_in(connection: psycopg.Connection, sandbox: Sandbox) -> None:
    """Polls what the provider has, without waiting until that is due."""
    connection.execute(
        "update outreach.reply_polls set read_until = read_until - read_within"
    )
    accounts = accounts_to_poll(connection, sandbox.dsn)
    poll_accounts(connection, sandbox.dsn, sandbox.api_key, accounts)
    poll_replies(connection, sandbox.dsn, sandbox.api_key)


def _stopped(
    connection: psycopg.Connection, person: tuple[int, int, int, str]
) -> tuple[int, int]:
    """An account of the workspace that is disconnected."""
    workspace_id, account_id, *_ = person
    (stopped_id,) = _row(
        connection,
        "select account_id from outreach.linkedin_accounts"
        " where workspace_id = %s and account_id <> %s order by name limit 1",
        workspace_id,
        account_id,
    )
    connection.execute(
        "select outreach.flip_linkedin_account_status(%s, %s, 'disconnected', %s, %s)",
        [workspace_id, stopped_id, "the provider says CREDENTIALS", "poll"],
    )
    return workspace_id, stopped_id


def _change(console: ServedConsole, world: World) -> None:
    """The reply is answered, and what is known of the person mended."""
    paths = world.paths()
    hidden = r'type="hidden" name="([a-z-]+)" value="([^"]*)"'
    with console.person() as client:
        form = dict(re.findall(hidden, client.get(paths["conversation"]).text))
        form["text"] = "Thursday at ten suits me well. I will send an invite."
        answered = client.post(f"{paths['conversation']}/answer", data=form)
        mended = client.post(
            f"{paths['person']}/fields", data={"jobTitle": "Head of Engineering"}
        )
    assert (answered.status_code, mended.status_code) == (303, 303)


def take_docs(browser: Browser, console: ServedConsole, world: World) -> None:
    """The pictures of the documents, as they are named there."""
    for name, picture in DOCS.items():
        page = _signed_in(
            browser, console, picture.scheme, picture.width, picture.height
        )
        _open(page, console, world, picture.page)
        page.screenshot(path=PROJECT_ROOT / "docs" / f"{name}.png")
        page.context.close()


def take_all(
    browser: Browser, console: ServedConsole, world: World, folder: pathlib.Path
) -> None:
    """Every page and every question, in each scheme and width."""
    for scheme in ("light", "dark"):
        for size, width in WIDTHS.items():
            sign_in_path = folder / f"sign_in-{scheme}-{size}.png"
            page = _signed_in(browser, console, scheme, width, 900, sign_in_path)
            for name in world.paths():
                _open(page, console, world, name)
                _take(page, folder / f"{name}-{scheme}-{size}.png")
            for name, ask in QUESTIONS.items():
                ask(page, console, world)
                _take(page, folder / f"{name}-{scheme}-{size}.png")
            page.context.close()


def _signed_in(
    browser: Browser,
    console: ServedConsole,
    scheme: str,
    width: int,
    height: int,
    sign_in_path: pathlib.Path | None = None,
) -> Page:
    page = browser.new_page(
        color_scheme=scheme,  # type: ignore[arg-type]
        viewport={"width": width, "height": height},
    )
    page.goto(f"{console.url}/sign-in#token={OPERATOR_TOKEN}")
    page.get_by_label("Your name").fill(NAME)
    if sign_in_path is not None:
        _take(page, sign_in_path)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", level=1).wait_for()
    return page


def _open(page: Page, console: ServedConsole, world: World, name: str) -> None:
    page.goto(console.url + world.paths()[name])
    if name == "editor":
        # Below the top, beside the banner that stays in sight.
        page.locator("#step-4").evaluate("it => it.scrollIntoView()")


def _take(page: Page, path: pathlib.Path) -> None:
    page.screenshot(path=path, full_page=True)


def _check_file(page: Page, console: ServedConsole, _world: World) -> None:
    page.goto(f"{console.url}/people/import")
    chosen = {"name": "people.csv", "mimeType": "text/csv", "buffer": PEOPLE}
    page.get_by_label("File", exact=True).set_input_files(chosen)  # type: ignore[arg-type]
    page.get_by_role("button", name="Check the file").click()
    page.get_by_role("heading", name="What this file would do").wait_for()


def _ask_about_a_limit(page: Page, console: ServedConsole, world: World) -> None:
    page.goto(console.url + world.paths()["account"])
    page.get_by_text("Limits", exact=True).click()
    group = page.get_by_role("group", name="Send invite per day")
    group.get_by_label("Limit").fill("")
    page.get_by_role("button", name="Save the limits").click()
    page.get_by_text("This takes away").wait_for()


def _ask_about_a_preset(page: Page, console: ServedConsole, world: World) -> None:
    page.goto(console.url + world.paths()["account"])
    page.get_by_text("Limits by a preset", exact=True).click()
    page.get_by_label("Preset").select_option("careful")
    page.get_by_role("button", name="Replace the limits").click()
    page.get_by_role("link", name="Do nothing").wait_for()


def _ask_about_a_zone(page: Page, console: ServedConsole, world: World) -> None:
    page.goto(console.url + world.paths()["account"])
    page.get_by_text("Time zone", exact=True).first.click()
    page.get_by_label("Time zone").fill("Asia/Tokyo")
    page.get_by_role("button", name="Save the time zone").click()
    page.get_by_text("do not change").wait_for()


def _ask_about_people(page: Page, console: ServedConsole, _world: World) -> None:
    page.goto(f"{console.url}/people")
    for box in page.get_by_role("checkbox").all()[:3]:
        box.check()
    page.get_by_label("Why").last.fill("a new text to come")
    page.get_by_role("button", name="Apply to the chosen").click()
    page.get_by_text("This stops 3 people").wait_for()


def _ask_about_a_step(page: Page, console: ServedConsole, world: World) -> None:
    page.goto(console.url + world.paths()["editor"])
    page.get_by_role("button", name="Remove step 5").click()
    page.get_by_text("This removes step 5").wait_for()


def _ask_about_a_company(page: Page, console: ServedConsole, _world: World) -> None:
    page.goto(f"{console.url}/people/do-not-contact")
    page.get_by_label("Name").fill("Nordwind")
    page.get_by_label("Why").fill("asked by mail")
    page.get_by_role("button", name="See whom it stops").click()
    page.get_by_text("Do nothing").wait_for()


def _open_folds(page: Page, console: ServedConsole, world: World) -> None:
    page.goto(console.url + world.paths()["account"])
    for fold in page.locator("details").all():
        fold.evaluate("it => { it.open = true }")


QUESTIONS = {
    "import_checked": _check_file,
    "limit_question": _ask_about_a_limit,
    "preset_question": _ask_about_a_preset,
    "zone_question": _ask_about_a_zone,
    "people_question": _ask_about_people,
    "step_question": _ask_about_a_step,
    "company_question": _ask_about_a_company,
    "account_opened": _open_folds,
}


if __name__ == "__main__":
    main()
