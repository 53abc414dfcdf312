"""`trueup campaign`: campaign files and saved campaigns."""

import dataclasses
import pathlib
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click
import psycopg

from trueup.cli.finding import campaign_of, person_of, workspace_id_of
from trueup.cli.options import (
    actor_option,
    reason_option,
    script_connection,
    workspace_option,
)
from trueup.cli.output import Output, listing_options, rows_of
from trueup.cli.pausing import set_pause
from trueup.cli.sentences import SentenceError, say
from trueup.cli.spans import span_text

if TYPE_CHECKING:
    from trueup.campaigns import Campaign, SavedCampaign
    from trueup.sender.preview import PreviewedPerson, PreviewedText


_ON_TIME_OUT = {
    "withdraw": "the invite is withdrawn",
    "move_on": "the next step follows",
}


@click.group()
def campaign() -> None:
    """Campaigns: check, preview and save files, list, pause and resume."""


@campaign.command("list")
@workspace_option("Only this workspace, by its name or id.")
@listing_options
def list_campaigns(workspace: str | None, output: Output) -> None:
    """List the campaigns with their numbers of people.

    --csv and --json also show the number of steps and when each was created.

    Example: trueup campaign list --workspace PIPL
    """
    with script_connection("campaign list") as connection:
        rows = rows_of(
            connection,
            "select campaigns.* from outreach.workspaces"
            " cross join lateral outreach.list_campaigns(workspaces.workspace_id)"
            " as campaigns where %(wanted)s::bigint is null"
            " or workspaces.workspace_id = %(wanted)s"
            " order by campaigns.workspace_id, campaigns.campaign_id",
            {"wanted": workspace_id_of(connection, workspace)},
        )
    columns = ("campaign_id", "campaign", "workspace", "status", "people", "parked")
    output.dictionaries(
        rows,
        table=columns,
        none="There is no campaign yet.",
        cut=("campaign", "workspace"),
    )


@campaign.command("show")
@click.argument("campaign")
@workspace_option()
@listing_options
def show_campaign(campaign: str, workspace: str | None, output: Output) -> None:
    """Show the steps of a campaign with their texts.

    CAMPAIGN is its name or id.

    Example: trueup campaign show "PIPL Connection"
    """
    with script_connection("campaign show") as connection:
        found = campaign_of(connection, campaign, workspace)
        rows = rows_of(
            connection,
            "select * from outreach.list_steps(%s, %s)",
            [found.workspace_id, found.found_id],
        )
    if output.is_table:
        say(
            f"{found.name} (campaign {found.found_id} of {found.workspace_name}) is "
            f"{found.detail}."
        )
        _print_steps(rows)
    else:
        output.dictionaries(rows)


def _print_steps(rows: Sequence[dict[str, Any]]) -> None:
    if not rows:
        click.echo("It has no steps.")
    firsts = {row["step"]: row for row in reversed(rows)}
    for number, (step, first) in enumerate(sorted(firsts.items())):
        texts = [row for row in rows if row["step"] == step and row["template"]]
        after = ""
        if first["delay"] and number:
            after = f", {span_text(first['delay'])} after the step before"
        if first["time_out"] is not None:
            then = _ON_TIME_OUT[first["on_time_out"]]
            after += f", at most {span_text(first['time_out'])}, then {then}"
        say(f"Step {step}, {first['action'].replace('_', ' ')}{after}")
        for row in texts:
            say(f"  {row['field']}, variant {row['variant']}")
            for line in row["template"].splitlines():
                say(f"    | {line}")


