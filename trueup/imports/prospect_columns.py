"""The meaning of a prospect export's columns by their headers.

Belongs here: the names that exports of many tools and languages give their columns, and
what an unknown one is called. Does not: reading values (`profile_columns.py` tells the
columns of addresses by them).
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from trueup.imports.cell_values import phrases
from trueup.templates import FIELDS

# By field, the names by which exports call it, the most trusted first; compared without
# case, accents, blanks and punctuation.
_NAMES = {
    "profile": (
        "LinkedIn Profile URL", "LinkedIn URL", "LinkedIn Profile", "Profile URL",
        "Public Profile URL", "LinkedIn Public URL", "LinkedIn URL Public",
        "Person LinkedIn URL", "LinkedIn Member URL", "Prospect LinkedIn URL",
        "Contact LinkedIn URL", "LinkedIn Contact Profile URL", "hs_linkedin_url",
        "linkedInProfileUrl", "defaultProfileUrl", "LinkedIn", "LinkedIn Bio", "URL",
        "Profile", "Profile Link", "Public URL", "Public Profile",
        "Sales Navigator URL", "Sales Navigator Profile URL",
        "salesNavigatorUrl", "LinkedIn Sales Navigator URL", "Sales Navigator Lead URL",
        "Lead URL", "Prospect LinkedIn Sales Navigator URL", "LinkedIn Sales URL",
        "Provider ID", "LinkedIn Member ID", "LinkedIn URL Unique ID", "LinkedIn ID",
        "Member URN", "vmid", "Entity URN", "Profile URN", "Object URN",
    ),
    "public_name": (
        "Public Identifier", "Vanity Name", "LinkedIn Username", "LinkedIn Handle",
        "LinkedIn Slug", "LinkedIn Public ID", "LinkedIn Public Identifier",
        "Public ID", "LinkedIn User Name", "Profile Slug", "Profile Handle",
        "LinkedIn Vanity Name",
    ),
    "first_name": (
        "First Name", "Given Name", "Forename", "Vorname", "Prénom", "Primer nombre",
        "Nombres", "Nome proprio", "Primeiro nome", "Voornaam", "Fornavn", "Förnamn",
        "Etunimi", "Imię", "Křestní jméno", "Krstné meno", "Keresztnév", "Utónév",
        "Prenume", "Adı", "İsim", "Ime", "名", "名字", "이름", "Όνομα",
    ),
    "last_name": (
        "Last Name", "Surname", "Family Name", "Second Name", "Nachname",
        "Familienname", "Nom de famille", "Apellido", "Apellidos", "Cognome",
        "Sobrenome", "Apelido", "Último nome", "Achternaam", "Efternavn", "Etternavn",
        "Efternamn", "Sukunimi", "Nazwisko", "Příjmení", "Priezvisko", "Vezetéknév",
        "Nume de familie", "Soyad", "Soyadı", "Prezime", "Фамилия", "Прізвище", "姓",
        "姓氏", "성", "Επώνυμο",
    ),
    "full_name": (
        "Full Name", "Prospect Full Name", "Contact Name", "Lead Name",
        "First and Last", "First and Last Name", "Vollständiger Name",
        "Vor- und Nachname", "Nom complet", "Prénom et nom", "Nom et prénom",
        "Nombre completo", "Nombre y apellidos", "Nome completo", "Nome e cognome",
        "Volledige naam", "Fulde navn", "Fullständigt namn", "Imię i nazwisko",
        "Jméno a příjmení", "ФИО", "Ad Soyad", "姓名", "氏名", "名前", "성명",
    ),
    # A full name, or what the column of the other name leaves.
    "some_name": (
        "Name", "Nom", "Nombre", "Nome", "Naam", "Navn", "Namn", "Nimi", "Jméno",
        "Meno", "Név", "Nume", "Ad", "Имя", "Ім'я",
    ),
    "company": (
        "Company", "Company Name", "Current Company", "Current Company Name",
        "Associated Company", "Primary Associated Company", "Account Name", "Account",
        "Organization", "Organisation", "Organization Name", "Employer",
        "Current Employer", "Company / Organization", "Firma", "Firmenname",
        "Unternehmen", "Unternehmensname", "Arbeitgeber", "Entreprise", "Société",
        "Nom de l'entreprise", "Empresa", "Nombre de la empresa", "Compañía", "Azienda",
        "Nome azienda", "Società", "Nome da empresa", "Companhia", "Bedrijf",
        "Bedrijfsnaam", "Virksomhed", "Firmanavn", "Företag", "Företagsnamn", "Bedrift",
        "Yritys", "Nazwa firmy", "Společnost", "Spoločnosť", "Cég", "Companie",
        "Şirket", "Tvrtka", "Компания", "Компанія", "公司", "会社", "会社名", "회사",
        "Εταιρεία",
    ),
    "job_title": (
        "Job Title", "Position", "Title", "Current Job", "Current Title",
        "Current Position", "Current Job Title", "Role", "Job", "Job Position",
        "Job Role", "Designation", "Jobtitel", "Berufsbezeichnung", "Stelle",
        "Stellenbezeichnung", "Funktion", "Rolle", "Poste", "Poste actuel", "Fonction",
        "Intitulé du poste", "Titre", "Titre du poste", "Cargo", "Puesto",
        "Puesto actual", "Posición", "Título", "Ruolo", "Posizione", "Qualifica",
        "Mansione", "Função", "Posição", "Functie", "Functietitel", "Stilling",
        "Titteli", "Tehtävä", "Stanowisko", "Pozice", "Pozícia", "Beosztás", "Pozíció",
        "Funcție", "Unvan", "Pozisyon", "Pozicija", "Должность", "Посада", "职位",
        "職位",
        "役職", "직책", "Θέση",
    ),
    "email": (
        "Email", "Email Address", "E-mail", "E-mail Address", "Work Email",
        "Primary Email", "Professional Email", "Business Email", "Mail",
        "E-Mail-Adresse", "Adresse e-mail", "Courriel", "Correo", "Correo electrónico",
        "Indirizzo email", "Posta elettronica", "E-mailadres", "E-post", "Sähköposti",
        "Adres e-mail", "E-posta", "Почта", "Эл. почта", "邮箱", "メール", "이메일",
    ),
    "location": (
        "Location", "Geography", "Person Location", "Lead Location", "Standort", "Ort",
        "Localisation", "Lieu", "Ubicación", "Località", "Localização", "Locatie",
        "Lokalizacja", "Sijainti", "Konum", "Местоположение",
    ),
    "industry": (
        "Industry", "Company Industry", "Account Industry", "Branche", "Secteur",
        "Secteur d'activité", "Industria", "Sector", "Settore", "Setor", "Bransch",
        "Bransje", "Branża", "Odvětví", "Toimiala", "Sektör", "Отрасль",
    ),
    "connected_on": (
        "Connected On", "Connected At", "Connection Date", "Connected", "Is Connected",
        "Connected Since", "Connection Status", "Connected Date", "Verbunden am",
        "Connecté le", "Date de connexion", "Conectado el", "Fecha de conexión",
        "Conectado em", "Collegato il", "Verbonden op",
    ),
    "connection_degree": (
        "Connection Degree", "Degree", "Network Distance", "Degree of Connection",
        "Connection Level", "Connection", "Network", "Connection Type", "Kontaktgrad",
        "Degré de connexion", "Grado de conexión",
    ),
    "do_not_contact": (
        "Do Not Contact", "DNC", "Unsubscribed", "Opted Out", "Nicht kontaktieren",
        "Kontaktsperre", "Ne pas contacter", "No contactar", "Non contattare",
        "Não contatar", "Niet benaderen", "Niet contacteren", "Kontakta inte",
        "Nie kontaktować", "Не контактировать", "Abgemeldet", "Désabonné", "Désinscrit",
        "Dado de baja",
    ),
}  # fmt: skip
_IGNORED = re.compile(r"[\W_]+")
_WORD_ENDS = re.compile(r"(?<=[a-zß-öø-ÿ])(?=[A-Z])|[\W_]+")
_OPTS_OUT = re.compile(
    r"donotcontact|dontcontact|donotemail|unsubscribed|optedout|optout|blacklisted"
    r"|blocklisted|suppressed"
)
_NO_MARK = re.compile(r"(?:url|link|token|page)$")
# Whose a column is: the same without it, as in "Prospect Position".
_SUBJECTS = phrases(
    """
    prospect|prospects|lead|leads|contact|person|people|profile|candidate|member|user
    linkedin|hs|li|the|current
    """
)
# Headers of nothing but these words are a person's address in many languages.
_ADDRESS_WORDS = _SUBJECTS | phrases(
    """
    url|urls|uri|link|links|lien|enlace|href|address|adresse|direccion|indirizzo|page
    seite|pagina|web|profil|profils|perfil|profilo|profiel|profili|profiilin|profilu
    linked|in|public|publique|publico|pubblico|offentligt|sales|navigator|nav
    salesnavigator|id|ids|unique|urn|identifier|identifiant|uid|de|du|del|della|da|do
    la|le|il|el|of|to|a|zum|van|av|til|na|http|https|full|original|default
    linkedinprofile|linkedinurl|linkedinlink|linkedinprofil|profilelink|adres|odkaz
    adresa|osoite|profila|profiilo|vers|au|al|ссылка|профиль|профиля|на|リンク|プロフィール|链接
    领英|个人资料|링크|프로필
    """
)
_ADDRESS_CORE = phrases(
    """
    linkedin|profile|profil|profils|perfil|profilo|profiel|profilu|profila
    linkedinprofile|linkedinurl|linkedinlink|linkedinprofil|salesnavigator|navigator
    nav|urn|профиль|профиля|プロフィール|领英|프로필
    """
)
_SURNAME_WORDS = frozenset(("name", "nom", "naam", "navn", "namn"))
_LONGEST_NAME = 63


def normal_form(name: str) -> str:
    """A column's name without case, accents, blanks and punctuation."""
    return _IGNORED.sub("", _plain(name))


