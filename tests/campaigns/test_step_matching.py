"""Steps without an id are matched by their words, also where there are many."""

from trueup.campaigns.model import Step, Variant
from trueup.campaigns.step_matching import SavedStep, match_steps

MOST_STEPS = 100


class CountedText(str):
    """A text that counts how often it is taken apart."""

    split_count = 0

    def split(self, *arguments):
        CountedText.split_count += 1
        return super().split(*arguments)


def saved(step_id, text):
    row = {"variant": "A", "field": "message", "template": text}
    return SavedStep(step_id, None, "send_message", "0", {}, [row], 0)


def step(text, step_id=None):
    variants = (Variant("A", 1, {"message": text}),)
    return Step("send_message", variants=variants, step_id=step_id)


def ids(matched):
    return [one and one.step_id for one in matched]


def test_as_many_reworded_steps_as_a_campaign_may_have_find_theirs(monkeypatch):
    monkeypatch.setattr(CountedText, "split_count", 0)
    texts = [
        " ".join(f"word{number}-{place}" for place in range(400))
        for number in range(MOST_STEPS)
    ]
    kept = [saved(number, CountedText(text)) for number, text in enumerate(texts)]
    turned = [step(CountedText(f"Hello. {text}")) for text in reversed(texts)]
    assert ids(match_steps(turned, kept)) == list(reversed(range(MOST_STEPS)))
    assert CountedText.split_count == 2 * MOST_STEPS


def test_the_most_similar_words_win_over_the_nearer_place():
    kept = [saved(1, "one two three four"), saved(2, "five six seven eight")]
    turned = [step("five six seven nine"), step("one two three nine")]
    assert ids(match_steps(turned, kept)) == [2, 1]


def test_among_steps_without_a_word_in_common_the_nearest_place_wins():
    kept = [saved(1, "one"), saved(2, "two")]
    assert ids(match_steps([step("three"), step("four")], kept)) == [1, 2]


def test_empty_texts_are_matched_by_their_place():
    assert ids(
        match_steps([step(""), step("one")], [saved(1, "two"), saved(2, "")])
    ) == [
        2,
        1,
    ]


def test_a_step_of_an_editor_is_the_one_it_says_whatever_its_words():
    kept = [saved(1, "one two"), saved(2, "three four"), saved(3, "five six")]
    turned = [step("three four", 1), step("five six", 0), step("one two", 2)]
    assert ids(match_steps(turned, kept)) == [1, None, 2]
