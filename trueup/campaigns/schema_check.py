"""Checking a campaign against the JSON schema, with errors as sentences.

Belongs here: applying `campaign.schema.json` and wording its errors. Does not: rules
that a schema cannot express (`rules.py`).
"""

import difflib
import importlib.resources
import json
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import jsonschema

from trueup.campaigns.errors import CampaignError
from trueup.campaigns.yaml_lines import LinedData, Path

_KINDS = {
    "string": "a text",
    "integer": "a whole number",
    "array": "a list",
    "object": "a set of `key: value` lines",
    "boolean": "true or false",
    "number": "a number",
}


def schema_errors(lined: LinedData, source: str | None) -> list[CampaignError]:
    """All errors of the schema, each with its line."""
    found = {
        CampaignError(lined.line(path), message, source, step=_step_of(path), path=path)
        for error in _validator().iter_errors(lined.data)
        for path, message in _sentences(error)
    }
    return sorted(found, key=lambda error: (error.line, error.message))


@lru_cache(maxsize=1)
def _validator() -> jsonschema.Draft7Validator:
    text = (
        importlib.resources.files("trueup.campaigns")
        .joinpath("campaign.schema.json")
        .read_text(encoding="utf-8")
    )
    return jsonschema.Draft7Validator(json.loads(text))


def _step_of(path: Path) -> int | None:
    if len(path) > 1 and path[0] == "steps" and isinstance(path[1], int):
        return path[1] + 1
    return None


def _sentences(error: jsonschema.ValidationError) -> Iterator[tuple[Path, str]]:
    path = tuple(error.absolute_path)
    what = f"{_where(path)} " if path else "A campaign "
    match error.validator:
        case "additionalProperties":
            known = sorted(error.schema["properties"])
            for key in sorted(set(error.instance) - set(known)):
                yield (*path, key), f"{what}has no `{key}`. {_meant(key, known)}"
        case "required":
            for key in error.validator_value:
                if key not in error.instance:
                    yield path, f"{what}needs `{key}`."
        case "enum":
            given, known = error.instance, error.validator_value
            yield path, f"{what}cannot be {_shown(given)}. {_meant(str(given), known)}"
        case "type":
            wanted = error.validator_value
            kinds = wanted if isinstance(wanted, list) else [wanted]
            kinds_text = " or ".join(_KINDS[kind] for kind in kinds)
            hint = _quoting_hint(error.instance, kinds)
            yield (
                path,
                f"{what}must be {kinds_text}, not {_shown(error.instance)}.{hint}",
            )
        case "minLength" | "minItems":
            yield path, _too_little(what, error)
        case "maxLength" | "maxItems":
            yield path, f"{what}is too long: at most {error.validator_value}."
        case "pattern" | "minimum" | "maximum":
            yield path, f"{what}cannot be {_shown(error.instance)}.{_expected(error)}"
        case _:
            yield path, f"{what}is refused: {error.message}."


def _where(path: Path) -> str:
    parts = []
    if path[0] == "steps" and len(path) > 1:
        parts.append(f"Step {path[1] + 1}")
        rest = path[2:]
        if rest[:1] == ("variants",) and len(rest) > 1:
            parts.append(f"variant {rest[1] + 1}")
            rest = rest[2:]
    else:
        rest = path
    if rest:
        name = str(rest[0])
        if len(rest) > 1:
            name += f"[{rest[1] + 1}]" if isinstance(rest[1], int) else f".{rest[1]}"
        parts.append(f"`{name}`")
    return ", ".join(parts)


def _shown(value: Any) -> str:  # noqa: ANN401
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else f"{text[:57]}…"


def _meant(word: str, known: list[str]) -> str:
    near = difflib.get_close_matches(word, known, n=1)
    if near:
        return f"Did you mean `{near[0]}`?"
    return f"Known are {', '.join(f'`{name}`' for name in known)}."


def _quoting_hint(value: Any, kinds: list[str]) -> str:  # noqa: ANN401
    if "string" in kinds and isinstance(value, bool | float | int):
        return " Put it in quotes."
    if "string" in kinds and isinstance(value, dict):
        return " A text that begins with a brace or holds `: ` must be quoted."
    return ""


def _too_little(what: str, error: jsonschema.ValidationError) -> str:
    if error.validator == "minItems" and error.validator_value == 2:
        return f"{what}are at least two; a single text stands in the step itself."
    return f"{what}is empty. Fill it in, or take the line out."


def _expected(error: jsonschema.ValidationError) -> str:
    pattern = error.schema.get("pattern", "")
    if "minute" in pattern:
        return " Write a number and minutes, hours, days or weeks, such as `2 days`."
    description = error.schema.get("description")
    if error.validator != "pattern":
        least, most = error.schema.get("minimum"), error.schema.get("maximum")
        return f" It is {least} to {most}."
    return f" {description}" if description else ""
