"""`trueup prospect`: the people of campaigns."""

import dataclasses
import pathlib
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

import click
import psycopg

from trueup.cli.finding import (
    account_of,
    campaign_of,
    people_called,
    person_of,
    workspace_of,
)
from trueup.cli.options import (
    actor_option,
    campaign_option,
    commit_option,
    reason_option,
    script_connection,
    workspace_option,
)
from trueup.cli.output import Output, listing_options, print_table, rows_of
from trueup.cli.pausing import set_pause
from trueup.cli.row_ids import ROW_ID
from trueup.cli.sentences import NOTHING_WRITTEN, RefusalError, SentenceError, say
from trueup.postgres.error_sentences import sentence_of

if TYPE_CHECKING:
    import rich.console

    from trueup.imports.prospect_rows import Export
    from trueup.imports.prospects import Import

MOST_REFUSED_SHOWN = 50


@click.group()
def prospect() -> None:
    """People: import them, say why one was not messaged, pause one."""


@prospect.command("show")
@click.argument("person")
@workspace_option()
@listing_options
def show_prospect(person: str, workspace: str | None, output: Output) -> None:
    """Show the campaigns of a person, the newest first.

    PERSON is a name, a profile's address, an email address or an id.

    Example: trueup prospect show "Ada Lovelace"
    """
    from trueup.marts.blockers import mark_sentence

    with script_connection("prospect show") as connection:
        found = person_of(connection, person, workspace)
        rows = rows_of(
            connection,
            "select * from outreach.enrollments_of_person(%s, %s)",
            [found.workspace_id, found.found_id],
        )
        mark = mark_sentence(connection, found.workspace_id, found.found_id)
    if output.is_table:
        say(
            f"{found.name} (prospect {found.found_id} of {found.workspace_name}), "
            f"{found.detail}"
        )
        if mark is not None:
            say(mark)
    output.dictionaries(rows, none="This person is in no campaign.")


@prospect.command("why")
@click.argument("person", required=False)
@click.option(
    "--enrollment",
    type=ROW_ID,
    metavar="ID",
    help="Instead of a person, one enrollment by its id.",
)
@workspace_option("Only people of this workspace, by its name or id.")
@listing_options
def why_not_messaged(
    person: str | None, enrollment: int | None, workspace: str | None, output: Output
) -> None:
    """Show why a person has not been messaged.

    PERSON is a name, a profile's address, an email address or an id. Prints one row for
    each campaign of the person: the reason from enrollment_blockers and when it lifts,
    or how it ended. The row that lifts first is first. All people of that name are
    shown.

    Example: trueup prospect why "Ada Lovelace"
    """
    from trueup.marts import blockers

    if (person is None) == (enrollment is None):
        raise click.UsageError("Give a person, or an --enrollment.")
    try:
        with script_connection("why not messaged") as connection:
            people = people_called(connection, person, workspace) if person else []
            keys = [(one.workspace_id, one.found_id) for one in people]
            rows = blockers.why_not_messaged(connection, keys, enrollment)
            (now,) = connection.execute("select clock_timestamp()").fetchone()
    except blockers.ModelsNotBuiltError as error:
        raise RefusalError(str(error)) from None
    if not rows and enrollment:
        raise RefusalError(f"There is no enrollment {enrollment}.")
    if not rows:
        raise RefusalError(
            f'Nobody named "{person}" is enrolled in a campaign. Give the whole name, '
            "the profile's address, an email address or the id."
        )
    if output.is_table:
        rows = [row | {"why": row["why"].replace("_", " ")} for row in rows]
    output.dictionaries(rows)
    if output.is_table:
        click.echo(
            f"It is {now:%Y-%m-%d %H:%M %Z}. Once a reason lifts, the next may hold."
        )