def _plain(name: str) -> str:
    if name.isascii():
        return name.casefold()
    decomposed = unicodedata.normalize("NFKD", name.casefold())
    return "".join(char for char in decomposed if not unicodedata.combining(char))


_FIELD_OF = {
    normal_form(name): (field, rank)
    for field, names in _NAMES.items()
    for rank, name in enumerate(names)
}
_FIELD_OF |= {
    normal_form(field): (target, 0)
    for field, target in {
        "firstName": "first_name",
        "lastName": "last_name",
        "fullName": "full_name",
        "company": "company",
        "jobTitle": "job_title",
        "email": "email",
        "location": "location",
        "industry": "industry",
    }.items()
    if field in FIELDS
}
_DERIVED_RANK = 100


@dataclass(frozen=True)
class Columns:
    """The columns of each field in a row.

    known: by field the columns that may hold it, the most trusted first. custom: by
    column the name under `custom`; declared: which of those the campaign declares.
    named: what each was recognised as, for people.
    """

    header: tuple[str, ...]
    known: dict[str, tuple[int, ...]]
    custom: dict[int, str]
    declared: frozenset[int]
    named: tuple[tuple[str, str], ...]

    @property
    def count(self) -> int:
        return len(self.header)

    @property
    def has_profile(self) -> bool:
        return "profile" in self.known or "public_name" in self.known

    def with_profiles(self, profiles: Sequence[int]) -> "Columns":
        """The same, with addresses in these columns and in no others."""
        chosen = set(profiles)
        known = {
            field: tuple(index for index in places if index not in chosen)
            for field, places in self.known.items()
            if field not in ("profile", "public_name")
        } | {"profile": tuple(profiles)}
        names = set(self.known.get("public_name", ())) & chosen
        if names:
            known["public_name"] = tuple(sorted(names))
        passed_over = set(self.known.get("profile", ())) - chosen
        return Columns(
            header=self.header,
            known={field: places for field, places in known.items() if places},
            custom={
                index: name
                for index, name in self.custom.items()
                if index not in chosen
            },
            declared=self.declared - chosen,
            named=tuple(
                (name, "profile" if index in chosen else said)
                if index not in passed_over
                else (name, "left out: it holds no person's address")
                for index, (name, said) in enumerate(self.named)
            ),
        )


