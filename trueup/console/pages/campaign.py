"""The editor of a campaign: its steps and texts, judged, previewed and saved.

Belongs here: the page and its acts. Does not: the draft that it holds (`drafts.py`), or
rules, which a save has (`trueup.campaigns`). Validate and Preview answer with the page;
the script of the console takes the parts that changed out of it.
"""

import contextlib
import copy
import dataclasses
import functools
import re
from collections.abc import Iterable, Sequence
from typing import Any

import psycopg
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from trueup.campaigns import (
    CampaignError,
    RefusedCampaignError,
    SavedCampaign,
    TooLongText,
    find_errors,
    find_too_long,
    save_campaign,
)
from trueup.campaigns.template_checks import template_errors
from trueup.console.drafts import (
    ACTIONS,
    Draft,
    arrange,
    draft_of_form,
    draft_of_saved,
    loss_of,
    new_draft,
    problems_of,
)
from trueup.console.forms import Form, RefusedError, ask
from trueup.console.pages.accounts import filters_of
from trueup.console.pages.campaigns import (
    WHY,
    fill_with_people,
    key_of,
    longest_spread,
    path_of,
    set_pause,
    spread_words,
)
from trueup.console.rendering import Refusal, render
from trueup.console.serving import (
    act,
    acting,
    actor_of,
    done,
    page,
    previewing,
    reading,
    row_of,
    rows_of,
)
from trueup.console.shown import plain, plural
from trueup.imports.profile_addresses import UnreadableProfileError, read_profile
from trueup.postgres.finding import UnknownNameError, candidates, the_one
from trueup.sender.preview import PreviewedPerson, preview_saved, preview_unsaved
from trueup.templates import FIELDS, explain, longest_allowed
from trueup.templates.positions import utf16_length

NEW = "/campaigns/new"
MOST_PREVIEWED = 200
# Before an arrangement that is to be asked about.
ASKING = "ask-"
# In characters, so that the caret is in sight on a narrow screen.
WIDEST_LINE = 60
# What the form calls the parts of a campaign file.
_FIELDS = {
    "accounts": "Accounts",
    "custom_fields": "Custom fields",
    "delay": "Wait before it",
    "move_on": "Go on without an accept",
    "name": "Name",
    "on_note_limit": "When no more notes may be sent",
    "on_time_out": "After that",
    "post": "Post",
    "time_out": "At most",
    "weight": "Weight",
    "withdraw": "Withdraw the invite",
}


@dataclasses.dataclass
class Shown:
    """What an act leaves for the page: the draft as it was typed, and its errors.

    errors: None for those of its texts. checked: the number of the step that was
    validated and has none. focus: the number of the step to look at. previewed: people,
    None if no preview was asked for. typed: the sent form, if there is one. too_long:
    the texts of the validated step that are too long for some people. question: what
    the arrangement `asked` would take out of the step `asked_at`.
    """

    draft: Draft
    errors: Sequence[CampaignError] | None = None
    checked: int = 0
    focus: int = 0
    previewed: list[PreviewedPerson] | None = None
    typed: Form | None = None
    too_long: Sequence[TooLongText] = ()
    asked: str = ""
    asked_at: int = 0
    question: str = ""


def show_campaign(request: Request) -> Response:
    """The editor of a saved campaign."""
    workspace_id, campaign_id = key_of(request)
    with reading(request) as connection:
        campaign = _campaign_of(connection, request)
        fill_with_people(connection, campaign)
        steps = _saved_steps_of(connection, campaign)
        parked = _parked_of(connection, campaign)
        senders = _senders_of(connection, workspace_id)
    shown: Shown | None = getattr(request.state, "shown", None)
    if shown is None:
        shown = Shown(draft_of_saved(campaign, steps))
    return _render(
        request,
        shown,
        senders,
        base=path_of(workspace_id, campaign_id),
        campaign=campaign,
        parked=parked,
        people_of={step["step_id"]: step["active_count"] for step in steps},
    )


