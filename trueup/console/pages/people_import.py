"""Importing people: a file is checked by a dry run, and then exactly that is committed.

Belongs here: the two steps of the page. Does not: reading a file or enrolling people
(`trueup.imports`), which `trueup prospect import` does by the same functions.
"""

from collections.abc import Iterable

import psycopg
from starlette.requests import Request
from starlette.responses import Response

from trueup.console.forms import Form, RefusedError
from trueup.console.pages.campaigns import spread_words
from trueup.console.pages.people import campaigns_of, id_in
from trueup.console.rendering import render
from trueup.console.serving import (
    act,
    acting,
    actor_of,
    done,
    page,
    reading,
    rows_of,
)
from trueup.console.shown import plural
from trueup.console.uploads import Upload
from trueup.imports.prospect_rows import (
    Export,
    RefusedRow,
    UnreadableExportError,
    read_export,
)
from trueup.imports.prospects import (
    SKIPPED,
    Import,
    UnusableCampaignError,
    import_prospects,
)

LARGEST_FILE = 10_000_000
# Of a workbook or an archive when it is unpacked. A text in it is bounded as a file is.
LARGEST_ARCHIVE = 100_000_000
MOST_REASONS_SHOWN = 50


def show_import(request: Request) -> Response:
    """The form that takes a file."""
    return _show(request)


def _show(
    request: Request,
    upload: Upload | None = None,
    export: Export | None = None,
    checked: Import | None = None,
) -> Response:
    """The page; with what a dry run of the uploaded file came to, if there is one."""
    asked = (
        upload.workspace_id
        if upload
        else id_in(request.query_params.get("workspace", ""))
    )
    with reading(request) as connection:
        workspaces = rows_of(connection, "select * from outreach.console_workspaces()")
        chosen = [row for row in workspaces if asked in (None, row["workspace_id"])]
        campaigns = {
            f"{row['workspace_id']}/{campaign['campaign_id']}": (
                row["workspace"],
                campaign["campaign"],
            )
            for row in chosen
            for campaign in campaigns_of(connection, row["workspace_id"])
        }
    reasons = by_reason(checked.refused) if checked else []
    return render(
        request,
        "people_import.html",
        campaigns=campaigns,
        asked=request.query_params.get("campaign", ""),
        has_workspaces=len(workspaces) > 1,
        upload=upload,
        export=export,
        checked=checked,
        refused=reasons[:MOST_REASONS_SHOWN],
        more_reasons=max(len(reasons) - MOST_REASONS_SHOWN, 0),
        skipped=SKIPPED,
        largest=LARGEST_FILE,
    )


def by_reason(refused: Iterable[RefusedRow]) -> list[tuple[str, list[RefusedRow]]]:
    """The refused rows by their reason, the most frequent one first."""
    rows_of_reason: dict[str, list[RefusedRow]] = {}
    for row in refused:
        rows_of_reason.setdefault(row.reason, []).append(row)
    return sorted(rows_of_reason.items(), key=lambda one: -len(one[1]))


def check(request: Request, form: Form) -> Response:
    """Show what an import of the file would do."""
    owner, _, campaign = form["campaign"].partition("/")
    workspace_id, campaign_id = id_in(owner), id_in(campaign)
    if workspace_id is None or campaign_id is None:
        sentence = "Choose the campaign that enrolls them."
        raise RefusedError(sentence, {"campaign": sentence})
    content = form.files.get("file", b"")
    if not content:
        sentence = "Choose a file: a CSV, an Excel workbook or LinkedIn's archive."
        raise RefusedError(sentence, {"file": sentence})
    upload = request.app.state.uploads.keep(
        request.state.person.session_id,
        content,
        workspace_id,
        campaign_id,
        form["profile-column"] or None,
        form["encoding"] or None,
    )
    with acting(request) as connection:
        export, checked = _import(connection, upload, actor_of(request), commit=False)
    return _show(request, upload, export, checked)


def commit(request: Request, form: Form) -> Response:
    """Import exactly the file that was checked."""
    uploads = request.app.state.uploads
    session_id = request.state.person.session_id
    upload = uploads.of(session_id, form["key"])
    if upload is None:
        raise RefusedError(
            "The file that you checked is not kept any more, or you checked another "
            "one since. Nothing was imported; send it again."
        )
    with acting(request) as connection:
        _, imported = _import(connection, upload, actor_of(request), commit=True)
    uploads.forget(session_id)
    people = plural(imported.enrolled, "person is", "people are")
    left_out = plural(len(imported.refused), "row was", "rows were")
    return done(
        request,
        f"/people?campaign={upload.workspace_id}/{upload.campaign_id}",
        f"{people} enrolled; {left_out} refused."
        + (f" {spread_words(request)}" if imported.enrolled else ""),
    )


def _import(
    connection: psycopg.Connection, upload: Upload, actor: str, *, commit: bool
) -> tuple[Export, Import]:
    """Raises RefusedError with what is wrong with the file or the campaign."""
    try:
        row = connection.execute(
            "select custom_fields from outreach.campaigns"
            " where workspace_id = %s and campaign_id = %s",
            [upload.workspace_id, upload.campaign_id],
        ).fetchone()
        export = read_export(
            upload.content,
            row[0] if row else [],
            profile_column=upload.profile_column,
            encoding=upload.encoding,
            largest_file=LARGEST_FILE,
            largest_archive=LARGEST_ARCHIVE,
        )
        imported = import_prospects(
            connection,
            upload.workspace_id,
            upload.campaign_id,
            export,
            is_dry_run=not commit,
            actor=actor,
        )
    except (UnreadableExportError, UnusableCampaignError) as error:
        raise RefusedError(str(error)) from None
    except psycopg.errors.UniqueViolation:
        raise RefusedError(
            "Another import brought some of these people meanwhile. Send it again."
        ) from None
    return export, imported


ROUTES = [
    page("/people/import", show_import),
    act("/people/import/check", check, show_import, largest_file=LARGEST_FILE),
    act("/people/import/commit", commit, show_import),
]
