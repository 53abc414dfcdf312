"""Matching the steps of a campaign file with its saved steps.

Belongs here: keeping a step's id while steps are inserted, moved or reworded around it.
Does not: writing steps.

A step of an editor says which saved step it is, or that it is new. Any other step is
matched by its id in the file. One without an id is the saved step that

1. has exactly the same content, in any position; or else
2. has the same action and the most similar texts, and among equals the nearest place.

A saved step is matched once. An id in the file is never matched by content. Two
different ids are one step only if their content is the same. A step never changes its
action, because jobs and history belong to it.
"""

import dataclasses
from collections import Counter
from collections.abc import Callable, Sequence

from trueup.campaigns.model import Step


@dataclasses.dataclass(frozen=True)
class SavedStep:
    """A saved step; templates: rows of {variant, field, template}.

    `active_count` is the number of unfinished enrollments at it.
    """

    step_id: int
    step_key: str | None
    action: str
    delay: object
    settings: dict[str, object]
    templates: list[dict[str, str]]
    active_count: int | None

    def texts(self) -> dict[tuple[str, str], str]:
        """Every text by (variant, field)."""
        return {
            (row["variant"], row["field"]): row["template"] for row in self.templates
        }


def match_steps(
    steps: Sequence[Step], saved: Sequence[SavedStep]
) -> list[SavedStep | None]:
    """The saved step of each step in the file, or None if it is new.

    A step with the id of a saved step of another action is matched to it too; the
    caller refuses that.
    """
    matched: list[SavedStep | None] = [None] * len(steps)
    keys = {step.key for step in steps if step.key is not None}
    free = list(saved)

    def take(number: int, chosen: SavedStep) -> None:
        matched[number] = chosen
        free.remove(chosen)

    for number, step in enumerate(steps):
        found = [one for one in free if one.step_id == step.step_id]
        if found:
            take(number, found[0])

    unknown = [number for number in range(len(steps)) if steps[number].step_id is None]
    for number in unknown:
        key = steps[number].key
        found = [one for one in free if key is not None and one.step_key == key]
        if found:
            take(number, found[0])

    def candidates(
        number: int, is_alike: Callable[[SavedStep], bool]
    ) -> list[SavedStep]:
        return [
            one
            for one in free
            if one.action == steps[number].action
            and (one.step_key is None or one.step_key not in keys)
            and is_alike(one)
        ]

    for number in unknown:
        step = steps[number]
        if matched[number] is None:
            same = candidates(number, lambda one, step=step: _says_the_same(step, one))
            if same:
                take(number, min(same, key=lambda one: abs(saved.index(one) - number)))

    left = [number for number in unknown if matched[number] is None]
    words = {number: _words(steps[number].templates()) for number in left}
    saved_words = {one.step_id: _words(one.texts()) for one in free}
    pairs = [
        (
            -_similarity(words[number], saved_words[one.step_id]),
            abs(saved.index(one) - number),
            number,
            one,
        )
        for number in left
        for one in candidates(
            number,
            lambda one, step=steps[number]: None in (step.key, one.step_key),
        )
    ]
    for _, _, number, one in sorted(pairs, key=lambda pair: pair[:3]):
        if matched[number] is None and one in free:
            take(number, one)
    return matched


def _says_the_same(step: Step, saved: SavedStep) -> bool:
    return step.templates() == saved.texts() and step.all_settings() == saved.settings


def _words(texts: dict[tuple[str, str], str]) -> Counter[str]:
    """How often each word stands in a step's texts."""
    return Counter(word for text in texts.values() for word in text.split())


def _similarity(mine: Counter[str], other: Counter[str]) -> float:
    """The share of words that both have, from 0 to 1.

    Every step is compared with every other one, so this is no comparison letter by
    letter: of 100 long texts that takes minutes.
    """
    return 2 * (mine & other).total() / max(1, mine.total() + other.total())