def show_new(request: Request) -> Response:
    """The editor of a campaign that is not saved yet, in a chosen workspace."""
    shown: Shown | None = getattr(request.state, "shown", None)
    wanted = filters_of(request).workspace_id
    with reading(request) as connection:
        workspaces = rows_of(connection, "select * from outreach.console_workspaces()")
        if shown is not None:
            wanted = shown.draft.workspace_id
        elif len(workspaces) == 1:
            wanted = workspaces[0]["workspace_id"]
        chosen = [one for one in workspaces if one["workspace_id"] == wanted]
        senders = _senders_of(connection, wanted) if chosen else []
    if not chosen:
        return render(request, "campaign_new.html", workspaces=workspaces)
    if shown is None:
        ids = [one["account_id"] for one in senders] if len(senders) == 1 else []
        shown = Shown(new_draft(chosen[0]["workspace_id"], ids))
    return _render(
        request,
        shown,
        senders,
        base=NEW,
        campaign={**chosen[0], "campaign": None, "parked_count": 0},
        parked=[],
        people_of={},
    )


def show_banner(request: Request) -> Response:
    """The banner alone, which the page asks for again while it is open."""
    with reading(request) as connection:
        campaign = _campaign_of(connection, request)
        fill_with_people(connection, campaign)
        parked = _parked_of(connection, campaign)
    return render(request, "campaign_banner.html", campaign=campaign, parked=parked)


def _campaign_of(connection: psycopg.Connection, request: Request) -> dict[str, Any]:
    workspace_id, campaign_id = key_of(request)
    return row_of(
        connection,
        "select * from outreach.console_campaign(%(workspace_id)s, %(campaign_id)s)",
        {"workspace_id": workspace_id, "campaign_id": campaign_id},
    )


def _saved_steps_of(
    connection: psycopg.Connection, campaign: dict[str, Any]
) -> list[dict[str, Any]]:
    return rows_of(
        connection,
        "select * from outreach.console_saved_steps(%(workspace_id)s, %(campaign_id)s)",
        campaign,
    )


def _parked_of(
    connection: psycopg.Connection, campaign: dict[str, Any]
) -> list[dict[str, Any]]:
    return rows_of(
        connection,
        "select * from outreach.console_parked_steps("
        "%(workspace_id)s, %(campaign_id)s)",
        campaign,
    )


def _senders_of(
    connection: psycopg.Connection, workspace_id: int | None
) -> list[dict[str, Any]]:
    return rows_of(
        connection,
        "select * from outreach.console_senders(%(workspace_id)s)",
        {"workspace_id": workspace_id},
    )


def _text_errors(draft: Draft, *, is_for_free_accounts: bool) -> list[CampaignError]:
    """What is wrong with the texts, such as those that were saved before a rule."""
    try:
        campaign = draft.campaign()
    except RefusedCampaignError as refused:
        return [error for error in refused.errors if error.cause is not None]
    return template_errors(campaign, is_for_free_accounts=is_for_free_accounts)


def _with_text_errors(
    draft: Draft, errors: Sequence[CampaignError]
) -> Sequence[CampaignError]:
    """The errors, and those of texts that were not judged for the sake of a setting."""
    if any(error.cause is not None for error in errors):
        return errors
    return [*errors, *_text_errors(draft.texts_alone(), is_for_free_accounts=False)]


def _is_for_free_accounts(draft: Draft, senders: Sequence[dict[str, Any]]) -> bool:
    chosen = [one for one in senders if f"{one['account_id']}" in draft.account_ids]
    return any(not one["has_premium"] for one in chosen)


def _render(
    request: Request,
    shown: Shown,
    senders: Sequence[dict[str, Any]],
    **context: object,
) -> Response:
    is_free = _is_for_free_accounts(shown.draft, senders)
    errors = shown.errors
    if errors is None:
        errors = _text_errors(shown.draft, is_for_free_accounts=is_free)
    return render(
        request,
        "campaign.html",
        draft=shown.draft,
        shown=shown,
        problems=problems_of(shown.draft, errors),
        alerts=_alerts_of(errors),
        senders=senders,
        actions=ACTIONS,
        fields=sorted(FIELDS),
        longest=lambda field: longest_allowed(field, is_for_free_accounts=is_free),
        longest_free_note=longest_allowed("note", is_for_free_accounts=True),
        characters_left=characters_left,
        lines_of=functools.partial(lines_of, shown.draft),
        **context,
    )


def _alerts_of(errors: Iterable[CampaignError]) -> list[tuple[int | None, str]]:
    """A sentence for each step that is wrong, and those that are about no step."""
    sentences: dict[tuple[int | None, str], None] = {}
    for error in errors:
        if error.step is None:
            sentence = in_words_of_the_form(error.message)
        elif error.code == "occupied":
            sentence = f"Step {error.step} cannot be removed"
        elif error.code == "campaign":
            sentence = f"Step {error.step} cannot be saved"
        elif error.code == "too_long":
            sentence = f"Step {error.step} has a text that is too long"
        else:
            sentence = f"Step {error.step} has a template syntax error"
        sentences[error.step, sentence] = None
    return sorted(sentences, key=lambda one: one[0] or 0)


