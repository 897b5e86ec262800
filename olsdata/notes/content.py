"""What a record says, and what it must be before it is kept."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import asdict, dataclass, fields, replace
from datetime import date, timedelta
from typing import Any

from olsdata import catalogue
from olsdata.exports.tables import FORMULA_STARTS
from olsdata.notes import lists, places
from olsdata.tables import DataError

TEXT_MOST, SHORT_MOST = 1_000, 200
OLDEST = date(1900, 1, 1)
REVIEW_YEARS, AHEAD_YEARS = 1, 10

_COMMON = {"sort", "text", "place", "theme", "indicator", "author", "date", "visibility"}
_OWN = {
    "note": {"kind", "direction", "strength", "confidence", "source", "voices", "review_by"},
    "besoin": {"for_whom", "missing", "obstacle", "level"},
    "signal": {"level"},
    "opportunite": set[str](),
    "victoire": set[str](),
}
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True)
class Content:
    """What a record says; ``checked`` blanks the fields that its sort does not have.

    Attributes
    ----------
    sort : note, besoin, signal, opportunite or victoire
    text : at most 1,000 characters, always shown as text
    place, indicator, theme : what it is about; a note has at least one of them
    kind, direction, strength, confidence, source, voices, review_by : notes only
    for_whom, missing, obstacle : besoins only
    level : signals, the level able to solve it; besoins, the level able to act, or "" not known yet
    author : role of who says it
    date, review_by : ISO days; "" is today, and one year later
    visibility : ols, iwpl or atelier
    """

    sort: str = "note"
    text: str = ""
    place: str = ""
    indicator: str = ""
    theme: str = ""
    kind: str = ""
    direction: str = "sans"
    strength: int = 1
    confidence: str = "faible"
    source: str = "observation"
    voices: str = "une"
    author: str = "facilitateur"
    date: str = ""
    review_by: str = ""
    visibility: str = "ols"
    for_whom: str = ""
    missing: str = ""
    obstacle: str = "autre"
    level: str = ""


LABELS = {
    "sort": "Sorte",
    "text": "Texte",
    "place": "Lieu",
    "indicator": "Indicateur",
    "strength": "Force",
    "date": "Date",
    "review_by": "À revoir le",
    "for_whom": "Pour qui",
} | {field: label for field, (_, label) in lists.FIELDS.items()}
"""French name of each field, as the pages and the exports write it."""


def clean(value: str) -> str:
    r"""A text without what cannot be seen: control characters and marks of direction.

    Line feeds stay. What remains is kept as it is typed: nothing in it is run or drawn as HTML.

    Examples
    --------
    >>> clean("  Attente\u202e trop\x00 longue\r\n<b>🙂</b>\t")
    'Attente trop longue\n<b>🙂</b>'
    """
    text = unicodedata.normalize("NFC", value.replace("\r\n", "\n").replace("\r", "\n"))
    text = text.replace("\t", " ").replace("\u2028", "\n").replace("\u2029", "\n")
    kept = "".join(c for c in text if c == "\n" or not _unseen(c)).strip()
    while kept.startswith("'") and kept[1:].startswith(FORMULA_STARTS):
        kept = kept[1:].strip()  # the apostrophe is our exports' own, see exports.tables.neutral
    return kept


def _unseen(c: str) -> bool:
    direction = c in "\u061c\u200b\u200e\u200f\ufeff" or "\u202a" <= c <= "\u202e"
    return direction or "\u2066" <= c <= "\u2069" or unicodedata.category(c) in ("Cc", "Cs")


def text(value: str, label: str, most: int, required: bool = True) -> str:
    """A cleaned text.

    Raises
    ------
    DataError
        If it is required and empty, or too long.
    """
    kept = clean(value)
    if required and not kept:
        raise DataError(f"{label} : manquant.")
    if len(kept) > most:
        raise DataError(f"{label} : {len(kept)} caractères, {most} au plus.")
    return kept


def day(value: str, label: str, latest: date, earliest: date = OLDEST) -> str:
    """An ISO day, from « 2026-11-21 » or « 21/11/2026 ».

    Raises
    ------
    DataError
        If it is no date, or lies before ``earliest`` or after ``latest``.

    Examples
    --------
    >>> day("21/3/2026", "Date", date(2026, 12, 31))
    '2026-03-21'
    """
    asked = value.strip()
    french = re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})", asked)
    try:
        if french:
            found = date(int(french[3]), int(french[2]), int(french[1]))
        elif re.fullmatch(r"\d{4}-\d{2}-\d{2}", asked):
            found = date.fromisoformat(asked)
        else:
            raise ValueError
    except ValueError:
        raise DataError(f"{label} : « {asked[:20]} » n’est pas une date (JJ/MM/AAAA).") from None
    if found < earliest:
        raise DataError(f"{label} : {_french(found)} est avant le {_french(earliest)}.")
    if found > latest:
        raise DataError(f"{label} : {_french(found)} est après le {_french(latest)}.")
    return found.isoformat()


def _french(moment: date) -> str:
    return f"{moment.day}/{moment.month}/{moment.year}"


def later(moment: str, years: int) -> str:
    """The same day some years later; 29 February becomes 28.

    >>> later("2024-02-29", 1)
    '2025-02-28'
    """
    start = date.fromisoformat(moment)
    try:
        return start.replace(year=start.year + years).isoformat()
    except ValueError:
        return (start.replace(day=28, year=start.year + years)).isoformat()


def checked(content: Content, before: Content | None = None, lenient: bool = False) -> Content:
    """The content, cleaned, with its defaults, and blank where its sort has no such field.

    Parameters
    ----------
    before : what the record said; a place or an indicator that has since disappeared may stay
    lenient : whether a place or an indicator unknown here is let through (import)

    Raises
    ------
    DataError
        One line per fault, all of them.
    """
    faults: list[str] = []

    def attempt(check: Any, *arguments: Any) -> Any:
        try:
            return check(*arguments)
        except DataError as error:
            faults.append(str(error))
            return arguments[0]

    if content.sort not in lists.SORTS:
        raise DataError(f"Sorte inconnue : « {content.sort[:40]} ».")
    content = _of_sort(content)
    today = date.today()
    has = _COMMON | _OWN[content.sort]
    ahead = content.sort == "opportunite"
    latest = date.fromisoformat(later(today.isoformat(), AHEAD_YEARS)) if ahead else today
    # A file written just after midnight elsewhere, or a clock that is ahead, is no fault.
    latest += timedelta(days=1 if lenient else 0)
    moment = attempt(day, content.date or today.isoformat(), "Date", latest)
    found = replace(
        content,
        text=attempt(text, content.text, "Texte", TEXT_MOST),
        for_whom=attempt(text, content.for_whom, "Pour qui", SHORT_MOST, False),
        date=moment,
    )
    if "review_by" in has and not faults:
        asked = content.review_by or later(moment, REVIEW_YEARS)
        last = date.fromisoformat(later(moment, AHEAD_YEARS))
        review = attempt(day, asked, "À revoir le", last, date.fromisoformat(moment))
        found = replace(found, review_by=review)
    optional = {"theme", "level"} if content.sort == "besoin" else {"theme"}
    for field in lists.FIELDS:
        if field in has and (field not in optional or getattr(content, field)):
            attempt(_choice, getattr(content, field), field)
    if "strength" in has and content.strength not in lists.STRENGTHS:
        faults.append("Force : 1, 2 ou 3.")
    old = before or Content()
    if content.place and content.place != old.place:
        attempt(_place, content.place, lenient)
    if content.indicator and content.indicator != old.indicator:
        attempt(_indicator, content.indicator, lenient)
    faults += _missing_subject(content, lenient)
    if faults:
        raise DataError("\n".join(dict.fromkeys(faults)))
    return found


def _of_sort(content: Content) -> Content:
    has = _COMMON | _OWN[content.sort]
    other = [f for f in fields(Content) if f.name not in has]
    return replace(content, **{f.name: 0 if f.name == "strength" else "" for f in other})  # type: ignore[arg-type]


def _choice(value: str, field: str) -> str:
    return lists.choice(field, value)


def _place(value: str, lenient: bool) -> str:
    if lenient and re.fullmatch(_ID, value):
        return value
    return places.find(value).id


def _indicator(value: str, lenient: bool) -> str:
    if value not in catalogue.cards() and not (lenient and re.fullmatch(_ID, value)):
        raise DataError(f"Indicateur inconnu : « {value[:64]} ».")
    return value


def _missing_subject(content: Content, lenient: bool) -> list[str]:
    about = (content.place, content.indicator, content.theme)
    if content.sort == "note" and not any(about):
        return ["Une note a un lieu, un indicateur ou un thème."]
    if content.sort == "besoin":
        place = places.known().get(content.place)
        if not content.place:
            return ["Lieu : manquant ; un besoin est relevé dans un bassin de vie ou une OLS."]
        if place is not None and place.level not in ("bassin", "ols"):
            return ["Lieu : un besoin est relevé dans un bassin de vie ou une OLS."]
    if content.sort in ("opportunite", "victoire") and not content.place:
        return ["Lieu : manquant."]
    return []


def texts(content: Content) -> tuple[str, ...]:
    """Every free text, for the guard."""
    return tuple(t for t in (content.text, content.for_whom) if t)


def as_json(content: Content) -> dict[str, Any]:
    """A content as a revision keeps it."""
    return asdict(content)


def from_json(values: dict[str, Any]) -> Content:
    """A content from what a revision or a draft keeps; unknown keys are left out."""
    known = {f.name: f.type for f in fields(Content)}
    kept: dict[str, Any] = {}
    for name, value in values.items():
        if name == "strength" and isinstance(value, int | float):
            kept[name] = int(value)
        elif name in known and name != "strength" and isinstance(value, str):
            kept[name] = value
    return Content(**kept)


def differences(old: Content, new: Content) -> dict[str, tuple[Any, Any]]:
    """Fields that differ: name → (before, after)."""
    pairs = ((f.name, getattr(old, f.name), getattr(new, f.name)) for f in fields(Content))
    return {name: (one, other) for name, one, other in pairs if one != other}
