"""The encoding of a text file: known, or guessed with a note.

Belongs here: Unicode by its byte-order marks, UTF-8 by its validity, and other code
pages by the letters that they give. Does not: the content of the text.
"""

import codecs
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import charset_normalizer

_DAMAGED = re.compile("[\udc80-\udcff]")
# What cp1252 makes of the two bytes of a letter: Ã¼ for ü.
_ENCODED_TWICE = re.compile("[ÃÄÅÂ][\x80-\xbf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]")
_SAMPLE_BYTES = 60_000
_WORD = re.compile(r"[^\s,;|\t\"'()<>/@.:!?&-]+")
# By language the letters beyond a to z, the languages that exports come in most first.
_ALPHABETS = (
    "äöüß",
    "áéíñóúü",
    "àâæçéèêëîïôœùûüÿ",
    "ãáâàçéêíóôõú",
    "àèéìíîòóù",
    "åäöé",
    "æøåéö",
    "éëïóöüèáí",
    "ąćęłńóśźż",
    "áčďéěíňóřšťúůýž",
    "çğıöşüâî̇",
    "абвгдежзийклмнопрстуфхцчшщъыьэюяё",
    "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя",
    "άέήίόύώϊϋΐΰαβγδεζηθικλμνξοπρστυφχψως",
    "áéíóöőúüű",
    "ăâîșțşţ",
    "čćđšž",
    "áäčďéíĺľňóôŕšťúýž",
    "àçéèíïóòúü",
    "õäöüšž",
    "ąčęėįšųūž",
    "āčēģīķļņšūž",
    "áðéíóúýþæö",
    "абвгдежзийклмнопрстуфхцчшщъьюя",
    "абвгдђежзијклљмнњопрстћуфхцчџш",
    "אבגדהוזחטיכךלמםנןסעפףצץקרשת",
    "ابتثجحخدذرزسشصضطظعغفقكلمنهويىةءآأؤإئ",
)
# The most likely first: of two that read alike the first is taken.
_CODE_PAGES = (
    "cp1252", "cp1250", "cp1251", "cp1254", "mac_roman", "cp850", "iso8859_2", "cp1253",
    "cp852", "mac_latin2", "cp437", "cp1257", "iso8859_9", "cp1255", "cp1256", "koi8_r",
    "cp866", "mac_cyrillic", "mac_turkish", "mac_greek", "cp857", "cp737", "iso8859_5",
    "iso8859_7",
)  # fmt: skip
# Signs that stand in texts of any language, outside words or behind them.
_SIGNS = frozenset("’‘“”„–—…•·®™©°€£§«»\xa0¡¿´`ªº²³½¼±×&+")
_BETWEEN_LETTERS = frozenset("’'´`·-–\xad")
_OPENING = frozenset("“„«‘¡¿€£©\xa0")
_VOWELS = frozenset("аеёиоуыэюяєіїαεηιουωάέήίόύώϊϋ")
# Of East Asia's code pages the first bytes of characters in daily use.
_DAILY = {
    "cp949": (0xB0, 0xC8),
    "gb18030": (0xB0, 0xD7),
    "cp932": (0x82, 0x97),
    "big5": (0xA4, 0xC6),
}
# A reading that explains less of a file than this is no reading of it.
_LEAST_SCORE = 0.75


class UnreadableTextError(ValueError):
    """The bytes are not in the given encoding; the text is a sentence."""


@dataclass(frozen=True)
class DecodedText:
    """A file's text, and its encoding. Bytes that are damaged UTF-8 are surrogates.

    guess: a sentence that says what was guessed, with an example; None where the
    encoding is certain. is_damaged: whether there are such bytes.
    """

    text: str
    encoding: str
    guess: str | None = None
    is_damaged: bool = False


