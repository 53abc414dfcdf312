"""A campaign as its editor holds it: texts of a form, right or wrong.

Belongs here: a draft from a saved campaign or a sent form, its data in the shape of a
campaign file, moving its steps, and the field of each error. Does not: judging it,
which `trueup.campaigns` does for files and for drafts alike.
"""

import dataclasses
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from trueup.campaigns import Campaign, CampaignError, campaign_of
from trueup.campaigns.model import SETTINGS
from trueup.campaigns.reading import LETTERS
from trueup.console.forms import Form
from trueup.console.shown import plural, words
from trueup.templates import TEXT_FIELDS

ACTIONS = tuple(TEXT_FIELDS)
MOST_STEPS = 100
MOST_VARIANTS = 26
_SPANS = (("day", 86_400), ("hour", 3_600), ("minute", 60))
_ARRANGEMENT = re.compile(
    r"(add|up|down|remove|variant|unvariant)-(\w{1,20})(?:-(.*))?"
)


@dataclasses.dataclass
class DraftVariant:
    """One variant of a step. texts: by field; an empty one is left out."""

    name: str
    weight: str
    texts: dict[str, str]

    def as_data(self) -> dict[str, str]:
        return {field: text for field, text in self.texts.items() if text}


@dataclasses.dataclass
class DraftStep:
    """One step. step_id: the saved step that it is, 0 for a new one."""

    action: str
    step_id: int = 0
    key: str = ""
    delay: str = ""
    settings: dict[str, str] = dataclasses.field(default_factory=dict)
    variants: list[DraftVariant] = dataclasses.field(default_factory=list)

    def as_data(self) -> dict[str, Any]:
        data: dict[str, Any] = {"action": self.action}
        named = {"id": self.key, "delay": self.delay, **self.settings}
        data |= {name: text for name, text in named.items() if text}
        if len(self.variants) == 1:
            return data | self.variants[0].as_data()
        if self.variants:
            data["variants"] = [
                {"name": one.name, "weight": _number(one.weight), **one.as_data()}
                for one in self.variants
            ]
        return data


@dataclasses.dataclass
class Draft:
    """A campaign in its editor. version: of the saved campaign, empty for a new one."""

    workspace_id: int
    name: str
    account_ids: list[str]
    steps: list[DraftStep]
    custom_fields: str = ""
    stops_on_reply: bool = True
    marks_opt_outs: bool = False
    notify: list[str] = dataclasses.field(default_factory=list)
    version: str = ""

    def as_data(self) -> dict[str, Any]:
        """The draft in the shape of a campaign file; without accounts it has all."""
        accounts = [_number(one) for one in self.account_ids]
        return {
            "name": self.name,
            "workspace": self.workspace_id,
            **({"accounts": accounts} if accounts else {}),
            "custom_fields": self.custom_names(),
            "stop_on_reply": self.stops_on_reply,
            **({"on_opt_out": "mark"} if self.marks_opt_outs else {}),
            "notify": self.notify,
            "steps": [step.as_data() for step in self.steps],
        }

    def custom_names(self) -> list[str]:
        """The declared custom fields, which are typed with commas or blanks between."""
        return [name for name in re.split(r"[\s,]+", self.custom_fields) if name]

    def variant_names(self) -> list[str]:
        """The names of all variants, each once."""
        return sorted({one.name for step in self.steps for one in step.variants})

    def texts_alone(self) -> "Draft":
        """The same texts in steps whose other values are sound."""
        steps = [
            dataclasses.replace(
                step,
                key="",
                delay="1 day" if step.action == "wait" else "",
                settings={"post": "custom.post"} if step.action == "comment" else {},
                variants=[
                    dataclasses.replace(one, weight="1") for one in step.variants
                ],
            )
            for step in self.steps
        ]
        return dataclasses.replace(self, name="texts", notify=[], steps=steps)

    def campaign(self) -> Campaign:
        """The campaign that it describes. Raises RefusedCampaignError."""
        campaign = campaign_of(self.as_data())
        steps = tuple(
            dataclasses.replace(step, step_id=draft.step_id)
            for step, draft in zip(campaign.steps, self.steps, strict=True)
        )
        return dataclasses.replace(campaign, steps=steps)