def lines_of(draft: Draft, error: CampaignError) -> list[str]:
    """The sentence of an error, and its source line with the caret if it has one."""
    if error.cause is None or error.step is None:
        return in_words_of_the_form(error.message).splitlines()
    texts = {one.name: one.texts for one in draft.steps[error.step - 1].variants}
    text = texts.get(error.variant, {}).get(error.field, "")
    lines = explain([error.cause], text, widest=WIDEST_LINE, written=plain)
    return lines.splitlines()


def in_words_of_the_form(message: str) -> str:
    """A sentence about a campaign file, with the names of the form's fields."""
    message = message.replace(", or take the line out.", ".")
    message = message.replace(" Write it there.", " Fill it in.")
    message = re.sub(
        r"`(\w+): (\w+(?: \w+)?)`", lambda named: f"`{named[1]}`: `{named[2]}`", message
    )
    return re.sub(
        r"`(\w+(?: \w+)?)`",
        lambda named: f"“{_FIELDS.get(named[1], named[1])}”",
        message,
    )


def characters_left(text: str, most: int | None) -> str:
    """How much more a text may have, as the provider counts and the script says."""
    length = utf16_length(text)
    if most is None:
        return f"{length} character{'' if length == 1 else 's'}"
    if length > most:
        return f"{length - most} characters more than the {most} allowed"
    return f"{most - length} of {most} characters left"


def validate(request: Request, form: Form) -> Response:
    """Judge one step as a save would do. Nothing is saved."""
    draft = _draft_of(request, form)
    number = form["validate"]
    step = int(number) if number.isdecimal() and len(number) <= 3 else 0
    if not 1 <= step <= len(draft.steps):
        raise HTTPException(400, "The form names no step that could be validated.")
    errors = [one for one in _errors_of(request, draft) if one.step == step]
    if errors:
        return _answer(request, Shown(draft, errors, focus=step, typed=form))
    too_long = [one for one in _too_long_of(request, draft) if one.step == step]
    return _answer(
        request,
        Shown(draft, [], checked=step, focus=step, typed=form, too_long=too_long),
    )


def preview(request: Request, form: Form) -> Response:
    """Show the texts as people will read them, or what would park them."""
    draft = _draft_of(request, form)
    shown = request.state.shown = Shown(draft, typed=form)
    try:
        with previewing(request) as connection:
            person_id = _person_of(
                connection, draft.workspace_id, form["preview-person"]
            )
            people = preview_unsaved(connection, draft.campaign(), person_id)
    except UnknownNameError as unknown:
        raise RefusedError("", {"preview-person": str(unknown)}) from None
    except RefusedCampaignError as refused:
        shown.errors = refused.errors
        raise RefusedError("") from None
    shown.previewed = _chosen_texts(people, form)
    return _answer(request, shown)


def show_preview(request: Request) -> Response:
    """The saved texts as people will read them, for those who change nothing."""
    workspace_id, campaign_id = key_of(request)
    query = request.query_params
    asked = Form({name: [query[name].replace("\x00", "").strip()] for name in query})
    with reading(request) as connection:
        campaign = _campaign_of(connection, request)
        draft = draft_of_saved(campaign, _saved_steps_of(connection, campaign))
    shown = request.state.shown = Shown(draft, typed=asked)
    try:
        with previewing(request) as connection:
            person_id = _person_of(connection, workspace_id, asked["preview-person"])
            people = preview_saved(connection, workspace_id, campaign_id, person_id)
        shown.previewed = _chosen_texts(people, asked)
    except UnknownNameError as unknown:
        wrong = {"preview-person": str(unknown)}
        request.state.refusal = Refusal("preview", "", dict(asked), wrong)
    return show_campaign(request)


def _chosen_texts(
    people: Sequence[PreviewedPerson], form: Form
) -> list[PreviewedPerson]:
    """The people with the texts of the step and the variant that are wanted."""
    return [
        dataclasses.replace(
            person,
            texts=[
                text
                for text in person.texts
                if form["preview-step"] in ("", f"{text.step}")
                and form["preview-variant"] in ("", text.variant)
            ][:MOST_PREVIEWED],
        )
        for person in people
    ]


