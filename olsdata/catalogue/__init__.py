"""The catalogue: one TOML card per indicator. No figure is shown without its card."""

from __future__ import annotations

import tomllib
import unicodedata
from dataclasses import astuple, dataclass, field
from pathlib import Path
from typing import Any

from olsdata import words
from olsdata.local import indicators, remembered
from olsdata.tables import DataError

CARDS = Path(__file__).resolve().parent

BLOCKS = ("territoire", "population et besoins", "ressources", "utilisation", "opportunités")
DETERMINANTS = (
    "ressources individuelles",
    "ressources du ménage",
    "cadre bâti",
    "systèmes de santé et de protection",
    "expérience vécue",
)
POLARITIES = ("haut", "bas", "neutre")
GRAINS = ("commune", "secteur")
USAGES = ("local", "partagé")
"""Whether a resource serves those who live there, or is shared by several zones."""
AVAILABLE, UNAVAILABLE = "disponible", "non disponible"

OWN_MARK = "donnée locale"
"""Stands beside a figure that the reader brought, wherever it is shown."""

_ALWAYS = ("id", "titre", "aide", "bloc", "etat", "editeur")
_WITH_VALUES = (
    "unite",
    "decimales",
    "polarite",
    "jeu",
    "annee",
    "date",
    "licence",
    "lien",
    "limites",
    "grain",
)
_RULES = {
    "somme": ("colonne",),
    "rapport": ("numerateur", "denominateur"),
    "moyenne_ponderee": ("colonne", "poids"),
}


@dataclass(frozen=True)
class Rule:
    """How an indicator aggregates from communes to a zone."""

    type: str
    column: str
    weight: str = ""
    factor: float = 1.0
    offset: float = 0.0
    by_land: bool = False


@dataclass(frozen=True)
class Card:
    """What must stand beside a figure: words, unit, source, year, limits, aggregation."""

    id: str
    title: str
    help: str
    block: str
    state: str
    publisher: str
    determinant: str = ""
    unit: str = ""
    decimals: int = 0
    polarity: str = "neutre"
    dataset: str = ""
    year: str = ""
    date: str = ""
    licence: str = ""
    link: str = ""
    limits: str = ""
    grain: str = "commune"
    obtain: str = ""
    order: int = 0
    in_profile: bool = True
    usage: str = ""
    origin: str = ""
    received: str = ""
    rule: Rule | None = field(default=None)

    @property
    def available(self) -> bool:
        """Whether communal values are embedded."""
        return self.state == AVAILABLE

    @property
    def own(self) -> bool:
        """Whether the reader brought it: its values are those of a file of the field."""
        return self.origin == indicators.OWN

    @property
    def mark(self) -> str:
        """What says that a figure is not one of those that the dashboard ships; else empty."""
        if self.own:
            return OWN_MARK
        return f"actualisé le {words.day(self.received)}" if self.origin else ""

    @property
    def marked(self) -> str:
        """Title, with the mark of a figure that the reader brought."""
        return f"{self.title} ({OWN_MARK})" if self.own else self.title

    @property
    def option(self) -> str:
        """Title and year, as they stand in a list of indicators."""
        return f"{self.title} ({self.year})" + (f" · {OWN_MARK}" if self.own else "")

    @property
    def source(self) -> str:
        """Source line: publisher, date, and the mark of a figure of the local layer."""
        parts = [self.publisher, self.date]
        line = ", ".join(filter(None, parts))
        return f"{line} ({self.mark})" if self.mark else line

    @property
    def aggregation(self) -> str:
        """How a zone's value is made: somme, rapport or moyenne_ponderee; empty without values."""
        return self.rule.type if self.rule else ""


def _rule(raw: dict[str, Any], name: str) -> Rule:
    about = raw.get("agregation")
    if not isinstance(about, dict) or about.get("type") not in _RULES:
        raise DataError(f"{name} : [agregation] type doit être {', '.join(_RULES)}.")
    kind = str(about["type"])
    missing = [key for key in _RULES[kind] if not about.get(key)]
    if missing:
        raise DataError(f"{name} : [agregation] il manque {', '.join(missing)}.")
    for key in ("facteur", "decalage"):
        if not isinstance(about.get(key, 0), int | float):
            raise DataError(f"{name} : [agregation] {key} doit être un nombre.")
    if about.get("partage", "superficie") != "superficie":
        raise DataError(f"{name} : [agregation] partage inconnu, « {about['partage']} ».")
    keys = _RULES[kind]
    return Rule(
        type=kind,
        column=str(about[keys[0]]),
        weight=str(about[keys[1]]) if len(keys) > 1 else "",
        factor=float(about.get("facteur", 1)),
        offset=float(about.get("decalage", 0)),
        by_land=about.get("partage") == "superficie",
    )


