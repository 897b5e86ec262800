"""Trajectoire: where a team stands on its own road, dated and revised, without a score."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

FOLDER = Path(__file__).parent
ENDS = (0, 10)
"""A position on a step: 0 is the first scenario, 10 the second."""

WORDS = {
    "loin": "pas encore",
    "germe": "en germe",
    "marche": "en marche",
    "ancre": "ancré",
    "sait_pas": "nous ne savons pas",
}
"""Where a team says that it stands on a question of a grid: words, never a mark."""

SECTORS = {
    "1LSS": "première ligne, social et santé",
    "PP": "promotion et prévention",
    "SH": "secteur hospitalier",
    "SM": "santé mentale",
    "SSS": "système social et de santé",
    "citoyens": "citoyens et usagers",
    "autre": "autre secteur",
}
"""Sectors of the map of structures of the training, and those that it lacks."""

EXPECTED = ("1LSS", "PP", "SH", "SM", "SSS", "citoyens")
"""Sectors whose absence is said."""

PARTS = {"membre": "membre", "partenaire": "partenaire"}
LEVELS = {"bassin": "bassin de vie", "ols": "OLS", "region": "région"}
FUNCTIONS = {
    "partenariat": "Partenariat",
    "decision": "Décision collaborative",
    "apprenant": "Système apprenant et pratique réflexive",
    "integration": "Intégration systémique et alignement stratégique",
    "information": "Information et retour",
}
"""The five transversal functions."""

HELD = {0: "pas du tout", 1: "un peu", 2: "en partie", 3: "beaucoup", 4: "pleinement"}
"""How far a structure says that it holds a function."""

STAFF_LEAST = 80
"""Share of the budget of a pilot project that goes to staff at least, %."""

CEILINGS = (450_000, 700_000)
"""Ceiling of a pilot project's budget under, and from, the line of 450,000 inhabitants, €."""


@dataclass(frozen=True)
class Step:
    """A step of the roadmap; ``alone`` when the report gives one way only."""

    id: str
    title: str
    one: str = ""
    two: str = ""
    alone: str = ""
    risk_one: str = ""
    risk_two: str = ""

    def place(self, position: int | None) -> str:
        """A position in words: nearer to which scenario; a notch, never a mark.

        Parameters
        ----------
        position : within ``ENDS``, or None

        Examples
        --------
        >>> steps()["6"].place(7), steps()["6"].place(0)
        ('cran 7, plus près de « coopération »', 'cran 0, tout à « coordination »')
        >>> steps()["6"].place(5), steps()["6"].place(None)
        ('cran 5, à mi-chemin', 'pas encore placé')
        """
        if position is None:
            return "pas encore placé"
        low, high = ENDS
        if 2 * position == low + high:
            return f"cran {position}, à mi-chemin"
        nearer = self.one if 2 * position < low + high else self.two
        how = "tout à" if position in ENDS else "plus près de"
        return f"cran {position}, {how} « {nearer} »"


@dataclass(frozen=True)
class Question:
    """A question of a grid."""

    id: str
    title: str
    text: str


@dataclass(frozen=True)
class Grid:
    """A grid: its questions, the items of the documents that it gives, its source."""

    id: str
    title: str
    covers: tuple[str, ...]
    document: str
    remark: str
    questions: tuple[Question, ...]


@dataclass(frozen=True)
class Axis:
    """An axis of the operational team and its tasks."""

    title: str
    tasks: tuple[str, ...]
    state: str


@lru_cache(maxsize=1)
def steps() -> dict[str, Step]:
    """Steps of the roadmap by id, in order."""
    found = tomllib.loads((FOLDER / "steps.toml").read_text("utf-8"))["etape"]
    return {
        raw["id"]: Step(
            raw["id"],
            raw["titre"],
            raw.get("un", ""),
            raw.get("deux", ""),
            raw.get("seul", ""),
            raw.get("risque_un", ""),
            raw.get("risque_deux", ""),
        )
        for raw in found
    }


@lru_cache(maxsize=1)
def grids() -> dict[str, Grid]:
    """Grids by id."""
    found = tomllib.loads((FOLDER / "grids.toml").read_text("utf-8"))
    return {
        id_: Grid(
            id_,
            raw["titre"],
            tuple(raw["couvre"]),
            raw["document"],
            raw["note"],
            tuple(Question(*question) for question in raw["questions"]),
        )
        for id_, raw in found.items()
    }


@lru_cache(maxsize=1)
def team() -> tuple[Axis, ...]:
    """The five axes of the operational team."""
    found = tomllib.loads((FOLDER / "team.toml").read_text("utf-8"))["axe"]
    return tuple(Axis(raw["titre"], tuple(raw["taches"]), raw["etat"]) for raw in found)