def decode(content: bytes, encoding: str | None = None) -> DecodedText:
    """The text of a file. `encoding` overrules everything but nothing is lost by it.

    Raises UnreadableTextError.
    """
    if encoding is not None:
        return _as_told(content, encoding)
    if content[:4] in (b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff"):
        return _certain(content, "utf-32")
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return _certain(content, "utf-16")
    without_mark = _utf_16_without_mark(content)
    if without_mark is not None:
        return without_mark
    text = content.decode("utf-8-sig", errors="surrogateescape")
    damaged = len(_DAMAGED.findall(text))
    # More fits UTF-8 than does not: a damaged file, whose damaged rows are refused.
    whole = sum(not char.isascii() for char in text) - damaged if damaged else 0
    if not damaged:
        return _encoded_once(text)
    if whole > damaged:
        return DecodedText(text, "utf-8", is_damaged=True)
    return _guessed(content)


def is_damaged(value: str) -> bool:
    """Whether a value holds a byte that is not of the file's encoding."""
    return _DAMAGED.search(value) is not None


def _as_told(content: bytes, encoding: str) -> DecodedText:
    try:
        name = codecs.lookup(encoding).name
        text = content.decode("utf-8-sig" if name == "utf-8" else name)
    except LookupError:
        raise UnreadableTextError(
            f'There is no encoding "{encoding}". Well-known ones are utf-8, cp1252 '
            "(Western Europe), cp1250 (Central Europe), cp1251 (Cyrillic), cp1254 "
            "(Turkish), mac_roman and cp850."
        ) from None
    except UnicodeError as error:
        at = getattr(error, "start", 0)
        line = content.count(b"\n", 0, at) + 1
        raise UnreadableTextError(
            f"Line {line} of the file is not {name}. Name its encoding with --encoding."
        ) from None
    if _DAMAGED.search(text) or any("\ud800" <= char <= "\udfff" for char in text):
        raise UnreadableTextError(
            f"The file is not {name}. Name its encoding with --encoding."
        )
    return DecodedText(text.removeprefix("\ufeff"), name)


def _certain(content: bytes, encoding: str) -> DecodedText:
    try:
        return DecodedText(content.decode(encoding), encoding)
    except UnicodeDecodeError:
        raise UnreadableTextError(
            f"The file begins like {encoding.upper()} and is not. Save it as UTF-8."
        ) from None


def _utf_16_without_mark(content: bytes) -> DecodedText | None:
    sample = content[:4_000]
    half = len(sample) // 2
    if half < 4 or b"\x00" not in sample:
        return None
    odd, even = sample[1::2].count(0), sample[::2].count(0)
    if min(odd, even) * 10 > half or max(odd, even) * 2 < half:
        return None
    name = "utf-16-le" if odd > even else "utf-16-be"
    try:
        return DecodedText(content.decode(name), name)
    except UnicodeDecodeError:
        return None


def _encoded_once(text: str) -> DecodedText:
    """The text of a UTF-8 file, also if a tool took its UTF-8 for cp1252 on the way."""
    if not _ENCODED_TWICE.search(text):
        return DecodedText(text, "utf-8")
    try:
        once = text.encode("cp1252").decode()
    except UnicodeError:
        return DecodedText(text, "utf-8")
    line, word = _example(once)
    said = (
        f"The file was encoded twice; it is read as UTF-8 once, in which line {line} "
        f'says "{word}" and not "{_example(text)[1]}". If that is wrong, give '
        "--encoding utf-8."
    )
    return DecodedText(once, "utf-8", said)


def _guessed(content: bytes) -> DecodedText:
    sample = _telling_lines(content)
    readings = sorted(
        _readings(sample), key=lambda reading: reading.score, reverse=True
    )
    if not readings or readings[0].score < _LEAST_SCORE:
        readings = [*_by_library(sample), *readings]
    for number, reading in enumerate(readings):
        try:
            text = content.decode(reading.encoding)
        except UnicodeDecodeError:
            continue
        return DecodedText(
            text, reading.encoding, _sentence(text, reading, readings[number + 1 :])
        )
    text = content.decode("latin-1")
    return DecodedText(text, "latin-1", _sentence(text, _Reading("latin-1", 0, ""), ()))


@dataclass(frozen=True)
class _Reading:
    encoding: str
    score: float
    text: str


def _telling_lines(content: bytes) -> bytes:
    """The first lines that hold bytes beyond ASCII."""
    found: list[bytes] = []
    size = 0
    for line in re.finditer(rb"[^\r\n]*[\x80-\xff][^\r\n]*", content):
        found.append(line[0])
        size += len(line[0])
        if size > _SAMPLE_BYTES:
            break
    return b"\n".join(found)


def _readings(sample: bytes) -> Iterable[_Reading]:
    for rank, encoding in enumerate((*_CODE_PAGES, *_DAILY)):
        try:
            text = sample.decode(encoding)
        except UnicodeDecodeError:
            continue
        score = _daily_score(text, encoding) if encoding in _DAILY else _score(text)
        yield _Reading(encoding, score - rank / 1_000, text)


def _score(text: str) -> float:
    """How much of what is beyond ASCII is what one language writes, at most 1."""
    letters: Counter[str] = Counter()
    odd = signs = 0
    for word in _WORD.findall(text):
        if not word.isascii():
            odd += _oddities(word)
            letters.update(
                char for char in word.lower() if char > "\x7f" and char.isalpha()
            )
            signs += sum(char > "\x7f" and not char.isalpha() for char in word)
    total = letters.total()
    if not total:
        return 1 - odd / max(signs, 1)
    covered = max(
        sum(count for char, count in letters.items() if char in alphabet)
        * (1 - rank / 500)
        for rank, alphabet in enumerate(_ALPHABETS)
    )
    score = covered / total - odd / (total + signs)
    if all(_script(char) in ("CYRILLIC", "GREEK") for char in letters):
        vowels = sum(count for char, count in letters.items() if char in _VOWELS)
        score -= 0.2 * (not 0.25 <= vowels / total <= 0.7)
    return score


def _oddities(word: str) -> int:
    """How many characters of a word are none that a word has there."""
    odd = 0
    for number, char in enumerate(word):
        before = word[number - 1] if number else ""
        after = word[number + 1 : number + 2]
        if char < "\x80":
            # "OíNeil": capitals do not follow what another code page made small.
            odd += char.isupper() and before > "\x7f" and before.islower()
        elif char.isalpha():
            is_raised = char.isupper() and (
                before.islower() or (before.isupper() and after.islower())
            )
            is_mixed = any(
                other.isalpha() and _script(other) != _script(char)
                for other in (before, after)
            )
            # Portuguese has õ before e alone and French œ before u; other languages
            # have other letters at these bytes, which stand anywhere.
            is_rare = (
                char in "ƒªº"
                or (char in "õÕ" and after not in ("e", "E"))
                or (char in "œŒ" and after not in ("u", "U", "i"))
            )
            odd += is_raised or is_mixed or is_rare
        elif char in _BETWEEN_LETTERS:
            odd += after.isalpha() and not before.isalpha()
        else:
            opens = char in _OPENING and not before.isalpha()
            is_behind = char in "„«‘¿¡£§°¹²³±" and before.isalpha()
            odd += char not in _SIGNS or is_behind or (after.isalpha() and not opens)
    return odd


def _daily_score(text: str, encoding: str) -> float:
    """How much of what is beyond ASCII is characters in daily use in East Asia."""
    least, most = _DAILY[encoding]
    beyond = [char for char in text if char > "\x7f"]
    daily = sum(
        char.isalpha() and least <= char.encode(encoding)[0] <= most for char in beyond
    )
    return 0.96 * daily / max(len(beyond), 1)


def _script(char: str) -> str:
    return unicodedata.name(char, "?").split()[0]


def _by_library(sample: bytes) -> list[_Reading]:
    """What charset-normalizer says, which knows the code pages of East Asia."""
    return [
        _Reading(match.encoding, 0, str(match))
        for match in charset_normalizer.from_bytes(sample)
        if match.encoding not in ("ascii", "utf_8", "utf_7")
    ]


def _sentence(text: str, reading: _Reading, others: Iterable[_Reading]) -> str:
    line, word = _example(text)
    said = f"The file is not UTF-8; it is read as {reading.encoding}"
    said += f', in which line {line} says "{word}".' if word else "."
    shown = next(
        (
            (other.encoding, other_word)
            for other in others
            if (other_word := _example(other.text)[1]) not in ("", word)
        ),
        None,
    )
    if shown:
        said += f' In {shown[0]} it is "{shown[1]}".'
    return f"{said} If that is wrong, name the encoding with --encoding."


def _example(text: str) -> tuple[int, str]:
    """The first word that holds anything beyond ASCII, and its line."""
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.isascii():
            for word in _WORD.findall(line):
                if not word.isascii():
                    return number, word[:40]
    return 0, ""