def recognised(header: Sequence[str], declared: Sequence[str]) -> Columns:
    """The columns of a header. declared: the campaign's custom fields, whose spelling
    wins over the column's own."""
    known: dict[str, list[tuple[int, int]]] = {}
    custom: dict[int, str] = {}
    taken: set[str] = set()
    named: list[tuple[str, str]] = []
    is_declared: set[int] = set()
    declared_by_form = {normal_form(name): name for name in declared}
    for index, written in enumerate(header):
        name = written.strip()
        is_custom = name[:7].casefold() in ("custom.", "custom:")
        form = normal_form(name[7:] if is_custom else name)
        field, rank = (None, 0)
        if not is_custom and form not in declared_by_form:
            field, rank = _field_of(name, form)
        if field is not None:
            known.setdefault(field, []).append((rank, index))
            named.append((name, field))
            continue
        chosen = declared_by_form.get(form) or _custom_name(
            name[7:] if is_custom else name
        )
        if not form:
            named.append((name, "left out: it has no name"))
        elif not chosen:
            named.append((name, "left out: no template can say its name"))
        elif chosen not in taken:
            custom[index] = chosen
            taken.add(chosen)
            if form in declared_by_form:
                is_declared.add(index)
            named.append((name, f"custom.{chosen}"))
        else:
            named.append((name, "left out: another column has that name"))
    places = {
        field: tuple(index for _, index in sorted(ranked))
        for field, ranked in known.items()
    }
    for index in places.get("some_name", ()):
        named[index] = (named[index][0], _meant_by_name(header, index, places))
    return Columns(
        header=tuple(name.strip() for name in header),
        known=_with_names_settled(places, named),
        custom=custom,
        declared=frozenset(is_declared),
        named=tuple(named),
    )


