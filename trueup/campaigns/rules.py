"""Rules for campaigns that a JSON schema cannot express.

Belongs here: the order of steps, duplicate names, and missing texts, which the sender
could not process. Does not: templates themselves, or accounts.
"""

import re
from collections.abc import Container, Iterator

from trueup.campaigns.errors import CampaignError
from trueup.campaigns.model import Campaign, Step
from trueup.campaigns.yaml_lines import Path
from trueup.templates import needed_fields

# The steps that must precede a step of each action.
_NEEDS_BEFORE = {
    "wait_accept": ("send_invite", "there is no invite whose accept it could wait for"),
    "send_message": (
        "wait_accept",
        "LinkedIn takes messages to connections only, and nothing before it waits for "
        "the accept of an invite",
    ),
}
# Of these settings, each needs the other.
_PARTNERS = {"time_out": "on_time_out", "on_time_out": "time_out"}
_NO_TIME = re.compile(r"0+(?![0-9])")
# Without an invite, a campaign's messages go to existing connections, because an import
# enrolls no other people.
_NEEDED_WITH_INVITES_ONLY = "send_message"
_AT_MOST_ONCE = ("resolve_profile", "send_invite", "wait_accept")
_SENDING = ("send_invite", "send_message", "send_inmail", "comment")


def rule_errors(campaign: Campaign) -> list[CampaignError]:
    """All errors in the order and the names of a campaign's parts."""
    found = [
        *_repeated_names(campaign),
        *_order(campaign.steps),
        *_time_outs(campaign.steps),
        *_note_limits(campaign.steps),
        *_texts(campaign),
    ]
    if not campaign.name:
        found.append((("name",), None, "`name` is empty. Give the campaign a name."))
    return _errors(campaign, found)


def step_errors(campaign: Campaign, numbers: Container[int]) -> list[CampaignError]:
    """The errors within some steps, where others cannot be read."""
    found = [
        *_time_outs(campaign.steps),
        *_note_limits(campaign.steps),
        *_texts(campaign),
    ]
    return _errors(campaign, [one for one in found if one[1] in numbers])


def _errors(campaign: Campaign, found: list["_Found"]) -> list[CampaignError]:
    return [
        CampaignError(
            campaign.line(_place_of(campaign, path)),
            message,
            campaign.source,
            step=step,
            path=path,
        )
        for path, step, message in found
    ]


def _place_of(campaign: Campaign, path: Path) -> Path:
    """Where a value stands; of one that is lacking, where its partner does."""
    if path in campaign.places or not path or path[-1] not in _PARTNERS:
        return path
    return (*path[:-1], _PARTNERS[path[-1]])


_Found = tuple[Path, int | None, str]


def _repeated_names(campaign: Campaign) -> Iterator[_Found]:
    seen: set[str] = set()
    for number, name in enumerate(campaign.custom_fields):
        if name in seen:
            yield ("custom_fields", number), None, f"`{name}` is declared twice."
        seen.add(name)
    keys: dict[str, int] = {}
    for number, step in enumerate(campaign.steps, start=1):
        if step.key is not None and step.key in keys:
            yield (
                (*step.path, "id"),
                number,
                f"Step {number} has the id `{step.key}` of step {keys[step.key]}. "
                "Give it another.",
            )
        elif step.key is not None:
            keys[step.key] = number
        names = [variant.name for variant in step.variants]
        for name in sorted({name for name in names if names.count(name) > 1}):
            yield (
                (*step.path, "variants"),
                number,
                f"Step {number} has two variants {name}. Name them apart, and write "
                "texts either in the step or in its variants.",
            )


def _order(steps: tuple[Step, ...]) -> Iterator[_Found]:
    done: set[str] = set()
    invites = any(step.action == "send_invite" for step in steps)
    for number, step in enumerate(steps, start=1):
        path = (*step.path, "action")
        needed, why = _NEEDS_BEFORE.get(step.action, (None, ""))
        if step.action == _NEEDED_WITH_INVITES_ONLY and not invites:
            needed = None
        if needed is not None and needed not in done:
            yield (
                path,
                number,
                f"Step {number} ({step.action}) can never be done: {why}. Put "
                f"`{needed}` before it.",
            )
        if step.action in _AT_MOST_ONCE and step.action in done:
            yield (
                path,
                number,
                f"Step {number} ({step.action}) stands here a second time. A person is "
                "looked up, invited and waited for once in a campaign.",
            )
        if step.action == "resolve_profile" and done & set(_SENDING):
            yield (
                path,
                number,
                f"Step {number} (resolve_profile) comes after a step that sends. "
                "Put it first.",
            )
        done.add(step.action)
    if not done & set(_SENDING):
        yield (
            ("steps",),
            None,
            "No step sends anything. Add one, such as `send_invite`.",
        )


def _time_outs(steps: tuple[Step, ...]) -> Iterator[_Found]:
    for number, step in enumerate(steps, start=1):
        time_out = step.settings.get("time_out")
        on_time_out = step.settings.get("on_time_out")
        if (time_out is None) != (on_time_out is None):
            has, lacks = "time_out", "on_time_out"
            if time_out is None:
                has, lacks = lacks, has
            yield (
                (*step.path, lacks),
                number,
                f"Step {number} has `{has}` without `{lacks}`. A time-out says when, "
                "and whether it will `withdraw` or `move_on`.",
            )
        elif time_out is not None and _NO_TIME.match(str(time_out)):
            yield (
                (*step.path, "time_out"),
                number,
                f"Step {number} waits for no time at all. Write `time_out: 21 days`.",
            )
        if on_time_out == "move_on":
            later = (step.action for step in steps[number:] if step.action != "wait")
            if next(later, None) == "send_message":
                yield (
                    (*step.path, "on_time_out"),
                    number,
                    f"Step {number} moves on to a message to people who never "
                    "accepted, and LinkedIn takes messages to connections only. Write "
                    "`on_time_out: withdraw`, or let an InMail or a comment follow.",
                )


def _note_limits(steps: tuple[Step, ...]) -> Iterator[_Found]:
    for number, step in enumerate(steps, start=1):
        if "on_note_limit" in step.settings and not any(
            "note" in variant.templates for variant in step.variants
        ):
            yield (
                (*step.path, "on_note_limit"),
                number,
                f"Step {number} has `on_note_limit` and no note. Write a `note`, or "
                "leave the key out.",
            )


def _texts(campaign: Campaign) -> Iterator[_Found]:
    for number, step in enumerate(campaign.steps, start=1):
        for field in needed_fields(step.action):
            if not step.variants or any(
                field not in variant.templates for variant in step.variants
            ):
                yield (
                    step.path,
                    number,
                    f"Step {number} ({step.action}) has no `{field}`. Write it there.",
                )
        if step.action == "wait" and _NO_TIME.match(step.delay):
            yield (
                (*step.path, "delay"),
                number,
                f"Step {number} waits for no time at all. Write `delay: 2 days`.",
            )
        post = str(step.settings.get("post", "custom.")).removeprefix("custom.")
        if post and post not in campaign.custom_fields:
            yield (
                (*step.path, "post"),
                number,
                f"Step {number} finds its post in custom.{post}, which is not "
                f"declared. Add `{post}` to `custom_fields`.",
            )
