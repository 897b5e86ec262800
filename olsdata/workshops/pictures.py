"""Pictures chosen for a workshop: each is a view of the dashboard, with the room's question."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from olsdata import catalogue, structures, words
from olsdata.tables import DataError
from olsdata.workshops import lists
from olsdata.workshops.rows import SHORT, new_id, said

KINDS = {
    "carte": "Carte d’un indicateur",
    "pyramide": "Pyramide des âges",
    "evolution": "Évolution de la population",
    "besoin": "Carte du besoin",
    "structures": "Carte d’un type de structure",
}
LEVELS = {"ols": "Par OLS", "bassin": "Par bassin de vie", "commune": "Par commune"}
MOST = 3
"""Two or three pictures: a room looks at one at a time, and time is short."""

DEFAULTS = {
    "pyramide": "Quels âges comptent dans votre pratique, et que la pyramide ne dit pas ?",
    "evolution": "Que change cette évolution dans votre quotidien ?",
    "besoin": "Où le besoin est-il plus grand que ce que dit cette carte ?",
    "structures": "Qui manque sur cette carte, et qui est là sans qu’on le sache ?",
}


@dataclass(frozen=True)
class Seen:
    """What the room saw, as it was that day.

    Attributes
    ----------
    at : moment in UTC of the first time
    version : version of the data
    sentence, source : what stood beside the picture
    """

    at: str
    version: str
    sentence: str
    source: str


@dataclass(frozen=True)
class Picture:
    """A view of the dashboard.

    Attributes
    ----------
    kind : a key of ``KINDS``
    indicator : id of a card that has values (``carte``)
    level : zones of the map (``carte``, ``besoin``)
    structure : type of structure (``structures``)
    question : the room's question, beside it
    seen : None until a room has seen it
    """

    kind: str
    indicator: str = ""
    level: str = "commune"
    structure: str = ""
    question: str = ""
    id: str = ""
    seen: Seen | None = None

    @property
    def title(self) -> str:
        """What it shows, in words.

        >>> Picture("carte", "pct_65p_2021").title
        '65 ans et plus, par commune (2021)'
        >>> Picture("carte", "pct_65p_2021", "ols").title
        '65 ans et plus, par OLS (2021)'
        """
        if self.kind == "carte":
            card = catalogue.cards().get(self.indicator)
            name = f"{card.title}, {words.low(LEVELS[self.level])} ({card.year})" if card else ""
            return name or f"{self.indicator} (indicateur disparu)"
        if self.kind == "structures":
            known = structures.types().get(self.structure)
            return known.plural if known else f"{self.structure} (type disparu)"
        return KINDS[self.kind]

    @property
    def asked(self) -> str:
        """The question, or the usual one.

        >>> Picture("carte", "pct_65p_2021").asked
        '65 ans et plus : que savez-vous que cette carte ne montre pas ?'
        """
        if self.question or self.kind in DEFAULTS:
            return self.question or DEFAULTS[self.kind]
        card = catalogue.cards().get(self.indicator)
        asked = "que savez-vous que cette carte ne montre pas ?"
        return f"{card.title} : {asked}" if card else asked.capitalize()

    @property
    def about(self) -> str:
        """Indicator that a note beside it is about, or ""."""
        known = {"pyramide": "mean_age_2026", "evolution": "pop_growth_2009_2026_pct"}
        return self.indicator if self.kind == "carte" else known.get(self.kind, "")

    def address(self, ols: str) -> str:
        """Page and query of the same view in the dashboard.

        >>> Picture("carte", "pct_65p_2021").address("06")
        'population?territoire=06&niveau=commune&indicateur=pct_65p_2021'
        """
        place = f"territoire={ols}"
        if self.kind == "structures":
            return f"structures?{place}&type={self.structure}"
        if self.kind == "besoin":
            return f"universalisme?{place}&niveau={self.level}"
        about = f"&indicateur={self.indicator}" if self.indicator else ""
        return f"population?{place}&niveau={self.level}{about}"


def checked(picture: Picture) -> Picture:
    """The picture with an id, blank where its kind has no such field.

    Raises
    ------
    RefusedError
        If its question may designate a person.
    DataError
        If the kind, the indicator, the level or the type does not exist.
    """
    lists.choice(picture.kind, KINDS, "Image")
    lists.choice(picture.level, LEVELS, "Niveau")
    if picture.kind == "carte":
        if picture.indicator not in catalogue.available():
            raise DataError(f"Indicateur inconnu, ou sans chiffre : « {picture.indicator[:64]} ».")
    else:
        picture = replace(picture, indicator="")
    if picture.kind == "structures":
        structures.type_(picture.structure)
    else:
        picture = replace(picture, structure="")
    asked = said({"question": (picture.question, "Question", SHORT, False)})["question"]
    return replace(picture, question=asked, id=picture.id or new_id("i"))


def as_json(picture: Picture) -> dict[str, Any]:
    """A picture as the table keeps it."""
    return asdict(picture)


def from_json(values: dict[str, Any]) -> Picture:
    """A picture from the table; what this version does not know is left out."""
    known = {f.name for f in fields(Picture)} - {"seen"}
    kept = {k: str(v) for k, v in values.items() if k in known}
    seen = values.get("seen")
    found = None
    if isinstance(seen, dict):
        found = Seen(**{f.name: str(seen.get(f.name, "")) for f in fields(Seen)})
    return Picture(**kept, seen=found)