def _field_of(name: str, form: str) -> tuple[str | None, int]:
    if form in _FIELD_OF:
        return _FIELD_OF[form]
    words = [word for word in _WORD_ENDS.split(name) if word]
    words = [_plain(word) for word in words]
    if len(words) > 1 and words[-1] == "1":
        words = words[:-1]
        if "".join(words) in _FIELD_OF:
            return _FIELD_OF["".join(words)]
    if _ADDRESS_WORDS.issuperset(words) and not _ADDRESS_CORE.isdisjoint(words):
        return "profile", _DERIVED_RANK
    if (_OPTS_OUT.search(form) or "dnc" in words) and not _NO_MARK.search(form):
        return "do_not_contact", _DERIVED_RANK
    while len(words) > 1 and words[0] in _SUBJECTS:
        words = words[1:]
        field, rank = _FIELD_OF.get("".join(words), ("profile", 0))
        if field not in ("profile", "public_name", "some_name"):
            return field, rank + _DERIVED_RANK
        if field == "some_name":
            return "full_name", rank + _DERIVED_RANK
    return None, 0


def _meant_by_name(
    header: Sequence[str], index: int, places: dict[str, tuple[int, ...]]
) -> str:
    """The meaning of a column Name, Nom or Nombre, by its neighbours."""
    if "last_name" in places and "first_name" not in places:
        return "first_name"
    if "first_name" in places and "last_name" not in places:
        given = normal_form(header[places["first_name"][0]])
        is_english = given.endswith(("firstname", "givenname", "forename"))
        if not is_english and normal_form(header[index]) in _SURNAME_WORDS:
            return "last_name"
    return "full_name"


def _with_names_settled(
    places: dict[str, tuple[int, ...]], named: Sequence[tuple[str, str]]
) -> dict[str, tuple[int, ...]]:
    settled = dict(places)
    for index in settled.pop("some_name", ()):
        field = named[index][1]
        settled[field] = (*settled.get(field, ()), index)
    return settled


def _custom_name(written: str) -> str:
    """A name for templates: lower case, digits and `_`."""
    name = re.sub(r"[^a-z0-9]+", "_", written.casefold().strip()).strip("_")
    if name[:1].isdigit():
        name = f"c_{name}"
    return name[:_LONGEST_NAME]
