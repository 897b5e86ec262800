"""Protection of persons: what in a text may designate someone, read before it is kept.

Two degrees: *certain* is refused, *doubtful* asks for a confirmation. The guard is an aid: it
knows patterns, not persons, and says nothing of a name without a title.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from olsdata.tables import DataError

WHY = (
    "Une note ne désigne personne et ne dit rien de médical sur quelqu’un : "
    "les règles du secret partagé ne sont pas fixées."
)

LABELS = {
    "registre": "Numéro de registre national ou numéro BIS",
    "iban": "Numéro de compte (IBAN)",
    "courriel": "Adresse de courriel",
    "telephone": "Numéro de téléphone",
    "inami": "Numéro INAMI",
    "naissance": "Date de naissance",
    "adresse": "Adresse avec un numéro",
    "nom": "Nom d’une personne",
}
REASONS = {
    ("registre", True): "ce numéro n’appartient qu’à une personne",
    ("registre", False): "ces onze chiffres ressemblent à un numéro de registre national",
    ("iban", True): "ce compte a un titulaire",
    ("iban", False): "ceci ressemble à un numéro de compte",
    ("courriel", True): "cette adresse désigne une personne ou son service",
    ("courriel", False): "ceci ressemble à une adresse de courriel",
    ("telephone", True): "ce numéro a un titulaire",
    ("inami", False): "ce numéro désignerait un prestataire",
    ("naissance", True): "une date de naissance aide à reconnaître quelqu’un",
    ("adresse", True): "c’est l’adresse de quelqu’un",
    ("adresse", False): "ceci ressemble à une adresse ; gardez-la si c’est celle d’un service",
    ("nom", True): "une note ne nomme personne ; écrivez un rôle ou une situation",
    ("nom", False): "ceci ressemble au nom d’une personne",
}


@dataclass(frozen=True)
class Finding:
    """Something in a text that may designate a person.

    Attributes
    ----------
    kind : a key of ``LABELS``
    text : the fragment, as it is read
    certain : refused when true, to be confirmed when false
    """

    kind: str
    text: str
    certain: bool

    @property
    def sentence(self) -> str:
        """What was found and why it matters."""
        return f"{LABELS[self.kind]} (« {self.text} ») : {REASONS[self.kind, self.certain]}."


class RefusedError(DataError):
    """The guard keeps the text out; ``findings`` says what must leave or be confirmed."""

    def __init__(self, findings: list[Finding]) -> None:
        self.findings = findings
        self.certain = any(f.certain for f in findings)
        head = "Texte refusé." if self.certain else "À confirmer avant d’enregistrer."
        super().__init__(" ".join([head, *(f.sentence for f in findings), WHY]))


def read(text: str) -> list[Finding]:
    """What may designate a person, certain ones first, then in the order of the text.

    Examples
    --------
    >>> [(f.kind, f.certain) for f in read("Rappeler le 0475 12 34 56, née le 3 mars 1985")]
    [('telephone', True), ('naissance', True)]
    >>> read("Une maman seule attend huit semaines un rendez-vous à Gembloux (5030).")
    []
    """
    left = plain(text)
    found: list[tuple[int, Finding]] = []
    for rule in _RULES:
        for start, end, kind, certain in rule(left):
            if end > start:
                found.append((start, Finding(kind, left[start:end].strip(), certain)))
            # What one rule has read is not read again as something else.
            left = left[:start] + "\u241f" * (end - start) + left[end:]
    found = [(start, f) for start, f in found if f.kind]
    ordered = [f for _, f in sorted(found, key=lambda pair: (not pair[1].certain, pair[0]))]
    return list(dict.fromkeys(ordered))


def check(texts: Collection[str], confirmed: Collection[str] = ()) -> None:
    """Let texts pass, or refuse them.

    Parameters
    ----------
    texts : every free text of a record
    confirmed : fragments (``Finding.text``) that the author confirms; only for doubtful ones

    Raises
    ------
    RefusedError
        If something is certain, or doubtful and not confirmed.
    """
    found = [f for text in texts for f in read(text)]
    kept = [f for f in found if f.certain or f.text not in confirmed]
    if kept:
        raise RefusedError(list(dict.fromkeys(kept)))


def doubtful(texts: Collection[str]) -> list[str]:
    """The fragments that a confirmation would let pass."""
    return [f.text for text in texts for f in read(text) if not f.certain]


def plain(text: str) -> str:
    """The text as the rules read it: plain digits, spaces and dashes, no invisible character.

    >>> plain("８5.07.30–033\u200b\u00a028")
    '85.07.30-033 28'
    """
    shown = []
    for c in unicodedata.normalize("NFKC", text):
        category = unicodedata.category(c)
        if category == "Cf":
            continue
        if category == "Nd":
            shown.append(str(unicodedata.digit(c)))
        elif category == "Pd" or c == "\u2212":
            shown.append("-")
        elif category == "Zs":
            shown.append(" ")
        else:
            shown.append("'" if c in "’ʼ" else c)
    return "".join(shown)


# --- Rules: each yields start, end, kind, certain; kind "" only hides what is no person's --------

Hit = tuple[int, int, str, bool]

_ENTERPRISE = re.compile(
    r"\b(?:BE|BCE|TVA|n° d'entreprise)[ :.]{0,3}(?:BE ?)?[01]\d{3}[ .]?\d{3}[ .]?\d{3}\b"
    r"|(?<![\d.])[01]\d{3}\.\d{3}\.\d{3}(?![\d.])"
)
_IBAN = re.compile(r"\b[A-Za-z]{2}\d{2}(?:[ .-]?[A-Za-z0-9]){10,30}")
_BE_IBAN = re.compile(r"\bBE\d{2}(?:[ .-]?\d{4}){3}\b", re.I)
_ELEVEN = re.compile(r"(?<![\d,])\d(?:[ ./-]{0,3}\d){10}(?!\d)")
_USUAL = re.compile(r"\d{2}[ ./-]?\d{2}[ ./-]?\d{2}[ ./-]{0,3}\d{3}[ ./-]{0,3}\d{2}")
_WRITTEN = re.compile(r"\d{2}\.\d{2}\.\d{2}[ -]{1,3}\d{3}[ .-]{1,3}\d{2}")
_EMAIL = re.compile(r"[\w.+%-]{1,64} ?@ ?[\w-]+(?:\.[\w-]+)+")
_HIDDEN_EMAIL = re.compile(
    r"[\w.+-]{1,64} ?[(\[](?:at|arobase)[)\]] ?[\w-]+ ?(?:\.|[(\[](?:dot|point)[)\]]) ?\w+", re.I
)
_INAMI_WORD = r"(?:INAMI|RIZIV)"
_INAMI_NUMBER = r"\d(?:[ ./-]?\d){7}(?:[ ./-]?\d{3})?(?!\d)(?!\s*(?:€|%|euro|EUR|million|hab))"
_INAMI = re.compile(
    rf"\b{_INAMI_WORD}\b[^\d.\n]{{0,20}}(?P<a>{_INAMI_NUMBER})"
    rf"|(?<!\d)(?P<b>{_INAMI_NUMBER})[ (,]{{1,3}}{_INAMI_WORD}\b",
    re.I,
)
_YEARS = re.compile(
    r"(?:19|20)\d\d\D?(?:19|20)\d\d|(?:19|20)\d\d\D\d\d\D\d\d|\d\d\D\d\d\D(?:19|20)\d\d"
)
_MONTH = (
    r"(?:janvier|février|fevrier|mars|avril|mai|juin|juillet|août|aout|septembre|octobre|"
    r"novembre|décembre|decembre|janv\.?|févr?\.?|avr\.?|juil\.?|sept\.?|oct\.?|nov\.?|déc\.?)"
)
_DATE = (
    rf"(?:(?:1er|\d{{1,2}}) {_MONTH} \d{{2,4}}|\d{{1,2}}[./ -]\d{{1,2}}[./ -](?:\d{{4}}|\d{{2}})\b"
    r"|\d{4}-\d{1,2}-\d{1,2})"
)
_BIRTH = re.compile(
    rf"\b(?:né|née|nés|nées|nee?|naissance|DDN|d\.d\.n\.)"
    rf"\b[ :.)]{{0,3}}(?:\(?e\)?s? )?(?:(?:est|était|en date|du|le|au) ){{0,3}}(?P<date>{_DATE})",
    re.I,
)
_BODY = re.compile(
    r"\b(?:OLS|ASBL|consortium|projet|réseau|plateforme|initiative|loi|décret|réforme|structure|"
    r"association|service|maison médicale|dispositif|cercle|groupe|comité|programme|idée)\b"
    r"[^.;!?]{0,50}$",
    re.I,
)
_WAY = (
    r"(?:rue|avenue|av\.|chaussée|chée|boulevard|bd|bld|place|quai|chemin|allée|impasse|route|"
    r"drève|clos|sentier|square|ruelle|venelle|cité|résidence|esplanade|faubourg|voie)"
)
_UPPER = "A-ZÀ-ÖØ-Þ"
_LINK = r"(?:(?:de la|de l'|de|du|des|d'|la|le|les|l'|aux?|sous|sur|en) ?)"
_NAME = rf"(?:{_LINK}{{0,2}}[{_UPPER}][\w'.-]*)(?: {_LINK}{{0,2}}[{_UPPER}][\w'-]*){{0,4}}"
_NUMBER = r"(?:n°|numéro|nr\.?)? ?\d{1,4} ?(?:[a-zA-Z]\b|bis\b|ter\b)?"
_AFTER = (
    r"(?= ?(?:$|[\n,.;:!?)]|bte\b|boîte\b|\d{4} |(?:à|depuis|et|où|dans|chez|avec|qui|est|au)\b))"
)
_STREET = re.compile(
    rf"\b(?i:{_WAY}) {_NAME}(?:,? ){_NUMBER}(?!\d){_AFTER}"
    rf"|(?<![\d/h])(?<!h )\d{{1,4}}(?: ?[a-zA-Z]| bis)?,? ?(?i:{_WAY}) {_NAME}"
)
_LIVES = re.compile(
    r"(?:\bhabit\w+|\bdomicili\w+|\bdemeur\w+|\blog[eé]\w*|\bvi(?:t|vent|vait)\b|\bchez\b)"
    r"[^.;!?]{0,30}$",
    re.I,
)
_PARTICLE = r"(?:(?:[Vv]an den|[Vv]an der|[Vv]an de|[Vv]an|[Vv]on|El|Ben|Al) )?"
_TITLED = re.compile(
    rf"(?<![\w'-])(?P<title>M(?:me|ME)s?|Mlle|M[rR]s?|MM\.|M\.|[Mm]adame|[Mm]onsieur|"
    rf"[Mm]ademoiselle|D[rR]s?|Dre|[Dd]octeure?|Prs?|Prof|[Pp]rofesseure?)\.? "
    rf"(?P<of>(?:de la|de|du|des|d') ?)?{_PARTICLE}"
    rf"(?P<name>[{_UPPER}][{_UPPER}\w'-]+)(?: [{_UPPER}][{_UPPER}a-zà-ÿ'-]+)*"
)
_QUICK = re.compile(r"\b(?:mme|mlle|mr)\.? (?P<name>[a-zà-ÿ][a-zà-ÿ'-]{2,})")
_SMALL_WORDS = frozenset(
    [
        *("les", "une", "des", "est", "qui", "que", "avec", "dans", "pour", "sans", "chez", "sur"),
        *("par", "aux", "tout", "toute", "seul", "seule", "âgé", "âgée", "elle", "lui", "son"),
        *("ses", "leur", "nous", "vous", "dit", "avait", "avoir", "être", "ayant"),
    ]
)
_NO_NAMES = frozenset(
    [
        *("Tout", "Tout-le-monde", "Tout-le-Monde", "Untel", "Unetelle"),
        *("Bourgmestre", "Échevin", "Échevine", "Ministre"),
    ]
)
_NAMED_PLACE = re.compile(
    r"(?:\b(?:rue|avenue|place|square|boulevard|clinique|centre|école|institut|hôpital|fondation|"
    r"maison|médicale|résidence|quai|clos|home|espace|salle|site)\b(?: (?:du|de la|de|d'))? ?)$",
    re.I,
)


def _before(text: str, match: re.Match[str]) -> str:
    """What precedes, as far as a rule looks back."""
    return text[max(0, match.start() - 80) : match.start()]


def _enterprise(text: str) -> Iterator[Hit]:
    """The number of an enterprise is public: hidden from the other rules."""
    for m in _ENTERPRISE.finditer(text):
        yield *m.span(), "", False


def _iban(text: str) -> Iterator[Hit]:
    from stdnum import iban

    for m in _IBAN.finditer(text):
        ends = (i for i in range(len(m[0]), 14, -1) if m[0][i - 1].isalnum())
        end = next((i for i in ends if iban.is_valid(m[0][:i], check_country=False)), 0)
        if end:
            yield m.start(), m.start() + end, "iban", True
    for m in _BE_IBAN.finditer(text):
        if not iban.is_valid(m[0], check_country=False):
            yield *m.span(), "iban", False


def _register(text: str) -> Iterator[Hit]:
    from stdnum.be import bis, nn

    for m in _ELEVEN.finditer(text):
        groups = re.findall(r"\d+", m[0])
        if len(groups) > 5 and max(map(len, groups)) > 1:
            continue  # a row of small numbers
        digits = "".join(groups)
        if nn.is_valid(digits) or bis.is_valid(digits):
            yield *m.span(), "registre", bool(_USUAL.fullmatch(m[0]))
        elif _WRITTEN.fullmatch(m[0]):
            yield *m.span(), "registre", False


def _email(text: str) -> Iterator[Hit]:
    for m in _EMAIL.finditer(text):
        yield *m.span(), "courriel", True
    for m in _HIDDEN_EMAIL.finditer(text):
        yield *m.span(), "courriel", False


def _inami(text: str) -> Iterator[Hit]:
    for m in _INAMI.finditer(text):
        name = "a" if m["a"] else "b"
        if not _YEARS.fullmatch(m[name]):
            yield *m.span(name), "inami", False


def _phone(text: str) -> Iterator[Hit]:
    import phonenumbers as pn

    for m in pn.PhoneNumberMatcher(text, "BE", leniency=pn.Leniency.VALID):
        begins = m.raw_string.lstrip("( ").startswith(("+", "0"))
        kind = pn.number_type(m.number)
        public = kind in (
            pn.PhoneNumberType.TOLL_FREE,
            pn.PhoneNumberType.SHARED_COST,
            pn.PhoneNumberType.PREMIUM_RATE,
            pn.PhoneNumberType.UAN,
        )
        if begins and not public:
            yield m.start, m.end, "telephone", True


def _birth(text: str) -> Iterator[Hit]:
    for m in _BIRTH.finditer(text):
        if not _BODY.search(_before(text, m)):
            yield *m.span("date"), "naissance", True


def _street(text: str) -> Iterator[Hit]:
    for m in _STREET.finditer(text):
        yield *m.span(), "adresse", bool(_LIVES.search(_before(text, m)))


def _name(text: str) -> Iterator[Hit]:
    for m in _TITLED.finditer(text):
        if m["name"] in _NO_NAMES or _NAMED_PLACE.search(_before(text, m)):
            continue
        known = m["title"].casefold().startswith(("d", "p"))  # a doctor may be cited publicly
        yield *m.span(), "nom", not (known or m["of"])
    for m in _QUICK.finditer(text):
        if m["name"] not in _SMALL_WORDS:
            yield *m.span(), "nom", False


_RULES: tuple[Callable[[str], Iterator[Hit]], ...] = (
    _iban,
    _register,
    _enterprise,
    _email,
    _inami,
    _phone,
    _birth,
    _street,
    _name,
)
