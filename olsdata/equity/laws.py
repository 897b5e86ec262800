"""Weights that Walloon law already gives to need: precedents, each with its article.

Some can be set in motion on the embedded figures: people aged 60 and over counted twice, equality
per head, thresholds of density. The others are listed with what is lacking.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pandas as pd

from olsdata import figures, tables
from olsdata.equity import need
from olsdata.tables import DataError, Facts

FILE = "ponderations_legales.csv"
AGES = 2021
"""Year of the embedded ages."""

DOUBLE, PER_HEAD, THRESHOLD = "60_double", "par_habitant", "seuil"
_COLUMNS = ("structure", "mecanisme", "valeur", "article", "prereglage", "pourquoi")


@dataclass(frozen=True)
class Precedent:
    """A weight that the law gives.

    Attributes
    ----------
    structure, mechanism, value, article : as the law has it, in French
    preset : "60_double", "par_habitant", "seuil:150" (inhabitants per km²), or "" when it cannot
        be set in motion
    why : what the preset does, or why there is none, in French
    """

    structure: str
    mechanism: str
    value: str
    article: str
    preset: str
    why: str

    @property
    def threshold(self) -> float:
        """Inhabitants per km² of a preset of threshold; NaN for the others."""
        kind, _, limit = self.preset.partition(":")
        return float(limit) if kind == THRESHOLD else float("nan")


@lru_cache(maxsize=2)
def precedents(folder: Path = tables.GEODATA) -> list[Precedent]:
    """The weights of the law, in the order of the file.

    Raises
    ------
    DataError
        If the file is missing or is not what it should be.

    Examples
    --------
    >>> [p.article for p in precedents() if p.preset == DOUBLE]
    ['CWASS 460, 3°']
    """
    try:
        frame = pd.read_csv(folder / FILE, dtype=str, keep_default_na=False)
        return [Precedent(*(row[name] for name in _COLUMNS)) for _, row in frame.iterrows()]
    except (OSError, UnicodeDecodeError, KeyError, ValueError):
        raise DataError(f"{FILE} : fichier introuvable ou illisible.") from None


def weighted_people(preset: str, year: int, facts: Facts | None = None) -> pd.Series:
    """Inhabitants of each commune of the OLS as the law counts them.

    Parameters
    ----------
    preset : "60_double" (those aged 60 and over count twice, by the share of 2021) or
        "par_habitant"
    year : of the inhabitants, 1 January

    Returns
    -------
    Series, index refnis (252).

    Raises
    ------
    DataError
        If the preset does not weigh inhabitants.

    Examples
    --------
    >>> counted, plain = (weighted_people(p, 2021).sum() for p in (DOUBLE, PER_HEAD))
    >>> round(float(counted / plain), 3)
    1.254
    """
    facts = facts or tables.load()
    people = facts.totaux.loc[need.communes(facts), year].astype(float)
    if preset == PER_HEAD:
        return people
    if preset != DOUBLE:
        raise DataError(f"« {preset} » ne pondère pas les habitants.")
    columns = figures.commune_columns(facts)
    older = (columns[f"pop_60p_{AGES}"] / columns[f"pop_total_{AGES}"]).reindex(people.index)
    return people * (1 + older)


def below_threshold(limit: float, facts: Facts | None = None) -> pd.Series:
    """Communes of the OLS with fewer inhabitants per km² than a threshold of the law (2026).

    Returns
    -------
    Series of bool, index refnis (252).
    """
    facts = facts or tables.load()
    columns = figures.commune_columns(facts)
    density = columns["pop_total_2026"] / columns["area_km2_2026"]
    found: pd.Series = density.reindex(need.communes(facts)) < limit
    return found
