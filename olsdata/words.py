"""French numbers and words, shared by the pages, the documents and the messages."""

from __future__ import annotations

import math
import re
import unicodedata

NARROW = "\u202f"
MINUS = "\u2212"
MISSING = "non disponible"


_MARKUP = re.compile(r"[<>\[\]{}\\`*_#|~$^]|://|www\.", re.IGNORECASE)


def markup(text: str) -> str:
    """First thing in a name that a heading or a chart would take for a layout or an address.

    >>> markup("Val d’Heure (nord) & Thudinie"), markup("Ici [là](http://x)"), markup("www.x.be")
    ('', '[', 'www.')
    """
    found = _MARKUP.search(text)
    return found.group() if found else ""


def number(value: float | None, decimals: int = 0, sign: bool = False) -> str:
    """A number as it is written in French: narrow no-break spaces, decimal comma.

    >>> number(3713450), number(19.0104, 1), number(-2.5, 1), number(8.31, 1, sign=True)
    ('3\u202f713\u202f450', '19,0', '−2,5', '+8,3')
    >>> number(float("nan"))
    'non disponible'
    """
    if value is None or math.isnan(value):
        return MISSING
    text = f"{abs(value):,.{decimals}f}".replace(",", NARROW).replace(".", ",")
    if value >= 0 and not sign:
        return text
    rounded = float(f"{value:.{decimals}f}")
    if rounded < 0:
        return MINUS + text
    return f"+{text}" if sign and rounded > 0 else text


def quantity(value: float | None, unit: str, decimals: int = 0, sign: bool = False) -> str:
    """A number with its unit, joined so that they never part.

    >>> quantity(19.0104, "%", 1), quantity(2, "km"), quantity(float("nan"), "km")
    ('19,0\u202f%', '2\u202fkm', 'non disponible')
    """
    text = number(value, decimals, sign)
    return text if text == MISSING or not unit else f"{text}{NARROW}{unit}"


def day(iso: str) -> str:
    """A date, or the date of a moment, as it is written in Belgium; anything else stays as it is.

    >>> day("2024-06-06"), day("2024-06-06T10:30:00+00:00"), day("2025")
    ('6/6/2024', '6/6/2024', '2025')
    """
    parts = iso.partition("T")[0].split("-")
    return "/".join(part.lstrip("0") for part in parts[::-1]) if len(parts) == 3 else iso


def plural(count: float, singular: str, many: str = "") -> str:
    """A count with its noun; French keeps the singular below two.

    >>> plural(1, "commune"), plural(21, "commune"), plural(0, "bassin")
    ('1 commune', '21 communes', '0 bassin')
    """
    noun = singular if round(count) < 2 else (many or f"{singular}s")
    return f"{number(count)} {noun}"


_STANDING = {
    "officiel": ("officiel", "officiels"),
    "provisoire": ("provisoire", "provisoires"),
    "atelier": ("proposé en atelier", "proposés en atelier"),
    "validé": ("validé par l’OLS", "validés par l’OLS"),
}


def standing(status: str, count: float = 2) -> str:
    """What the status of a zoning says of that many of its zones.

    >>> standing("provisoire", 3), standing("validé", 1)
    ('provisoires', 'validé par l’OLS')
    """
    return _STANDING[status][round(count) >= 2]


_SPELLED = "zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze"


def spelled(count: int) -> str:
    """A small count in letters, a larger one in figures.

    >>> spelled(10), spelled(154)
    ('dix', '154')
    """
    names = _SPELLED.split()
    return names[count] if count < len(names) else number(count)


def listing(names: list[str], most: int = 0) -> str:
    """Names in a sentence.

    >>> listing(["Namur", "Anhée"]), listing(["a", "b", "c"], most=2)
    ('Namur et Anhée', 'a, b et 1 autre')
    """
    if most and len(names) > most:
        left = len(names) - most
        return f"{', '.join(names[:most])} et {left} autre{'s' if left > 1 else ''}"
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} et {names[-1]}"


def low(label: str) -> str:
    """A label inside a line; its acronyms keep their capitals.

    >>> low("Bassin de vie"), low("OLS")
    ('bassin de vie', 'OLS')
    """
    return label if label[:2].isupper() else label[:1].lower() + label[1:]


def spaced(text: str) -> str:
    r"""The text with no-break spaces where French wants them, so that no sign starts a line.

    >>> spaced("Où ? « Ici » : 5 %")
    'Où\u202f? «\xa0Ici\xa0»\xa0: 5\u202f%'
    >>> spaced("100 000 habitants en 2021")
    '100\u202f000 habitants en 2021'
    """
    text = re.sub(r"(?<=\d) (?=\d{3}(?!\d))", NARROW, text)
    for sign in "?!;%€":
        text = text.replace(f" {sign}", f"{NARROW}{sign}")
    return text.replace(" :", "\xa0:").replace("« ", "«\xa0").replace(" »", "\xa0»")


def wrapped(name: str, most: int = 14) -> tuple[str, ...]:
    """A name on one or two lines.

    >>> wrapped("07 Liège Sud-Huy-Waremme"), wrapped("Dinant")
    (('07 Liège Sud-', 'Huy-Waremme'), ('Dinant',))
    """
    if len(name) <= most:
        return (name,)
    cuts = [i + 1 for i, c in enumerate(name) if c in " -" and i > 2]
    if not cuts:
        return (name,)
    cut = min(cuts, key=lambda i: abs(len(name) / 2 - i))
    return name[:cut].strip(), name[cut:].strip()


def folded(name: str) -> str:
    """A name without capitals nor accents: to find it, or to sort it as French does.

    >>> folded("Écaussinnes"), folded("Braine-l’Alleud")
    ('ecaussinnes', "braine-l'alleud")
    """
    plain = unicodedata.normalize("NFKD", name.casefold().replace("’", "'"))
    return "".join(c for c in plain if not unicodedata.combining(c))
