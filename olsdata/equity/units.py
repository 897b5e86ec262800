"""Units of analysis: what counts as one observation.

Below a coverage of 0.9 a bassin is cut out of a city, and all that is known there is the whole
city's: nine such bassins are not nine observations. They are one line, « Charleroi (9 bassins) ».
"""

from __future__ import annotations

import pandas as pd

from olsdata import tables, territory
from olsdata.local import remembered
from olsdata.tables import DataError, Facts
from olsdata.territory import WHOLE, Zoning

LEVELS = ("commune", "bassin", "ols")


def cities(zoning: Zoning, facts: Facts | None = None) -> pd.Series:
    """The commune out of which each bassin is cut, when it is.

    A bassin is cut out of a city when its coverage is below 0.9 and most of its inhabitants live
    in one commune of which it holds less than 0.9. A bassin of whole communes that was given a
    corner of a city keeps its own line.

    Returns
    -------
    Series, index zone, refnis; only the zones cut out of a city.

    Examples
    --------
    >>> (cities(territory.zoning("bassins")) == "52011").sum().item()
    9
    """
    facts = facts or tables.load()
    people = zoning.people * facts.totaux[2024].reindex(zoning.people.columns)
    share = people.div(people.sum(axis=1), axis="index")
    main = share.idxmax(axis=1)
    found = {
        zone: code
        for zone, code in main.items()
        if zoning.coverage[zone] < WHOLE
        and share.at[zone, code] > 0.5
        and zoning.people.at[zone, code] < WHOLE
    }
    return pd.Series(found, dtype=object).rename_axis("zone")


@remembered(maxsize=8)
def members(zoning: Zoning, facts: Facts | None = None) -> pd.Series:
    """Unit of each zone: itself, or the city that it is cut out of.

    Returns
    -------
    Series, index zone, id of its unit; a city's is « 03-52011 ». To colour a map of bassins with
    the values of the units.
    """
    city = cities(zoning, facts)
    unit = pd.Series(zoning.zones.index, index=zoning.zones.index, dtype=object)
    key = zoning.zones["ols"].reindex(city.index) + "-" + city
    # A city with one such bassin stays what it is.
    several = key[key.duplicated(keep=False)]
    unit[several.index] = several
    return unit.rename("unite").rename_axis("zone")


@remembered(maxsize=8)
def merged(zoning: Zoning, facts: Facts | None = None) -> Zoning:
    """The same zoning with the bassins of one city as one line.

    Returns
    -------
    Zoning; the very same one when nothing is to be merged.

    Examples
    --------
    >>> merged(territory.zoning("bassins")).zone("03-52011").label
    'Charleroi (9 bassins)'
    >>> merged(territory.zoning("ols")) is territory.zoning("ols")
    True
    """
    facts = facts or tables.load()
    unit = members(zoning, facts)
    count = unit.value_counts()
    if zoning.level != "bassin" or count.max() == 1:
        return zoning
    rows = {}
    for zone, id_ in unit.items():
        if count[id_] == 1:
            label = str(zoning.zones.at[zone, "label"])
        else:
            commune = facts.communes.at[str(id_).split("-", 1)[1], "nom"]
            label = f"{commune} ({count[id_]} bassins)"
        rows[id_] = {"label": label, "ols": zoning.zones.at[zone, "ols"]}
    zones = pd.DataFrame.from_dict(rows, orient="index").sort_index()
    about = {
        "id": f"{zoning.id}-unites",
        "label": zoning.label,
        "niveau": zoning.level,
        "statut": zoning.status,
        "source": zoning.source,
        "date": zoning.date,
        "version": zoning.version,
        "lien": zoning.link,
        "methode": zoning.method,
    }
    return territory.build(zoning.sectors.map(unit), zones, facts, about)


def units(level: str, facts: Facts | None = None) -> Zoning:
    """The units of analysis of a level: communes, bassins (a city is one line) or OLS.

    Raises
    ------
    DataError
        If the level is none of these.
    """
    if level not in LEVELS:
        raise DataError(f"Niveau inconnu : « {level} ». Niveaux possibles : {', '.join(LEVELS)}.")
    names = {"bassin": "bassins", "commune": "communes"}
    return merged(territory.zoning(names.get(level, level), facts), facts)