def _person_of(
    connection: psycopg.Connection, workspace_id: int, wanted: str
) -> int | None:
    """The id of the person who is wanted, None for the ones that are next.

    Raises UnknownNameError.
    """
    if not wanted:
        return None
    profile = (None, None)
    with contextlib.suppress(UnreadableProfileError):
        read = read_profile(wanted)
        profile = read.provider_id, read.public_identifier
    found = candidates(
        connection,
        "select * from outreach.find_prospects(%s, %s, %s, %s)",
        wanted,
        *profile,
        workspace_id,
    )
    hint = "Give the whole name, the profile's address, an email address or the id."
    return the_one("prospect", wanted, found, hint).found_id


def rearrange(request: Request, form: Form) -> Response:
    """Add, move or take out a step or a variant of the draft. Nothing is saved.

    What would take out texts or a saved step asks first, where its button says so.
    """
    draft = _draft_of(request, form)
    whole = copy.deepcopy(draft)
    wanted = form["arrange"].removeprefix(ASKING)
    before = list(draft.steps)
    focus = arrange(draft, wanted)
    left = [number for number, step in enumerate(before, 1) if step not in draft.steps]
    for number in left:
        occupied = [
            dataclasses.replace(one, step=number, path=("steps", number - 1))
            for one in _errors_of(request, draft)
            if one.code == "occupied"
        ]
        if occupied:
            draft.steps = before
            request.state.shown = Shown(draft, occupied, focus=number, typed=form)
            raise RefusedError("")
    loss = loss_of(whole, draft) if form["arrange"] != wanted else None
    if loss is not None:
        question = loss.sentence(_people_before(request, loss.step_id))
        asking = Shown(
            whole, typed=form, asked=wanted, asked_at=loss.number, question=question
        )
        return _answer(request, asking)
    return _answer(request, Shown(draft, focus=focus, typed=form))


def _people_before(request: Request, step_id: int) -> int:
    """How many people are under way to a saved step, or at it; 0 for a new step."""
    if "campaign_id" not in request.path_params:
        return 0
    workspace_id, campaign_id = key_of(request)
    with reading(request) as connection:
        steps = _saved_steps_of(
            connection, {"workspace_id": workspace_id, "campaign_id": campaign_id}
        )
    ids = [step["step_id"] for step in steps]
    if step_id not in ids:
        return 0
    return sum(step["active_count"] for step in steps[: ids.index(step_id) + 1])


def save(request: Request, form: Form) -> Response:
    """Save the campaign, which re-arms the people who waited for a mended text."""
    workspace_id, campaign_id = key_of(request)
    saved = _save(request, form, _draft_of(request, form), is_new=False)
    return done(request, path_of(workspace_id, campaign_id), _said(request, saved))


def save_new(request: Request, form: Form) -> Response:
    """Save a new campaign as a draft, which begins when a person starts it."""
    saved = _save(request, form, _draft_of(request, form), is_new=True)
    return done(
        request,
        path_of(saved.workspace_id, saved.campaign_id),
        f"{saved.name} is saved as a draft. Import people, then start it.",
    )


def _save(request: Request, form: Form, draft: Draft, *, is_new: bool) -> SavedCampaign:
    shown = request.state.shown = Shown(draft, typed=form)
    try:
        with acting(request) as connection, connection.transaction():
            saved = save_campaign(
                connection,
                draft.campaign(),
                actor=actor_of(request),
                is_draft=is_new,
                expected_version=None if is_new else draft.version,
            )
            if saved.is_new != is_new:
                raise RefusedCampaignError([_name_taken(draft.name)])
            _ask_about_accounts(request, form, saved)
    except RefusedCampaignError as refused:
        shown.errors = _with_text_errors(draft, refused.errors)
        raise RefusedError("") from None
    return saved