def new_draft(workspace_id: int, account_ids: Sequence[int]) -> Draft:
    """A new campaign to begin with: an invite, its accept, and a message."""
    return Draft(
        workspace_id,
        "",
        [f"{one}" for one in account_ids],
        [
            _new_step("send_invite"),
            _new_step("wait_accept"),
            dataclasses.replace(_new_step("send_message"), delay="1 day"),
        ],
    )


def draft_of_saved(
    campaign: Mapping[str, Any], steps: Sequence[Mapping[str, Any]]
) -> Draft:
    """The draft of rows of `console_campaign` and `console_saved_steps`."""
    settings = campaign["settings"]
    return Draft(
        workspace_id=campaign["workspace_id"],
        name=campaign["campaign"],
        account_ids=[f"{one}" for one in campaign["account_ids"]],
        steps=[_step_of_saved(step) for step in steps],
        custom_fields=", ".join(campaign["custom_fields"]),
        stops_on_reply=settings.get("stop_on_reply", True),
        marks_opt_outs=settings.get("on_opt_out") == "mark",
        notify=list(campaign["notify"]),
        version=campaign["version"],
    )


def _step_of_saved(saved: Mapping[str, Any]) -> DraftStep:
    weights = saved["settings"].get("weights") or {}
    texts: dict[str, dict[str, str]] = {name: {} for name in sorted(weights)}
    for row in saved["templates"]:
        texts.setdefault(row["variant"], {})[row["field"]] = row["template"]
    fields = [field.name for field in TEXT_FIELDS[saved["action"]]]
    if fields and not texts:
        texts = {"A": {}}
    return DraftStep(
        action=saved["action"],
        step_id=saved["step_id"],
        key=saved["step_key"] or "",
        delay=span_of(saved["delay"]),
        settings={
            name: f"{saved['settings'].get(name, '')}"
            for name in SETTINGS.get(saved["action"], ())
        },
        variants=[
            DraftVariant(
                name,
                f"{weights.get(name, 1)}",
                {field: own.get(field, "") for field in fields},
            )
            for name, own in texts.items()
        ],
    )


def draft_of_form(form: Form, workspace_id: int, name: str) -> Draft:
    """The draft that an editor's form holds."""
    return Draft(
        workspace_id=workspace_id,
        name=name,
        account_ids=form.all("accounts"),
        steps=[
            _step_of_form(form, f"s{token}")
            for token in form.all("step")
            if token.isascii() and token.isdecimal() and form[f"s{token}-action"]
        ][: MOST_STEPS + 1],
        custom_fields=form["custom_fields"],
        stops_on_reply=form["stop_on_reply"] == "yes",
        marks_opt_outs=form["on_opt_out"] == "mark",
        notify=form.all("notify"),
        version=form["version"],
    )


def _step_of_form(form: Form, prefix: str) -> DraftStep:
    action = form[f"{prefix}-action"]
    step_id = form[f"{prefix}-id"]
    fields = [field.name for field in TEXT_FIELDS.get(action, ())]
    return DraftStep(
        action=action,
        step_id=int(step_id) if re.fullmatch("[0-9]{1,18}", step_id) else 0,
        key=form[f"{prefix}-key"],
        delay=form[f"{prefix}-delay"],
        settings={name: form[f"{prefix}-{name}"] for name in SETTINGS.get(action, ())},
        variants=[
            DraftVariant(
                name,
                form[f"{prefix}-{name}-weight"] or "1",
                {field: form[f"{prefix}-{name}-{field}"] for field in fields},
            )
            for name in form.all(f"{prefix}-variant")[: MOST_VARIANTS + 1]
        ],
    )


def arrange(draft: Draft, wanted: str) -> int:
    """Add, move or take out a step or a variant, in the draft alone.

    wanted: add-<action>, up-<number>, down-<number>, remove-<number>,
    variant-<number>, unvariant-<number>-<name>. Returns the number of the step to look
    at then, 0 for none; what is none of these changes nothing.
    """
    said = _ARRANGEMENT.fullmatch(wanted)
    if said is None:
        return 0
    what, subject, name = said.groups()
    steps = draft.steps
    if what == "add":
        if subject in ACTIONS:
            steps.append(_new_step(subject))
        return len(steps)
    place = int(subject) - 1 if re.fullmatch("[0-9]{1,3}", subject) else -1
    if not 0 <= place < len(steps):
        return 0
    if what == "remove":
        del steps[place]
        return min(place + 1, len(steps))
    if what in ("up", "down"):
        other = min(max(place + (1 if what == "down" else -1), 0), len(steps) - 1)
        steps[place], steps[other] = steps[other], steps[place]
        return other + 1
    variants = steps[place].variants
    if what == "unvariant":
        steps[place].variants = [one for one in variants if one.name != name] or (
            variants[:1]
        )
    elif variants and len(variants) < MOST_VARIANTS:
        taken = {one.name for one in variants}
        free = next(letter for letter in LETTERS if letter not in taken)
        variants.append(DraftVariant(free, "1", dict.fromkeys(variants[0].texts, "")))
    return place + 1


