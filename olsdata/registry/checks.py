"""What a text, a date, a share or a role must be before it is kept."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from olsdata import tables
from olsdata.exports.tables import FORMULA_STARTS
from olsdata.local import remembered
from olsdata.tables import DataError
from olsdata.words import folded

ROLES = {
    "facilitateur": "Facilitateur ou facilitatrice d’intégration",
    "iwpl": "IWPL",
    "structure": "Membre de la structure concernée",
    "professionnel": "Professionnel de la première ligne",
    "commune": "Commune ou CPAS",
    "administration": "Administration (AViQ, INAMI, SPW)",
    "autre": "Autre participant",
}
"""Who writes: a role, never a name."""

NAME_MOST, SOURCE_MOST, REMARK_MOST = 200, 500, 1_000
OLDEST_YEAR = 1900
SHARE_DECIMALS = 6

_HIDDEN = {"Cc", "Cs", "Co", "Cn", "Zl", "Zp"}
_DIRECTION = {
    *"\u061c\u200e\u200f",
    *map(chr, range(0x202A, 0x202F)),
    *map(chr, range(0x2066, 0x206A)),
}
_DATES = (
    re.compile(r"(?P<y>\d{4})(-(?P<m>\d{1,2})(-(?P<d>\d{1,2}))?)?"),
    re.compile(r"((?P<d>\d{1,2})/)?(?P<m>\d{1,2})/(?P<y>\d{4})"),
)


def text(value: str, label: str, most: int, required: bool = False) -> str:
    """A text on one line, kept as it is typed: nothing in it is ever run or drawn as HTML.

    Raises
    ------
    DataError
        If it is required and empty, too long, or holds control characters or marks that reverse
        the direction of reading.

    Examples
    --------
    >>> text(" Cercle <b>🙂</b> ", "Nom", 200)
    'Cercle <b>🙂</b>'
    """
    kept = unicodedata.normalize("NFC", value.strip())
    if kept.startswith("'") and kept[1:].startswith(FORMULA_STARTS):
        kept = kept[1:]  # the apostrophe is our exports' own, see exports.tables.neutral
    if required and not kept:
        raise DataError(f"{label} : manquant.")
    if len(kept) > most:
        raise DataError(f"{label} : {len(kept)} caractères, {most} au plus.")
    if any(c in _DIRECTION or unicodedata.category(c) in _HIDDEN for c in kept):
        raise DataError(f"{label} : contient un caractère de contrôle ou un saut de ligne.")
    return kept


def link(value: str) -> str:
    """Web addresses, several joined by « ; »; "" when there is none.

    Raises
    ------
    DataError
        If one is not an http address.
    """
    kept = text(value, "Lien", 2 * REMARK_MOST)
    for part in filter(None, (p.strip() for p in kept.split(" ; "))):
        if not re.fullmatch(r"https?://[^\s<>\"]+", part):
            raise DataError("Lien : une adresse commence par http:// ou https://.")
    return kept


def day(value: str, label: str = "Date de la source", required: bool = True) -> str:
    """A date as precise as it is known, as ISO text.

    Parameters
    ----------
    value : « 2022 », « 2022-05 », « 2022-05-17 », « 05/2022 » or « 17/05/2022 »

    Raises
    ------
    DataError
        If it is missing, is no date, lies before 1900 or after today.

    Examples
    --------
    >>> day("2022"), day("17/5/2022"), day("5/2022")
    ('2022', '2022-05-17', '2022-05')
    """
    asked = value.strip()
    if not asked:
        if required:
            raise DataError(f"{label} : manquante.")
        return ""
    found = next((m for m in (p.fullmatch(asked) for p in _DATES) if m), None)
    wrong = DataError(f"{label} : « {asked[:20]} » n’est pas une date (AAAA, MM/AAAA, JJ/MM/AAAA).")
    if found is None:
        raise wrong
    year, month, number = (int(found[key]) if found[key] else None for key in "ymd")
    assert year is not None
    try:
        exact = date(year, month or 1, number or 1)
    except ValueError:
        raise wrong from None
    if year < OLDEST_YEAR:
        raise DataError(f"{label} : {year} est trop ancien.")
    if exact > date.today():
        raise DataError(f"{label} : {asked} est dans l’avenir.")
    parts = [f"{year:04}", f"{month:02}" if month else "", f"{number:02}" if number else ""]
    return "-".join(filter(None, parts))


def french_date(iso: str) -> str:
    """A kept date as it is written in French.

    >>> french_date("2022-05-17"), french_date("2022-05"), french_date("2022")
    ('17/5/2022', '5/2022', '2022')
    """
    return "/".join(part.lstrip("0") for part in iso[:10].split("-")[::-1])


def role(value: str) -> str:
    """The id of a role, from its id or its French name.

    Raises
    ------
    DataError
        If the list does not hold it.
    """
    asked = value.strip().casefold()
    for id_, name in ROLES.items():
        if asked in (id_, name.casefold()):
            return id_
    raise DataError(f"Rôle inconnu : « {value.strip()[:40]} ». Rôles : {', '.join(ROLES)}.")


def kind(value: str) -> str:
    """The id of a type of structure.

    Raises
    ------
    DataError
        If it does not exist.
    """
    asked = value.strip()
    if asked not in tables.STRUCTURE_TYPES:
        known = ", ".join(tables.STRUCTURE_TYPES)
        raise DataError(f"Type de structure inconnu : « {asked[:40]} ». Types : {known}.")
    return asked


@remembered(maxsize=1)
def _communes() -> dict[str, str]:
    """Code of each commune, by code and by folded name."""
    names = tables.load().communes["nom"]
    return {code: code for code in names.index} | {folded(n): c for c, n in names.items()}


def commune(value: str) -> str:
    """The REFNIS code of a commune given by its code, its name, or both (« 92094 Namur »).

    Raises
    ------
    DataError
        If there is no such commune, or code and name disagree.

    Examples
    --------
    >>> commune("Namur"), commune("92094"), commune("92094 namur")
    ('92094', '92094', '92094')
    """
    asked = unicodedata.normalize("NFC", value.strip())
    known = _communes()
    code, _, name = asked.partition(" ")
    if folded(asked) in known:
        return known[folded(asked)]
    if code in known and code.isdigit():
        if known.get(folded(name.strip())) == code:
            return code
        real = tables.load().communes.at[code, "nom"]
        raise DataError(f"Commune « {asked[:60]} » : le code {code} désigne {real}.")
    raise DataError(f"Commune inconnue : « {asked[:60]} ».")


def share(value: float | None) -> float | None:
    """A share of a commune, 0 excluded and 1 included; None means unknown.

    Raises
    ------
    DataError
        If it lies outside.
    """
    if value is None:
        return None
    kept = round(value, SHARE_DECIMALS)
    if not 0 < kept <= 1:
        raise DataError(
            f"Part {value:g} : une part est supérieure à 0 et ne dépasse pas 1 (100 %)."
        )
    return kept
