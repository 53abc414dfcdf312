"""`trueup workspace`: the tenants."""

import shlex

import click
import psycopg

from trueup.cli.options import actor_option, script_connection
from trueup.cli.output import Output, listing_options, rows_of
from trueup.cli.sentences import RefusalError, say
from trueup.inbound.accounts.workspaces import make_workspace
from trueup.inbound.settings import UnusableSettingError, provider_addresses
from trueup.postgres.error_sentences import sentence_of
from trueup.postgres.timezone_files import zone_of_machine


@click.group()
def workspace() -> None:
    """Tenants: add and list them."""


@workspace.command("add")
@click.argument("name")
@click.option(
    "--timezone",
    metavar="ZONE",
    help="Where its new accounts live unless another zone is named, such as"
    " Europe/Berlin; this machine's zone by default.",
)
@actor_option
def add_workspace(name: str, timezone: str | None, actor: str) -> None:
    """Add a workspace for a team or a client.

    NAME is its name. It holds accounts and campaigns, and works through the provider
    of UNIPILE_DSN, of UNIPILE_V2_DSN, or of both. Writes at once.

    Example: trueup workspace add "Client One" --timezone Europe/Berlin
    """
    try:
        addresses = provider_addresses()
        with script_connection("workspace add", role="operator") as connection:
            chosen = timezone or zone_of_machine()
            workspace_id = make_workspace(connection, name, addresses, chosen, actor)
    except UnusableSettingError as unusable:
        raise RefusalError(str(unusable)) from None
    except (psycopg.errors.CheckViolation, psycopg.errors.UniqueViolation) as refusal:
        raise RefusalError(sentence_of(refusal)) from None
    say(
        f'Workspace "{name.strip()}" ({workspace_id}) works through the provider at '
        f"{' and '.join(addresses)}. Its new accounts live in {chosen} unless you name "
        "another zone."
    )
    named = shlex.quote(name.strip())
    say(f"Next:\n  scripts/trueup account connect --workspace {named}", err=True)


@workspace.command("list")
@listing_options
def list_workspaces(output: Output) -> None:
    """List the workspaces with their numbers of accounts and campaigns.

    --csv and --json also show the provider and when each was created.

    Example: trueup workspace list --json
    """
    with script_connection("workspace list") as connection:
        rows = rows_of(connection, "select * from outreach.list_workspaces()")
    columns = ("workspace_id", "workspace", "accounts", "campaigns")
    none = 'There is no workspace yet. Add one: trueup workspace add "Client One"'
    output.dictionaries(rows, table=columns, none=none)