def parse(raw: dict[str, Any], name: str) -> Card:
    """A card from its TOML.

    Parameters
    ----------
    raw : the parsed file
    name : file name, for the messages

    Raises
    ------
    DataError
        If a required key is missing or has an unknown value; names it.
    """

    def text(key: str) -> str:
        return str(raw.get(key, "")).strip()

    state = text("etat")
    if state not in (AVAILABLE, UNAVAILABLE):
        raise DataError(f"{name} : etat doit être « {AVAILABLE} » ou « {UNAVAILABLE} ».")
    required = _ALWAYS + (_WITH_VALUES if state == AVAILABLE else ("obtenir",))
    # A file of the field may have no address.
    free = ("lien",) if text("origine") == indicators.OWN else ()
    missing = [key for key in required if key not in free and not text(key)]
    if missing:
        raise DataError(f"{name} : il manque {', '.join(missing)}.")
    for key, allowed in (
        ("bloc", BLOCKS),
        ("determinant", (*DETERMINANTS, "")),
        ("usage", (*USAGES, "")),
    ):
        if text(key) not in allowed:
            raise DataError(f"{name} : {key} inconnu, « {text(key)} ».")
    if state == AVAILABLE:
        choices: dict[str, tuple[str, ...]] = {"polarite": POLARITIES, "grain": GRAINS}
        for key, values in choices.items():
            if text(key) not in values:
                raise DataError(f"{name} : {key} doit être {' ou '.join(values)}.")
        if not isinstance(raw["decimales"], int) or raw["decimales"] < 0:
            raise DataError(f"{name} : decimales doit être un nombre entier.")
    return Card(
        id=text("id"),
        title=text("titre"),
        help=text("aide"),
        block=text("bloc"),
        state=state,
        publisher=text("editeur"),
        determinant=text("determinant"),
        unit=text("unite"),
        decimals=int(raw.get("decimales", 0)),
        polarity=text("polarite") or "neutre",
        dataset=text("jeu"),
        year=text("annee"),
        date=text("date"),
        licence=text("licence"),
        link=text("lien"),
        limits=text("limites"),
        grain=text("grain") or "commune",
        obtain=text("obtenir"),
        order=int(raw.get("ordre", 0)),
        in_profile=bool(raw.get("profil", True)),
        usage=text("usage"),
        origin=text("origine"),
        received=str(raw.get("provenance", {}).get("recu", ""))[:10],
        rule=_rule(raw, name) if state == AVAILABLE else None,
    )


@remembered(maxsize=4)
def cards(folder: Path = CARDS) -> dict[str, Card]:
    """All cards of a folder by id, in the order of the blocks, then of their ``ordre``.

    A card of the local layer takes the place of the shipped one of the same id.

    Raises
    ------
    DataError
        If one card is incomplete, or its id is not its file name.
    """
    found: list[Card] = []
    layer = indicators.abouts() if folder == CARDS else {}
    for path in sorted(folder.glob("*.toml")):
        if path.stem in layer:
            continue
        try:
            raw = tomllib.loads(path.read_text("utf-8"))
        except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise DataError(f"{path.name} : illisible ({error}).") from None
        card_ = parse(raw, path.name)
        if card_.id != path.stem:
            raise DataError(
                f"{path.name} : l’identifiant « {card_.id} » n’est pas le nom du fichier."
            )
        found.append(card_)
    found += [parse(raw, f"{id_}.toml") for id_, raw in layer.items()]
    return {c.id: c for c in sorted(found, key=lambda c: (BLOCKS.index(c.block), c.order))}


def card(indicator: str) -> Card:
    """The card of an indicator.

    Raises
    ------
    DataError
        If no card has this id.
    """
    known = cards()
    if indicator not in known:
        raise DataError(f"Indicateur inconnu : « {indicator} ».")
    return known[indicator]


def available() -> dict[str, Card]:
    """The cards that have communal values."""
    return {key: c for key, c in cards().items() if c.available}


def _plain(text: str) -> str:
    """Lower case without accents, for searching."""
    return "".join(
        c for c in unicodedata.normalize("NFD", text.lower()) if not unicodedata.combining(c)
    )


def search(asked: str) -> list[Card]:
    """Cards that hold every word asked for, accents and case aside; all of them for "".

    >>> [card.id for card in search("mediane revenu")]
    ['income_median_admin_2023']
    """
    words = _plain(asked).split()
    return [
        c
        for c in cards().values()
        if all(w in _plain(" ".join(map(str, astuple(c)))) for w in words)
    ]