@campaign.command("save")
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(path_type=pathlib.Path)
)
@click.option("--check", is_flag=True, help="Validate only; 1 if anything is wrong.")
def save_campaigns(files: tuple[pathlib.Path, ...], check: bool) -> None:
    """Validate campaign files and save them.

    FILES are campaign files in YAML; each is saved as a whole or not at all. With
    --check nothing is saved and no database is needed, for use in CI. Ends with 1 if a
    file was refused, with 2 if the database cannot be used. Writes at once.

    Example: trueup campaign save --check campaigns/pipl_connection.yml
    """
    from trueup.campaigns import RefusedCampaignError, save_campaign
    from trueup.postgres.connection import UnusableDatabaseError, connect_migrated

    campaigns = [_read(path) for path in files]
    if check:
        good = [one for one in campaigns if one and _is_valid(one)]
        for one in good:
            say(f"{one.source}: {one.name} is valid.")
            for hint in _blanks(one):
                say(hint)
        sys.exit(0 if len(good) == len(files) else 1)
    has_failed = None in campaigns
    try:
        with connect_migrated(
            autocommit=True, application_name="save_campaign"
        ) as connection:
            for one in filter(None, campaigns):
                try:
                    say(_told(one, save_campaign(connection, one)))
                except RefusedCampaignError as refused:
                    say(f"{refused}\n", err=True)
                    has_failed = True
    except (UnusableDatabaseError, psycopg.OperationalError) as error:
        say(str(error).strip(), err=True)
        sys.exit(2)
    sys.exit(1 if has_failed else 0)


@campaign.command("preview")
@click.argument("campaign", required=False)
@click.option(
    "--file",
    "path",
    type=click.Path(path_type=pathlib.Path),
    metavar="PATH",
    help="Instead of a saved campaign, the texts of a file that is not saved yet.",
)
@click.option(
    "--prospect",
    metavar="WHO",
    help="This person: a name, a profile's address, an email address or an id.",
)
@click.option(
    "--step", type=click.IntRange(min=1), metavar="NUMBER", help="Only this step."
)
@click.option("--variant", metavar="NAME", help="Only this variant, such as B.")
@workspace_option()
@listing_options
def preview_campaign(
    campaign: str | None,
    path: pathlib.Path | None,
    prospect: str | None,
    step: int | None,
    variant: str | None,
    workspace: str | None,
    output: Output,
) -> None:
    """Show a campaign's texts as people will read them.

    CAMPAIGN is its name or id; or give a --file. Each step and variant is rendered and
    checked as the sender does it, with its length and the provider's limit, or what
    would park the person. Without --prospect: three people who are next, and the one
    whose values are missing, odd or long. Ends with 1 if a text would park somebody.

    Example: trueup campaign preview "PIPL Connection" --prospect "Ada Lovelace"
    """
    people = [
        (person, text)
        for person in _previewed(campaign, path, prospect, workspace)
        for text in person.texts
        if step in (None, text.step) and variant in (None, text.variant)
    ]
    if output.is_table:
        _print_preview(people)
    else:
        output.dictionaries([_preview_row(*each) for each in people])
    if any(text.error for _, text in people):
        sys.exit(1)


def _previewed(
    campaign: str | None,
    path: pathlib.Path | None,
    prospect: str | None,
    workspace: str | None,
) -> "list[PreviewedPerson]":
    from trueup.campaigns import RefusedCampaignError, read_campaign_file
    from trueup.postgres.finding import UnknownNameError, find_workspace
    from trueup.sender.preview import preview_saved, preview_unsaved

    if (campaign is None) == (path is None):
        raise click.UsageError("Give a campaign, or a --file.")
    with script_connection("campaign preview") as connection:
        try:
            unsaved = None if path is None else read_campaign_file(path)
            if unsaved is not None and workspace is not None:
                unsaved = dataclasses.replace(unsaved, workspace=workspace)
            if unsaved is None:
                found = campaign_of(connection, campaign, workspace)
                workspace_id = found.workspace_id
            else:
                wanted = unsaved.workspace
                workspace_id = find_workspace(
                    connection,
                    None if wanted is None else str(wanted),
                    "`workspace:` in the file, or with --workspace",
                ).workspace_id
            person_id = None
            if prospect is not None:
                person_id = person_of(connection, prospect, str(workspace_id)).found_id
            if unsaved is not None:
                return preview_unsaved(connection, unsaved, person_id)
            return preview_saved(connection, workspace_id, found.found_id, person_id)
        except (RefusedCampaignError, UnknownNameError) as error:
            raise SentenceError(str(error)) from None


