"""Campaigns as values, after their file was read.

Belongs here: campaign, step and variant as plain values. Does not: reading, checking or
saving them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from trueup.campaigns.yaml_lines import Path, Place

# The settings of each action, which are stored with the keys of the file.
SETTINGS = {
    "send_invite": ("on_note_limit",),
    "wait_accept": ("time_out", "on_time_out"),
    "send_inmail": ("api",),
    "comment": ("post",),
}


@dataclass(frozen=True)
class Variant:
    """One variant of a step. templates: by field ('note', 'message', …)."""

    name: str
    weight: int
    templates: Mapping[str, str]
    path: Path = ()


@dataclass(frozen=True)
class Step:
    """One step. key: its id in the file; delay: an interval as Postgres reads it.

    step_id: the saved step that it is, 0 for a new one, None if that is to be found by
    key and content (`step_matching.py`).
    """

    action: str
    key: str | None = None
    delay: str = "0"
    variants: tuple[Variant, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    path: Path = ()
    step_id: int | None = None

    def all_settings(self) -> dict[str, Any]:
        """The value of `campaign_steps.settings`, with the weights of variants."""
        if len(self.variants) < 2:
            return dict(self.settings)
        weights = {variant.name: variant.weight for variant in self.variants}
        return {**self.settings, "weights": weights}

    def templates(self) -> dict[tuple[str, str], str]:
        """Every text by (variant, field)."""
        return {
            (variant.name, name): text
            for variant in self.variants
            for name, text in variant.templates.items()
        }


@dataclass(frozen=True)
class Campaign:
    """A campaign as its file says. accounts: names, or ids as numbers.

    `workspace` is a name or an id; None if the database has only one. `source` and
    `places` are the file and the places of its values, for errors. notify: what the
    alert addresses are told of, `reply` and `accept`.
    """

    name: str
    accounts: tuple[str | int, ...]
    steps: tuple[Step, ...]
    workspace: str | int | None = None
    custom_fields: tuple[str, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    notify: tuple[str, ...] = ()
    source: str | None = None
    places: Mapping[Path, Place] = field(
        default_factory=dict, repr=False, compare=False
    )

    def line(self, path: Path) -> int:
        """The file's line of the value at `path`, 0 for a campaign without a file."""
        while path and path not in self.places:
            path = path[:-1]
        return self.places[path].line if path in self.places else 0