def _rule_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command --company and --domain."""
    for name, help in (
        ("--domain", "The domain of email addresses, such as example.com."),
        ("--company", "The company's name; its legal form does not matter."),
    ):
        command = click.option(name, metavar="NAME", help=help)(command)
    return command


def _rule(company: str | None, domain: str | None) -> tuple[str, str]:
    """The kind and the name of a rule. Raises UsageError without one, or with two."""
    if (company is None) == (domain is None):
        raise click.UsageError("Give a --company, or a --domain.")
    if company is not None:
        return "company", company
    return "email_domain", domain or ""


@prospect.command("do-not-contact")
@click.argument("person", required=False)
@_rule_options
@workspace_option()
@click.option("--reason", metavar="TEXT", help="Why; kept with each person. Required.")
@actor_option
@commit_option
@listing_options
def do_not_contact(
    person: str | None,
    company: str | None,
    domain: str | None,
    workspace: str | None,
    reason: str | None,
    actor: str,
    commit: bool,
    output: Output,
) -> None:
    """Mark a person, a company or a domain as do-not-contact.

    PERSON is a name, a profile's address, an email address or an id. --company and
    --domain mark all people of a company or of an email domain, and those of later
    imports. Sends that have not begun are cancelled. Prints how many, and changes
    nothing, unless --commit is given and CONFIRM=yes is set. Without a person,
    --company or --domain, lists the companies and domains that are marked.

    Example: trueup prospect do-not-contact --company Nordwind --reason "asked by mail"
    """
    named = 3 - [person, company, domain].count(None)
    if named == 0 and not (reason or commit):
        _list_rules(workspace, output)
        return
    if named != 1:
        raise click.UsageError("Give one of a person, --company and --domain.")
    if not reason:
        raise click.UsageError('Say why with --reason, such as "asked by mail".')
    if person is None:
        rule = _rule(company, domain)
        _mark_rule(*rule, workspace, reason, actor, commit=commit)
    else:
        _mark_person(person, workspace, reason, actor, commit=commit)


@prospect.command("contact-again")
@click.argument("person", required=False)
@_rule_options
@workspace_option()
@click.option("--reason", metavar="TEXT", help="Why; needed for a person, and kept.")
@actor_option
@commit_option
def contact_again(
    person: str | None,
    company: str | None,
    domain: str | None,
    workspace: str | None,
    reason: str | None,
    actor: str,
    commit: bool,
) -> None:
    """Lift a person's mark, or take a company or domain off.

    PERSON is a name, a profile's address, an email address or an id. Their campaigns
    stay ended: import them into one again. Of a company or domain that is taken off,
    later imports mark no more people; people who are marked stay marked. Changes
    nothing, unless --commit is given and CONFIRM=yes is set.

    Example: trueup prospect contact-again "Ada Lovelace" --reason "asked us to write"
    """
    if 3 - [person, company, domain].count(None) != 1:
        raise click.UsageError("Give one of a person, --company and --domain.")
    if person is None:
        _remove_rule(*_rule(company, domain), workspace, commit=commit)
        return
    if not reason:
        raise click.UsageError('Say why with --reason, such as "asked us to write".')
    _lift_mark(person, workspace, reason, actor, commit=commit)


def _lift_mark(
    person: str, workspace: str | None, reason: str, actor: str, *, commit: bool
) -> None:
    from trueup.heals.decisions import lift_do_not_contact

    with script_connection("prospect contact-again") as connection:
        found = person_of(connection, person, workspace)
        label = f"{found.name} (prospect {found.found_id}, {found.detail})"
        try:
            with connection.transaction(force_rollback=not commit):
                is_lifted = lift_do_not_contact(
                    connection,
                    found.workspace_id,
                    found.found_id,
                    reason=reason,
                    actor=actor,
                )
        except psycopg.errors.ObjectNotInPrerequisiteState as error:
            raise SentenceError(
                f"{label} stays as they are: {error.diag.message_primary}. Take it off "
                "with `trueup prospect contact-again --company` or `--domain` first."
            ) from None
    if not is_lifted:
        raise SentenceError(f"{label} is not marked do-not-contact.")
    say(f"{label} {'may' if commit else 'might'} be contacted again.")
    if not commit:
        say(NOTHING_WRITTEN)


def _remove_rule(
    kind: str, written: str, workspace: str | None, *, commit: bool
) -> None:
    from trueup.imports.do_not_contact import remove_rule

    with script_connection("prospect contact-again") as connection:
        workspace_id = workspace_of(connection, workspace).workspace_id
        with connection.transaction(force_rollback=not commit):
            is_removed = remove_rule(connection, workspace_id, kind, written)
    if not is_removed:
        raise SentenceError(
            f'"{written}" is not on the list. See `trueup prospect do-not-contact`.'
        )
    say(f'"{written}" {"is" if commit else "would be"} off the do-not-contact list.')
    if not commit:
        say(NOTHING_WRITTEN)


def _mark_person(
    person: str, workspace: str | None, reason: str, actor: str, *, commit: bool
) -> None:
    from trueup.heals.decisions import DO_NOT_CONTACT, mark_do_not_contact

    with script_connection(DO_NOT_CONTACT.name) as connection:
        found = person_of(connection, person, workspace)
        label = f"{found.name} (prospect {found.found_id}, {found.detail})"
        outcome = mark_do_not_contact(
            connection,
            found.workspace_id,
            found.found_id,
            label,
            reason=reason,
            actor=actor,
            commit=commit,
        )
    if outcome.verdict == "failed":
        raise SentenceError(outcome.error)
    if outcome.verdict == "unneeded":
        say(f"{label} is marked do-not-contact already.")
        return
    jobs = "1 job" if outcome.result == 1 else f"{outcome.result} jobs"
    if commit:
        say(f"{label} is not contacted any more; {jobs} cancelled.")
    else:
        say(
            f"{label} would not be contacted any more, {jobs} would be cancelled. "
            f"{NOTHING_WRITTEN}"
        )


def _mark_rule(
    kind: str,
    written: str,
    workspace: str | None,
    reason: str,
    actor: str,
    *,
    commit: bool,
) -> None:
    from trueup.imports.do_not_contact import add_rule

    with script_connection("prospect do-not-contact") as connection:
        workspace_id = workspace_of(connection, workspace).workspace_id
        try:
            with connection.transaction(force_rollback=not commit):
                marked = add_rule(
                    connection, workspace_id, kind, written, reason=reason, actor=actor
                )
        except ValueError as error:
            raise SentenceError(str(error)) from None
    people = "1 person" if marked.people == 1 else f"{marked.people} people"
    jobs = "1 job" if marked.cancelled_jobs == 1 else f"{marked.cancelled_jobs} jobs"
    verb = "" if commit else "would be "
    people += f" ({marked.names})" if marked.names else ""
    say(f"{people} {verb}marked do-not-contact, {jobs} {verb}cancelled.")
    if marked.similar_companies:
        say(f"Did you mean {' or '.join(marked.similar_companies)}?")
    if not commit:
        say(NOTHING_WRITTEN)


def _list_rules(workspace: str | None, output: Output) -> None:
    from trueup.imports.do_not_contact import rules_of

    with script_connection("prospect do-not-contact") as connection:
        workspace_id = workspace_of(connection, workspace).workspace_id
        rules = rules_of(connection, workspace_id)
    output.dictionaries(
        [dataclasses.asdict(rule) for rule in rules],
        none="No company and no domain is marked do-not-contact.",
    )


@prospect.command("pause")
@click.argument("person")
@workspace_option()
@campaign_option("The campaign; not needed if the person is in one only.")
@reason_option("Why; kept with the pause.")
@actor_option
def pause_prospect(
    person: str, workspace: str | None, campaign: str | None, reason: str, actor: str
) -> None:
    """Pause what one campaign sends to a person.

    PERSON is a name, a profile's address, an email address or an id. Takes effect on
    every send whose call has not begun. Writes at once.

    Example: trueup prospect pause "Ada Lovelace" --reason "talks to sales"
    """
    _pause(person, workspace, campaign, reason, actor, is_paused=True)


@prospect.command("resume")
@click.argument("person")
@workspace_option()
@campaign_option("The campaign; not needed if the person is in one only.")
@reason_option("Why it goes on; kept with who resumed it.")
@actor_option
def resume_prospect(
    person: str, workspace: str | None, campaign: str | None, reason: str, actor: str
) -> None:
    """Resume what one campaign sends to a person.

    PERSON is a name, a profile's address, an email address or an id. Writes at once.

    Example: trueup prospect resume "Ada Lovelace" --reason "sales is done"
    """
    _pause(person, workspace, campaign, reason, actor, is_paused=False)


@prospect.command("import")
@click.argument("path", metavar="FILE", type=click.Path(path_type=pathlib.Path))
@workspace_option()
@campaign_option("The campaign that enrolls them, by its name or id.", required=True)
@click.option(
    "--profile-column",
    metavar="COLUMN",
    help="The column of the people's addresses, by its name.",
)
@click.option(
    "--encoding", metavar="ENCODING", help="The file's encoding, such as cp1250."
)
@click.option(
    "--connections-of",
    metavar="ACCOUNT",
    help="The account, by its name or id, whose own connections the file lists.",
)
@commit_option
def import_people(
    path: pathlib.Path,
    workspace: str | None,
    campaign: str,
    profile_column: str | None,
    encoding: str | None,
    connections_of: str | None,
    commit: bool,
) -> None:
    """Enroll the people of an export.

    FILE is an export of LinkedIn, Sales Navigator or HubSpot, any CSV or Excel
    workbook, or LinkedIn's own archive. Bad rows are refused by line with the reason,
    and the others are enrolled. A second run adds nothing. A dry run unless --commit is
    given and CONFIRM=yes is set. Ends with 1 if rows were refused, with 2 if nothing
    could be read or enrolled.

    \b
    Example: CONFIRM=yes trueup prospect import people.csv \\
        --campaign "PIPL Connection" --commit
    """
    import rich.console

    from trueup.imports.prospect_rows import UnreadableExportError, read_export
    from trueup.imports.prospects import UnusableCampaignError

    console = rich.console.Console(stderr=True)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise SentenceError(
            f"{path} cannot be read: {error.strerror}. Check its name."
        ) from None
    try:
        with script_connection("import_prospects") as connection:
            found = campaign_of(connection, campaign, workspace)
            declared = connection.execute(
                "select custom_fields from outreach.campaigns"
                " where workspace_id = %s and campaign_id = %s",
                [found.workspace_id, found.found_id],
            ).fetchone()[0]
            exported_by = None
            if connections_of is not None:
                wanted = str(found.workspace_id)
                exported_by = account_of(connection, connections_of, wanted).found_id
            export = read_export(
                content, declared, profile_column=profile_column, encoding=encoding
            )
            _print_columns(export)
            done = _with_progress(
                connection,
                console,
                export,
                found.workspace_id,
                found.found_id,
                exported_by=exported_by,
                commit=commit,
            )
    except (UnreadableExportError, UnusableCampaignError) as error:
        raise SentenceError(str(error)) from None
    except psycopg.errors.UniqueViolation:
        raise SentenceError(
            "Another import brought some of these people meanwhile. Run it again."
        ) from None
    except psycopg.Error as error:
        raise SentenceError(f"{sentence_of(error)} Nothing was written.") from None
    _print_import(done, commit=commit)
    sys.exit(1 if done.refused else 0)


def _pause(
    person: str,
    workspace: str | None,
    campaign: str | None,
    reason: str,
    actor: str,
    *,
    is_paused: bool,
) -> None:
    with script_connection("pause prospect", role="operator") as connection:
        found = person_of(connection, person, workspace)
        enrollments = connection.execute(
            "select enrollment_id, campaign_id, campaign_name"
            " from outreach.enrollments_of_person(%s, %s)",
            [found.workspace_id, found.found_id],
        ).fetchall()
        if campaign is not None:
            wanted = campaign_of(connection, campaign, str(found.workspace_id))
            enrollments = [row for row in enrollments if row[1] == wanted.found_id]
        if not enrollments:
            raise SentenceError(f"{found.name} is not enrolled there.")
        if len(enrollments) > 1:
            names = ", ".join(f'"{name}"' for _, _, name in enrollments)
            raise SentenceError(
                f"{found.name} is in {len(enrollments)} campaigns: {names}. Say which "
                "with --campaign."
            )
        ((enrollment_id, _, name),) = enrollments
        set_pause(
            connection,
            "enrollment",
            found.workspace_id,
            enrollment_id,
            f"{found.name} in {name} (enrollment {enrollment_id})",
            is_paused=is_paused,
            actor=actor,
            reason=reason,
        )


def _with_progress(
    connection: psycopg.Connection,
    console: "rich.console.Console",
    export: "Export",
    workspace_id: int,
    campaign_id: int,
    *,
    exported_by: int | None,
    commit: bool,
) -> "Import":
    import rich.progress

    from trueup.imports.prospects import import_prospects

    columns = (
        rich.progress.TextColumn("{task.description}"),
        rich.progress.BarColumn(),
        rich.progress.TaskProgressColumn(),
        rich.progress.TimeElapsedColumn(),
    )
    # Reading takes about a quarter of the time; each other phase is one step.
    phases = ("comparing with who is known", "adding people", "enrolling")
    phases += ("checking and committing",)
    step = export.line_count / len(phases) * 3
    with rich.progress.Progress(*columns, console=console) as progress:
        task = progress.add_task("reading rows", total=export.line_count * 4)

        def show(phase: str, line: int) -> None:
            completed = line
            if phase in phases:
                completed = export.line_count + step * phases.index(phase)
            progress.update(task, description=phase, completed=completed)

        done = import_prospects(
            connection,
            workspace_id,
            campaign_id,
            export,
            is_dry_run=not commit,
            exported_by=exported_by,
            on_progress=show,
        )
        progress.update(task, description="done", completed=export.line_count * 4)
    return done


def _print_columns(export: "Export") -> None:
    headings = ("column in the file", "read as")
    print_table(headings, export.columns.named, err=True)
    for note in export.notes:
        say(note, err=True)


def _print_import(done: "Import", *, commit: bool) -> None:
    from trueup.imports.prospects import SKIPPED

    for row in done.refused[:MOST_REFUSED_SHOWN]:
        say(f"refused: {row}", err=True)
    if len(done.refused) > MOST_REFUSED_SHOWN:
        more = len(done.refused) - MOST_REFUSED_SHOWN
        say(f"refused: {more} more", err=True)
    for name in done.missing_fields:
        say(
            f"No column gives custom.{name}, which the campaign declares: a template "
            "that names it without a fallback parks these people.",
            err=True,
        )
    for lacked in done.lacked:
        say(f"{lacked}.", err=True)
    for too_long in done.too_long:
        say(f"{too_long}", err=True)
    if done.cleaned_names.count:
        say(f"{done.cleaned_names}.", err=True)
    verb = "enrolled" if commit else "would be enrolled"
    click.echo(
        f"{done.read} rows, {done.enrolled} {verb} ({done.new_people} new people)"
    )
    for kind, sentence in SKIPPED.items():
        if kind in done.skipped:
            click.echo(f"{done.skipped[kind]} not enrolled: {sentence}")
    click.echo(f"{len(done.refused)} refused")
    if done.hidden:
        click.echo(f"{done.hidden} passed over: LinkedIn does not name them")
    if done.cancelled_jobs:
        verb = "cancelled" if commit else "would be cancelled"
        click.echo(f"{done.cancelled_jobs} jobs of people not to be contacted {verb}")
    if not commit:
        click.echo(NOTHING_WRITTEN)