def _print_preview(
    people: "list[tuple[PreviewedPerson, PreviewedText]]",
) -> None:
    if not people:
        click.echo(
            "There is nobody to show it for, or no such step or variant. Import people "
            "with `scripts/trueup prospect import` first: a dry run shows what a file "
            "has."
        )
    person = None
    for here, text in people:
        if here != person:
            person = here
            worst = f", the worst case: {here.worst_because}" if here.is_worst else ""
            say(f"{here.name} ({here.public_identifier}), from {here.account}{worst}")
        variant = "" if text.variant is None else f", variant {text.variant}"
        if text.is_theirs is False:
            variant += " (not theirs)"
        limit = "" if text.longest is None else f" of {text.longest}"
        size = "" if text.length is None else f", {text.length}{limit} characters"
        field = "no note" if text.field is None and text.text is None else text.field
        say(f"  Step {text.step}, {text.action}, {field}{variant}{size}")
        if text.error is not None:
            say(f"    Would be parked: {text.error}")
        for line in (text.text or "").splitlines():
            say(f"    | {line}")


def _preview_row(person: "PreviewedPerson", text: "PreviewedText") -> dict[str, object]:
    row = dataclasses.asdict(person)
    del row["texts"]
    return row | dataclasses.asdict(text)


@campaign.command("pause")
@click.argument("campaign")
@workspace_option()
@reason_option("Why; kept with the pause.")
@actor_option
def pause_campaign(
    campaign: str, workspace: str | None, reason: str, actor: str
) -> None:
    """Pause every send of a campaign whose call has not begun.

    CAMPAIGN is its name or id. Times of next actions stay as they are. Writes at once.

    Example: trueup campaign pause "PIPL Connection" --reason "new text to come"
    """
    _pause(campaign, workspace, reason, actor, is_paused=True)


@campaign.command("resume")
@click.argument("campaign")
@workspace_option()
@reason_option("Why it goes on; kept with who resumed it.")
@actor_option
def resume_campaign(
    campaign: str, workspace: str | None, reason: str, actor: str
) -> None:
    """Resume a campaign that was paused, or start a draft.

    CAMPAIGN is its name or id. Writes at once.

    Example: trueup campaign resume "PIPL Connection" --reason "new text saved"
    """
    _pause(campaign, workspace, reason, actor, is_paused=False)


def _pause(
    campaign: str, workspace: str | None, reason: str, actor: str, *, is_paused: bool
) -> None:
    with script_connection("pause campaign", role="operator") as connection:
        found = campaign_of(connection, campaign, workspace)
        set_pause(
            connection,
            "campaign",
            found.workspace_id,
            found.found_id,
            f"The campaign {found.name} ({found.found_id})",
            is_paused=is_paused,
            actor=actor,
            reason=reason,
        )


def _read(path: pathlib.Path) -> "Campaign | None":
    from trueup.campaigns import RefusedCampaignError, read_campaign_file

    try:
        return read_campaign_file(path)
    except RefusedCampaignError as refused:
        say(f"{refused}\n", err=True)
        return None


def _is_valid(campaign: "Campaign") -> bool:
    from trueup.campaigns import RefusedCampaignError, check_campaign

    try:
        check_campaign(campaign)
    except RefusedCampaignError as refused:
        say(f"{refused}\n", err=True)
        return False
    return True


def _blanks(campaign: "Campaign") -> list[str]:
    """Which blank values would park a person, for a campaign that is valid."""
    from trueup.imports.needed_values import needed_values

    texts = [text for step in campaign.steps for text in step.templates().values()]
    needed = needed_values(texts, campaign.custom_fields)
    if not needed:
        return []
    example = f"{{{{ {needed[0]} | default: 'there' }}}}"
    return [
        f"A person without {', or '.join(needed)} is parked until they have one. To "
        f"write to them all the same, give a fallback: {example}."
    ]


def _told(campaign: "Campaign", saved: "SavedCampaign") -> str:
    lines = [
        f"{campaign.source}: {saved.name} is saved as campaign {saved.campaign_id} "
        f"with {len(saved.step_ids)} steps ({saved.new_step_count} new, "
        f"{saved.removed_step_count} removed)."
    ]
    if saved.rearming.rearmed:
        lines.append(f"{saved.rearming.rearmed} parked prospects were re-armed.")
    lines += [
        f"{row.count} prospects stay parked: {row.reason}"
        for row in saved.rearming.still_parked
    ]
    lines += [str(one) for one in saved.too_long]
    return "\n".join(lines)
