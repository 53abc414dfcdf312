"""First and last names from the cells of exports.

Belongs here: titles, degrees, symbols, and splitting full names. Does not: which column
has a name.
"""

import re
import unicodedata
from functools import lru_cache

from nameparser import HumanName
from nameparser.config import Constants

from trueup.imports.cell_values import phrases

# Compared without full stops. nameparser's own titles have King, Prince and Sheikh.
_TITLES = phrases(
    """
    mr|mrs|ms|miss|mx|dr|prof|professor|sir|dame|rev|reverend|capt|sgt|herr|frau
    dr-ing|dipl-ing|dipl-kfm|dipl-kffr|dipl-inf|dipl-wirt-ing|ing|mag|priv-doz|pd|univ-prof
    mme|mlle|monsieur|madame|mademoiselle|maître|docteur|sra|srta|dra|lic|abg|dott|dottssa
    avv|geom|dhr|mevr|drs|mgr|mga|judr|mudr|rndr|phdr|inż|engr|shri|smt|doña
    """
)
# These can be names; with a full stop they are titles: "Fr. Jon", "M. Jean".
_TITLES_WITH_STOP = phrases(
    "m|me|sr|sig|di|er|ca|fr|hr|ir|med|don|bc|gen|lt|col|adv|arch|arq|rag|phil|hon|univ"
    "|dipl|rer|nat|jur|habil|st"
)
_DEGREES = phrases(
    """
    phd|dphil|mba|emba|msc|bsc|ma|ba|md|jd|llm|llb|edd|dba|meng|beng|mphil|mres|mpa|mph
    msw|lcsw|dds|dvm|cpa|cfa|cma|acca|fca|fcca|aca|frm|cissp|cism|cisa|pmp|pmi-acp|csm
    cspo|phr|sphr|shrm-cp|shrm-scp|gphr|cipd|mcipd|fcipd|assoccipd|pe|rn|np|esq|jr|sr|ii
    iii|iv|dipl-ing|msci|mse|bba|bcom|mcom|ca|cgeit|togaf|itil|mieee|mcr|rgd
    """
)
# Degrees that are written with small letters.
_MIXED_DEGREES = phrases(
    "phd|dphil|msc|bsc|edd|meng|beng|mphil|mres|esq|jr|sr|dipl-ing|bcom|mcom|assoccipd|msci"
)
# Parts of a family name that never begin a given one.
_PARTICLES = phrases(
    "van|von|vom|de|der|den|del|della|di|da|dos|du|zu|zur|ter|ten|af|av"
)
_ASIDE = re.compile(r'\s*(?:[\[({][^\])}]*[\])}]|["“”«][^"“”»]*["“”»])\s*')
# Markup of a page that a name was copied from.
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_BEHIND = re.compile(r"\s*[|•·]|\s+[-–—/~]+\s")
_PLAIN = re.compile(r"[A-Za-z]+(?:['-][A-Za-z]+)*")
_STYLED = re.compile("[\U0001d400-\U0001d7ff\uff21-\uff5a\u24b6-\u24e9]")
_DRAWN = frozenset({"So", "Sk", "Sm", "Sc", "Cn", "Co", "Cs"})
_SIGNS = frozenset('*~_#^=<>"`')
# Characters that join and colour emoji. Some scripts need the first one inside words.
_JOINERS = "\u200d\ufe0e\ufe0f\u20e3"
_CONSTANTS = Constants()
_CONSTANTS.titles.remove(*_CONSTANTS.titles)


def given_name(written: str) -> str:
    """The first name in a cell, without titles, symbols and degrees."""
    if written.isalpha():
        return written
    words = _without_symbols(written).split()
    return _without_degrees(" ".join(_without_titles(words)), least_words=1)


def family_name(written: str) -> str:
    """The last name in a cell, without symbols and degrees."""
    if written.isalpha():
        return written
    return _without_degrees(_without_symbols(written), least_words=1)


@lru_cache(maxsize=4_096)
def split_name(written: str) -> tuple[str, str]:
    """The first and the last name of a full name; either can be empty."""
    name = _without_symbols(written)
    words = _without_titles(name.split())
    has_title = len(words) < len(name.split())
    words = _without_degrees(" ".join(words), least_words=2).split()
    if words and words[0] in _PARTICLES and "," not in " ".join(words):
        return "", " ".join(words)
    if len(words) == 2 and all(_PLAIN.fullmatch(word) for word in words):
        return words[0], words[1]
    parsed = HumanName(" ".join(words), constants=_CONSTANTS)
    first = parsed.first
    if "," in "".join(words):
        first = " ".join(part for part in (parsed.first, parsed.middle) if part)
        return first, parsed.last
    last = " ".join(part for part in (parsed.middle, parsed.last) if part)
    if has_title and first and not last:
        return "", first
    return (first, last) if first or not last else (last, "")


def _form(word: str) -> str:
    return word.casefold().replace(".", "").strip(",")


def _without_titles(words: list[str]) -> list[str]:
    while len(words) > 1 and (
        _form(words[0]) in _TITLES
        or ("." in words[0] and _form(words[0]) in _TITLES_WITH_STOP)
    ):
        words = words[1:]
    return words


def _without_degrees(name: str, least_words: int) -> str:
    """Without what follows a name behind a comma or a blank: degrees, Jr., III.

    Behind a comma, capitals alone are a degree too (SPHR), if the name before it has
    small letters and so many words that it is whole.
    """
    kept, *behind = [part.strip() for part in name.split(",")]
    words = kept.split()
    is_spoken = not kept.isupper()
    is_whole = is_spoken and len(words) >= least_words
    behind = [
        part
        for part in behind
        if part
        and not all(_form(word) in _DEGREES for word in part.split())
        and not (is_whole and part.isascii() and part.isupper())
    ]
    while len(words) > 1 and _is_degree(words[-1], is_spoken=is_spoken):
        words = words[:-1]
    return ", ".join([" ".join(words), *behind])


def _is_degree(word: str, *, is_spoken: bool) -> bool:
    form = _form(word)
    if form not in _DEGREES:
        return False
    # Ma and Do are names: a degree is written in capitals or with full stops.
    return form in _MIXED_DEGREES or "." in word[:-1] or (is_spoken and word.isupper())


def _without_symbols(written: str) -> str:
    """Without markup, emoji, stars, brackets, and what is behind a bar or a dash."""
    text = written
    without_tags = _TAG.sub(" ", text) if "<" in text else text
    if without_tags.strip():
        text = without_tags
    if not text.isascii() and _STYLED.search(text):
        text = unicodedata.normalize("NFKC", text)
    without_asides = _ASIDE.sub(" ", text)
    if without_asides.strip():
        text = without_asides
    before = _BEHIND.split(text.strip(), maxsplit=1)[0]
    text = before or text
    if not text.isascii() or not _SIGNS.isdisjoint(text):
        text = "".join(" " if _is_sign(char) else char for char in text)
        text = " ".join(word.strip(_JOINERS) for word in text.split())
    return " ".join(text.split()).strip(" ,;:-–—·•|/")


def _is_sign(char: str) -> bool:
    return char in _SIGNS or unicodedata.category(char) in _DRAWN
