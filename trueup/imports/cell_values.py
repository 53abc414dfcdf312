"""The meaning of a cell's text: a value, a blank, a yes or a no.

Belongs here: words for blanks, marks in the languages of spreadsheets, and entities.
Does not: names of people (`person_names.py`), profile addresses.
"""

import html
import re
import unicodedata

# Invisible blanks; `str.strip` leaves most of them.
_OUTER = " \t\r\n\x0b\x0c\x1c\x1d\x1e\x1f\x85\xa0\u180e\u2000\u2001\u2002\u2003\u2004"
_OUTER += "\u2005\u2006\u2007\u2008\u2009\u200a\u200b\u200e\u200f\u2028\u2029\u202f"
_OUTER += "\u205f\u2060\u3000\ufeff"
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z][a-z0-9]{1,30});", re.I)
_INTEGER = re.compile(r"\d+")


def phrases(text: str) -> frozenset[str]:
    """The phrases of a list: one a line, or several apart by bars."""
    found = (phrase.strip() for line in text.splitlines() for phrase in line.split("|"))
    return frozenset(phrase for phrase in found if phrase)


# As tools write them; the case is kept if it distinguishes a word from a name.
_BLANK_AS_WRITTEN = phrases("nan|NaN|NAN|NA|nil|NIL|\\N")
_BLANK = phrases(
    """
    #n/a|#na|#nv|#n/v|#n/d|#nd|#ref!|#bezug!|#value!|#wert!|#valeur!|#name?|#null!
    #num!|#zahl!|#div/0!|#error!|#getting_data|#spill!|#calc!
    n/a|n.a.|n.a|n/d|n.d.|k.a.|k. a.|null|none|undefined|(null)|[null]|<null>|(none)
    <none>|[none]|<na>|(blank)|[blank]|(empty)|[empty]|(leer)|(vide)|(vacío)|(vuoto)
    -|--|---|—|–|_|.|..|...|…|?|??|???|/|\\|*
    []|{}|""|''|()|[object object]
    unknown|not available|not provided|not specified|not found|no data|no value
    nicht verfügbar|keine angabe|non disponible|non renseigné|no disponible
    non disponibile|niet beschikbaar|não disponível|нет данных
    """
)
# LinkedIn's words for members without a visible name, in the languages of its exports.
_HIDDEN_MEMBER = phrases(
    """
    linkedin member|linkedin-mitglied|linkedin mitglied|membre de linkedin
    membre linkedin|miembro de linkedin|membro do linkedin|usuário do linkedin
    utente linkedin|utilisateur linkedin|linkedin-lid|linkedin-medlem|linkedin user
    użytkownik linkedin|участник linkedin
    """
)
_NO = phrases(
    """
    no|n|0|0.0|0,0|f|false|falsch|faux|falso|fals|falsk|falskt|usann|onwaar|fałsz
    nepravda|hamis|epätosi|neprawda|ложь|yanlış|ψευδές|false()|偽|假|거짓|не|нет|ні|nein
    non|não|nee|nej|nei|nie|ne|nem|ei|hayır|nu|いいえ|否|아니요|아니오|όχι|tidak|لا|לא|off
    unchecked|not set|☐|✗|✘|❌
    """
)
_NOT_CONNECTED = re.compile(
    r"(?:not|no|non|never|nicht|nein|kein|ne|pas|false|un|dis|noch|pending|invit|sent"
    r"|request|withdrawn|waiting|open|ausstehend|en attente|pendiente)",
    re.IGNORECASE,
)
_CONNECTED = phrases(
    """
    yes|y|true|t|x|connected|connection|ja|oui|si|sí|sì|sim|da|tak|wahr|vrai|verdadero
    vero|waar|sant|sann|prawda|pravda|igaz|doğru|evet|да|истина|1st|first|accepted
    verbunden|connecté|connectée|conectado|conectada|collegato|collegata|✓|✔|✅
    """
)
_FIRST_DEGREE = phrases(
    """
    first|first degree|first_degree|first-degree|first degree connection|f|erster grad
    ersten grades|premier|primero|primer|primo|primeiro
    """
)


_LONGEST_BLANK = 25
# For most values the first character shows that they are not blank.
_BLANK_BEGINS = frozenset(
    letter
    for word in (*_BLANK, *_BLANK_AS_WRITTEN, *_HIDDEN_MEMBER)
    for letter in (word[0], word[0].upper())
)


def cleaned(written: str) -> str:
    """A cell's value, without outer blanks and entities; empty if it is blank."""
    value = written.strip()
    if not value.isascii():
        value = value.strip(_OUTER)
    if "&" in value and ";" in value:
        value = _without_entities(value).strip(_OUTER)
    return "" if is_blank(value) else value


def is_blank(value: str) -> bool:
    """Whether a stripped text means no value, such as `#N/A`, `NULL` or `-`."""
    if not value:
        return True
    if value[0] not in _BLANK_BEGINS or len(value) > _LONGEST_BLANK:
        return False
    word = value.casefold()
    return value in _BLANK_AS_WRITTEN or word in _BLANK or word in _HIDDEN_MEMBER


def is_hidden_member(name: str) -> bool:
    """Whether a name is LinkedIn's word for a member without a visible name."""
    return " ".join(name.casefold().split()) in _HIDDEN_MEMBER


def is_marked(value: str) -> bool:
    """Whether a do-not-contact cell is a mark: any value except a known no."""
    return bool(value) and _word(value) not in _NO_WORDS


def is_connected(value: str) -> bool:
    """Whether a cell of `Connected On` or `Connected` is a date or a yes."""
    word = value.casefold().strip(" .!")
    if not word or _word(value) in _NO_WORDS or _NOT_CONNECTED.match(word):
        return False
    if word in _CONNECTED:
        return True
    # A degree such as 2nd or 3rd+ is not a date.
    numbers = _INTEGER.findall(word)
    return any(number.strip("0") for number in numbers) and (
        len(numbers) > 1 or len(numbers[0]) > 4 or numbers == ["1"]
    )


def is_first_degree(value: str) -> bool:
    """Whether a cell of a connection's degree means the first degree."""
    word = value.casefold().strip(" .")
    number = _INTEGER.search(word)
    return int(number[0]) == 1 if number else word in _FIRST_DEGREE


def _word(value: str) -> str:
    """The word without case and accents, which capitals often lose: FALSCH, HAYIR."""
    letters = unicodedata.normalize("NFKD", value.casefold().strip(" .!"))
    plain = "".join(char for char in letters if not unicodedata.combining(char))
    return plain.replace("ı", "i")


_NO_WORDS = frozenset(map(_word, _NO))


def _without_entities(value: str) -> str:
    for _ in range(2):
        value = _ENTITY.sub(lambda entity: html.unescape(entity[0]), value)
    return value
