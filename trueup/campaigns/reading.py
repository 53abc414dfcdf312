"""Reading campaign files.

Belongs here: parsing a file's text into a `Campaign`, or all its errors. Does not:
templates (`template_checks.py`), or checks that need the database.
"""

import pathlib
from collections.abc import Mapping
from typing import Any

from trueup.campaigns.errors import CampaignError, RefusedCampaignError
from trueup.campaigns.model import SETTINGS, Campaign, Step, Variant
from trueup.campaigns.rules import step_errors
from trueup.campaigns.schema_check import schema_errors
from trueup.campaigns.template_checks import template_errors
from trueup.campaigns.yaml_lines import LinedData, Path, read_yaml
from trueup.templates import TEXT_FIELDS, field_names

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def read_campaign_file(path: pathlib.Path) -> Campaign:
    """The campaign of a file. Raises RefusedCampaignError, also if there is none."""
    source = str(path)
    try:
        content = path.read_bytes()
    except OSError as error:
        message = f"The file cannot be read: {error.strerror}. Check its name."
        raise RefusedCampaignError([CampaignError(0, message, source)]) from None
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        message = "The file is not in UTF-8. Save it as UTF-8."
        raise RefusedCampaignError([CampaignError(line, message, source)]) from None
    return parse_campaign(text, source)


def parse_campaign(text: str, source: str | None = None) -> Campaign:
    """The campaign of a file's text.

    Raises RefusedCampaignError if it does not match the schema; the errors include
    those in the texts of its readable steps. Rules are checked when it is checked or
    saved.
    """
    return _parsed(read_yaml(text, source), source)


def campaign_of(data: Mapping[str, Any]) -> Campaign:
    """The campaign of data in the shape of a campaign file, such as a form makes.

    Raises what `parse_campaign` raises; its errors have paths and no lines.
    """
    return _parsed(LinedData(data, {}), None)


def _parsed(lined: LinedData, source: str | None) -> Campaign:
    errors = schema_errors(lined, source)
    if errors:
        wrong = {error.step for error in errors}
        readable = _readable_part(lined, source, wrong)
        errors += template_errors(readable)
        # What a rule says of one step may depend on the actions of all, and the names.
        has_names = all(error.path[:1] != ("custom_fields",) for error in errors)
        if has_names and all(step.action in TEXT_FIELDS for step in readable.steps):
            sound = set(range(1, len(readable.steps) + 1)) - wrong
            errors += step_errors(readable, sound)
        raise RefusedCampaignError(errors)
    return _campaign(lined, source)


def _readable_part(
    lined: LinedData, source: str | None, unreadable: set[int | None]
) -> Campaign:
    """The steps that match the schema; of each other step, its action alone."""
    data = lined.data if isinstance(lined.data, dict) else {}
    steps, names = (data.get(key) for key in ("steps", "custom_fields"))
    return Campaign(
        name="",
        accounts=(),
        custom_fields=tuple(
            name for name in names if isinstance(name, str) and "," not in name
        )
        if isinstance(names, list)
        else (),
        steps=tuple(
            _action_alone(step)
            if number + 1 in unreadable
            else _step(step, ("steps", number))
            for number, step in enumerate(steps)
        )
        if isinstance(steps, list)
        else (),
        source=source,
        places=lined.places,
    )


def _action_alone(step: object) -> Step:
    action = step.get("action") if isinstance(step, dict) else None
    return Step(action if isinstance(action, str) else "")


def _campaign(lined: LinedData, source: str | None) -> Campaign:
    data = lined.data
    return Campaign(
        name=data["name"].strip(),
        workspace=data.get("workspace"),
        accounts=tuple(data.get("accounts", ())),
        custom_fields=tuple(data.get("custom_fields", ())),
        settings={"stop_on_reply": data.get("stop_on_reply", True)}
        | {name: data[name] for name in ("on_opt_out",) if name in data},
        notify=tuple(data.get("notify", ())),
        steps=tuple(
            _step(step, ("steps", number)) for number, step in enumerate(data["steps"])
        ),
        source=source,
        places=lined.places,
    )


def _step(data: Mapping[str, Any], path: Path) -> Step:
    action = data["action"]
    settings = {name: data[name] for name in SETTINGS.get(action, ()) if name in data}
    return Step(
        action=action,
        key=data.get("id"),
        delay=str(data.get("delay", 0)),
        variants=_variants(action, data, path),
        settings=settings,
        path=path,
    )


def _variants(action: str, data: Mapping[str, Any], path: Path) -> tuple[Variant, ...]:
    fields = field_names(action)
    own = {name: data[name] for name in fields if name in data}
    single = (Variant("A", 1, own, path),) if own else ()
    return single + tuple(
        Variant(
            name=variant.get("name", LETTERS[number]),
            weight=variant.get("weight", 1),
            templates={name: variant[name] for name in fields if name in variant},
            path=(*path, "variants", number),
        )
        for number, variant in enumerate(data.get("variants", ()))
    )