def _ask_about_accounts(request: Request, form: Form, saved: SavedCampaign) -> None:
    """Goes on after a yes to the accounts that a save takes out of a campaign, if any.

    The save is not committed yet: what a reader sees is what was.
    """
    with reading(request) as connection:
        left_out = rows_of(
            connection,
            "select * from outreach.console_left_out_accounts("
            "%(workspace_id)s, %(campaign_id)s, %(account_ids)s::bigint[])",
            dataclasses.asdict(saved) | {"account_ids": list(saved.account_ids)},
        )
    if not left_out:
        return
    accounts = plural(len(left_out), "account")
    sentences = [
        f"This takes {accounts} out of the campaign: imports give no more people to "
        f"{'it' if len(left_out) == 1 else 'them'}."
    ]
    for one in left_out:
        people = plural(one["people_count"], "person", "people")
        jobs = plural(one["job_count"], "job")
        sentences.append(
            f"{one['account']}: {people} under way and {jobs}, which stay with it."
        )
    asked = " ".join(f"{one['account_id']}" for one in left_out)
    ask(form, asked, " ".join(sentences))


def _name_taken(name: str) -> CampaignError:
    return CampaignError(
        0,
        f"There is a campaign {name} in this workspace. Choose another name, or edit "
        "that one.",
        path=("name",),
    )


def _said(request: Request, saved: SavedCampaign) -> str:
    sentences = ["The campaign is saved."]
    if saved.rearming.rearmed:
        count = saved.rearming.rearmed
        people = "1 prospect goes" if count == 1 else f"{count:,} prospects go"
        spread = longest_spread(request)
        sentences.append(f"{people} on within {spread} of the next sending window.")
    sentences += [
        f"{row.count:,} stay parked: {row.reason.splitlines()[0]}"
        for row in saved.rearming.still_parked[:3]
    ]
    sentences += [str(one) for one in saved.too_long[:2]]
    return " ".join(sentences)


def _draft_of(request: Request, form: Form) -> Draft:
    if "workspace_id" not in request.path_params:
        workspace = form["workspace"]
        if not (workspace.isascii() and workspace.isdecimal() and len(workspace) < 19):
            raise HTTPException(400, "The form names no workspace.")
        return draft_of_form(form, int(workspace), form["name"])
    with reading(request) as connection:
        campaign = _campaign_of(connection, request)
    return draft_of_form(form, campaign["workspace_id"], campaign["campaign"])


def _errors_of(request: Request, draft: Draft) -> Sequence[CampaignError]:
    """All for which a save of the draft would be refused now."""
    try:
        with acting(request) as connection:
            return find_errors(connection, draft.campaign())
    except RefusedCampaignError as refused:
        return _with_text_errors(draft, refused.errors)


def _too_long_of(request: Request, draft: Draft) -> Sequence[TooLongText]:
    """The texts that are too long for some people; none while another step is wrong."""
    try:
        with acting(request) as connection:
            return find_too_long(connection, draft.campaign())
    except RefusedCampaignError:
        return ()


def _answer(request: Request, shown: Shown) -> Response:
    request.state.shown = shown
    is_saved = "campaign_id" in request.path_params
    return show_campaign(request) if is_saved else show_new(request)


def pause(request: Request, form: Form) -> Response:
    """Pause every send of the campaign whose call has not begun."""
    set_pause(request, is_paused=True, reason=form.needed("reason", WHY))
    return done(request, path_of(*key_of(request)), "The campaign is paused.")


def resume(request: Request, form: Form) -> Response:
    """Let the campaign go on."""
    set_pause(request, is_paused=False, reason=form.needed("reason", WHY))
    return done(request, path_of(*key_of(request)), "The campaign goes on.")


def start(request: Request, _form: Form) -> Response:
    """Start a campaign that was saved and never ran."""
    set_pause(request, is_paused=False, reason="started")
    return done(
        request,
        path_of(*key_of(request)),
        f"The campaign is started. {spread_words(request)}",
    )


_PATH = "/campaigns/{workspace_id}/{campaign_id}"
ROUTES = [
    page(NEW, show_new),
    act(f"{NEW}/save", save_new, show_new),
    act(f"{NEW}/validate", validate, show_new),
    act(f"{NEW}/preview", preview, show_new),
    act(f"{NEW}/arrange", rearrange, show_new),
    page(_PATH, show_campaign),
    page(f"{_PATH}/banner", show_banner),
    page(f"{_PATH}/preview", show_preview),
    act(f"{_PATH}/save", save, show_campaign),
    act(f"{_PATH}/validate", validate, show_campaign),
    act(f"{_PATH}/preview", preview, show_campaign),
    act(f"{_PATH}/arrange", rearrange, show_campaign),
    act(f"{_PATH}/pause", pause, show_campaign),
    act(f"{_PATH}/resume", resume, show_campaign),
    act(f"{_PATH}/start", start, show_campaign),
]
