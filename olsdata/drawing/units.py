"""What is drawn with: the communes of an OLS, and the sections of those that may be shared out.

A proposal always knows its sections, so that a commune can be opened at any moment; a *unit* is
what is chosen at once on the map or in the list: a whole commune, or a section of an open one.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import pandas as pd

from olsdata import tables, territory
from olsdata.grid import CITY
from olsdata.local import remembered
from olsdata.tables import DataError
from olsdata.words import folded

PEOPLE_YEAR = 2024
"""Year of the inhabitants of the sectors."""


@dataclass(frozen=True)
class Unit:
    """A commune, or a section of an open commune.

    Attributes
    ----------
    id : REFNIS of a whole commune, or code of a section
    name : « Gembloux », « Malonne (Namur) »
    population : inhabitants of its sectors, 1/1/2024
    hectares : land of its sectors
    """

    id: str
    name: str
    refnis: str
    sections: tuple[str, ...]
    population: int
    hectares: float


@remembered(maxsize=16)
def sections_of(ols: str) -> pd.DataFrame:
    """Sections of an OLS.

    Returns
    -------
    DataFrame, index section in order; refnis, nom, population (persons, 1/1/2024), hectares.

    Raises
    ------
    DataError
        If there is no such OLS.

    Examples
    --------
    >>> sections_of("06").loc["92094A", ["refnis", "nom"]].tolist()
    ['92094', 'Namur']
    """
    zoning = territory.zoning("ols")
    if ols not in zoning.zones.index:
        raise DataError(f"OLS inconnue : « {ols[:20]} ».")
    facts = tables.load()
    sectors = facts.secteurs.loc[zoning.sectors.index[zoning.sectors == ols]]
    sums = sectors.groupby("section")[["population_2024", "hectares"]].sum()
    found = facts.sections.loc[sums.index, ["refnis", "nom"]].join(sums)
    return found.rename(columns={"population_2024": "population"})


@remembered(maxsize=16)
def always_open(ols: str) -> frozenset[str]:
    """Communes that always show their sections: the large ones, and those that the OLS cut.

    >>> sorted(always_open("05")), sorted(always_open("06"))
    (['91005', '92094'], ['91005', '92094'])
    """
    facts = tables.load()
    here = set(sections_of(ols)["refnis"])
    counts = facts.sections["refnis"].value_counts()
    mine = sections_of(ols)["refnis"].value_counts()
    cut = {code for code in here if mine[code] < counts[code]}
    return frozenset(cut | {code for code in here if facts.totaux.at[code, PEOPLE_YEAR] > CITY})


def units(ols: str, opened: Collection[str] = ()) -> list[Unit]:
    """Units of an OLS, by name.

    Parameters
    ----------
    ols : "01" to "10"
    opened : communes shown by their sections, beside those that always are

    Examples
    --------
    >>> [unit.name for unit in units("06") if unit.refnis == "91030"]
    ['Ciney']
    >>> len([unit for unit in units("06", ["91030"]) if unit.refnis == "91030"])
    9
    """
    names = tables.load().communes["nom"]
    frame = sections_of(ols)
    apart = frame["refnis"].isin(always_open(ols) | set(opened))
    found = []
    for code, rows in frame.groupby(frame["refnis"].where(~apart, frame.index.to_series())):
        refnis = str(rows["refnis"].iloc[0])
        whole = str(code) == refnis
        name = str(names[refnis]) if whole else f"{rows['nom'].iloc[0]} ({names[refnis]})"
        found.append(
            Unit(
                id=str(code),
                name=name,
                refnis=refnis,
                sections=tuple(str(section) for section in rows.index),
                population=int(rows["population"].sum()),
                hectares=float(rows["hectares"].sum()),
            )
        )
    return sorted(found, key=lambda unit: (folded(unit.name), unit.id))