@dataclasses.dataclass(frozen=True)
class Loss:
    """What an arrangement takes out of a draft. step_id: of the saved step, else 0.

    variant: the name of the variant that goes, None for the whole step.
    """

    number: int
    step_id: int
    action: str
    variant: str | None
    text_count: int

    def sentence(self, people: int) -> str:
        """people: those who have not had the step yet."""
        texts = plural(self.text_count, "text")
        step = f"step {self.number}, {words(self.action)}"
        who = plural(people, "person", "people")
        if self.variant is None:
            return (
                f"This removes {step}, with {texts}. {who} under way will not get it. "
                "It is so once the campaign is saved."
            )
        return (
            f"This removes variant {self.variant} of {step}, with {texts}. {who} under "
            "way can get the other variants alone. It is so once the campaign is saved."
        )


def loss_of(whole: Draft, rest: Draft) -> Loss | None:
    """What an arrangement took out; None for nothing, or for what was new and empty."""
    if len(rest.steps) < len(whole.steps):
        number = next(
            (
                place
                for place, (step, left) in enumerate(
                    zip(whole.steps, rest.steps, strict=False), 1
                )
                if step != left
            ),
            len(whole.steps),
        )
        step = whole.steps[number - 1]
        gone, variant = step.variants, None
    else:
        pairs = enumerate(zip(whole.steps, rest.steps, strict=False), 1)
        found = [
            (place, one)
            for place, (step, left) in pairs
            for one in step.variants
            if len(left.variants) < len(step.variants) and one not in left.variants
        ]
        if not found:
            return None
        number, lost = found[0]
        step, gone, variant = whole.steps[number - 1], [lost], lost.name
    text_count = sum(bool(text) for one in gone for text in one.texts.values())
    if not step.step_id and not text_count:
        return None
    return Loss(number, step.step_id, step.action, variant, text_count)


def _new_step(action: str) -> DraftStep:
    fields = [field.name for field in TEXT_FIELDS[action]]
    return DraftStep(
        action,
        settings=dict.fromkeys(SETTINGS.get(action, ()), ""),
        variants=[DraftVariant("A", "1", dict.fromkeys(fields, ""))] if fields else [],
    )


def problems_of(
    draft: Draft, errors: Iterable[CampaignError]
) -> dict[str, list[CampaignError]]:
    """The errors by the name of the field that they are about.

    An error of a step as a whole is at `s<number>`, any other one at "".
    """
    found: dict[str, list[CampaignError]] = defaultdict(list)
    for error in errors:
        found[_field_of(draft, error)].append(error)
    return dict(found)


def _field_of(draft: Draft, error: CampaignError) -> str:
    match error.path:
        case ("steps", int(place), *rest) if place < len(draft.steps):
            prefix, step = f"s{place + 1}", draft.steps[place]
        case (str(first), *_) if first != "steps":
            return first
        case _:
            return ""
    own = {"delay": step.delay, **step.settings}
    match rest:
        case ["variants", int(number), *more] if number < len(step.variants):
            variant = step.variants[number]
            if more and (more[0] == "weight" or more[0] in variant.texts):
                return f"{prefix}-{variant.name}-{more[0]}"
        case [str(name)] if name in own:
            return f"{prefix}-{name}"
        case [str(name)] if step.variants and name in step.variants[0].texts:
            return f"{prefix}-{step.variants[0].name}-{name}"
    return prefix


def span_of(span: timedelta) -> str:
    """A length of time as campaign files write it; empty for none."""
    seconds = round(span.total_seconds())
    for unit, length in _SPANS:
        if seconds and seconds % length == 0:
            number = seconds // length
            return f"{number} {unit}{'' if number == 1 else 's'}"
    return ""


def _number(text: str) -> int | str:
    is_number = re.fullmatch("[0-9]{1,18}", text) is not None
    return int(text) if is_number else text
