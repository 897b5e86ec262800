"""Resources that the need is set against: how many in each zone, for which inhabitants.

A point of care has a complete communal count and is taken from its card. A type of meso structure
is taken from the registry, under its completeness guard: no ratio below 80 % recorded.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from olsdata import catalogue, figures, structures, tables
from olsdata.equity import need
from olsdata.local import remembered
from olsdata.tables import TOTAL_YEARS, DataError, Facts
from olsdata.territory import WHOLE, Zoning

LOCAL, SHARED = "local", "partagé"
STRUCTURES_PER = 100_000


@dataclass(frozen=True)
class Resource:
    """A kind of resource that may be compared with need.

    Attributes
    ----------
    id : name on the command line and in links
    title : French name, plural
    column : communal count, a column of ``figures.commune_columns``; "" for a structure type
    card : id of the card that gives source, year and usage; "" for a structure type
    per : inhabitants that a rate is given for on screen
    usage : "local" (serves those who live there) or "partagé" (used across zones)
    year : year of the count; "" for structures, each of which has its own
    population_year : year of the inhabitants set beside it, the nearest embedded
    source : publisher and date
    """

    id: str
    title: str
    column: str
    card: str
    per: int
    usage: str
    year: str
    population_year: int
    source: str

    @property
    def is_structure(self) -> bool:
        """Whether it is a type of meso structure."""
        return not self.column

    @property
    def denominator(self) -> str:
        """The inhabitants that it is set against, in French.

        >>> resource("pharmacies").denominator
        'habitants au 1/1/2021'
        """
        return f"habitants au 1/1/{self.population_year}"


_POINTS_OF_CARE = (
    ("pharmacies", "Pharmacies", "pharmacies_active_2022", "pharmacies_per_10k_2022", 10_000),
    ("kines", "Kinésithérapeutes", "physio_derived_2025", "physio_per_10k_2025", 10_000),
    ("lits_hopital", "Lits d’hôpital", "hospital_beds_2020", "hospital_beds_2020", 1_000),
    ("sites_hospitaliers", "Sites hospitaliers", "hospital_sites_2020", "hospital_sites_2020", 0),
)


def nearest_year(year: int) -> int:
    """The embedded year of population nearest to another; the earlier of two as near.

    >>> nearest_year(2022), nearest_year(2025), nearest_year(2020)
    (2021, 2024, 2020)
    """
    gaps: list[tuple[int, int]] = sorted((abs(known - year), known) for known in TOTAL_YEARS)
    return gaps[0][1]


@remembered(maxsize=1)
def resources() -> dict[str, Resource]:
    """Every resource by id: points of care, then types of structures.

    Examples
    --------
    >>> [r.id for r in resources().values() if r.usage == SHARED]
    ['lits_hopital', 'sites_hospitaliers']
    """
    found = {}
    for id_, title, column, card_id, per in _POINTS_OF_CARE:
        card = catalogue.card(card_id)
        found[id_] = Resource(
            id=id_,
            title=title,
            column=column,
            card=card_id,
            per=per or STRUCTURES_PER,
            usage=card.usage,
            year=card.year,
            population_year=nearest_year(int(card.year)),
            source=card.source,
        )
    for id_, kind in structures.types().items():
        found[id_] = Resource(
            id=id_,
            title=kind.plural,
            column="",
            card="",
            per=STRUCTURES_PER,
            usage=kind.text("usage"),
            year="",
            population_year=structures.YEAR,
            source="Registre des structures",
        )
    return found


def resource(id_: str) -> Resource:
    """A resource by id.

    Raises
    ------
    DataError
        If there is none of that name; names those that exist.
    """
    known = resources()
    if id_ not in known:
        raise DataError(f"Ressource inconnue : « {id_} ». Ressources : {', '.join(known)}.")
    return known[id_]


@dataclass(frozen=True, eq=False)
class Supply:
    """A resource in the zones of a zoning.

    Attributes
    ----------
    counts : index zone; units there; NaN where they are not known, or nobody of the OLS lives
    people : index zone; inhabitants of the OLS there (year of the resource); 0 outside the OLS
    withheld : why no ratio may be made anywhere, in French; "" when nothing forbids it
    closed : zones left out because too little of them is recorded
    """

    resource: Resource
    zoning: Zoning
    counts: pd.Series
    people: pd.Series
    withheld: str
    closed: tuple[str, ...]


@remembered(maxsize=128)
def supply(id_: str, zoning: Zoning, facts: Facts | None = None) -> Supply:
    """How much of a resource each zone has, and for whom.

    The part of a commune that lies in a zone has its share of the commune's count by inhabitants.
    The German-speaking communes are outside the OLS and not counted.

    Examples
    --------
    >>> from olsdata.territory import zoning
    >>> int(supply("pharmacies", zoning("ols")).counts.sum())
    1587
    >>> supply("cercle_mg", zoning("ols")).withheld.split(" : ")[1][:12]
    '39 recensés,'
    """
    facts = facts or tables.load()
    kind = resource(id_)
    inside = need.communes(facts)
    share = zoning.people[inside]
    people = share @ facts.totaux.loc[inside, kind.population_year].astype(float)
    if not kind.is_structure:
        communal = figures.commune_columns(facts)[kind.column].reindex(inside)
        known = share @ communal.fillna(0.0)
        gap = (share > 0).astype(float) @ communal.isna().astype(float) > 0
        counts = known.mask(gap | (people <= 0))
        return Supply(kind, zoning, counts, people, "", tuple(counts.index[gap]))
    complete = structures.completeness(id_, facts)
    given = structures.allocation(id_, zoning, facts).sum()
    counts = given.reindex(zoning.zones.index).fillna(0.0).astype(float)
    withheld = ""
    if not complete.open:
        published = (
            "aucun total publié"
            if complete.published is None
            else (f"{complete.published} publiés")
        )
        withheld = (
            f"{kind.title} : {complete.recorded} recensés, dont {complete.open_zone} avec une "
            f"zone sourcée, {published}. Sous 80 %, aucun rapport n’est calculé."
        )
    known_share = structures.coverage(id_, zoning, facts)["part_max"]
    closed = (known_share < structures.ENOUGH) & (people > 0)
    counts = counts.mask(closed | (people <= 0))
    return Supply(kind, zoning, counts, people, withheld, tuple(map(str, closed.index[closed])))


# --- The floor ----------------------------------------------------------------------------------


DISTANCES = ("dist_nearest_pharmacy_km_2022", "pct_pop_over_15km_emergency_hospital_2020")
"""Embedded distances to the nearest point of care (ids of cards)."""

FLOOR = [
    "element",
    "titre",
    "habitants",
    "part_min",
    "part_max",
    "communes",
    "communes_sans",
    "habitants_sans",
    "noms_sans",
    "complet",
    "deduit",
    "annee",
    "source",
]


@remembered(maxsize=8)
def floor(zoning: Zoning, facts: Facts | None = None) -> pd.DataFrame:
    """Is the floor there for all? Each type recorded enough, and each local point of care.

    A structure covers communes; a point of care stands in a commune, and those who live in
    another one may well go there: the share says in whose commune there is one, no more.

    Returns
    -------
    DataFrame, index zone, one row per zone and element: element (id of the resource), titre;
    habitants (inhabitants in the OLS); part_min, part_max (share of them covered; equal for points
    of care); communes (of the OLS that touch the zone), communes_sans (those with none),
    habitants_sans (inhabitants of the zone who live there), noms_sans; complet (whether every
    published structure has its zone: if not, « sans » means « none known »), deduit; annee (of
    the inhabitants), source. Zones outside the OLS have no row.
    """
    facts = facts or tables.load()
    inside = need.communes(facts)
    rows = []
    for kind in resources().values():
        if kind.usage != LOCAL:
            continue
        here = zoning.people[inside] * facts.totaux.loc[inside, kind.population_year]
        people = here.sum(axis=1)
        here = here[people > 0]
        complete, deduced = True, False
        if kind.is_structure:
            about = structures.completeness(kind.id, facts)
            if not about.open:
                continue
            complete = about.open_zone >= (about.published or 0)
            deduced = about.deduced
            low, high = (share[inside] for share in structures.covered(kind.id, facts))
            has = high > 0
        else:
            has = figures.commune_columns(facts)[kind.column].reindex(inside) > 0
            low = high = has.astype(float)
        for zone, row in here.iterrows():
            touched = row.index[row > 0]
            lacking = touched[~has[touched].to_numpy(bool)]
            rows.append(
                {
                    "zone": zone,
                    "element": kind.id,
                    "titre": kind.title,
                    "habitants": float(row.sum()),
                    "part_min": float((row @ low) / row.sum()),
                    "part_max": float((row @ high) / row.sum()),
                    "communes": len(touched),
                    "communes_sans": len(lacking),
                    "habitants_sans": float(row[lacking].sum()),
                    "noms_sans": " ; ".join(sorted(facts.communes.loc[lacking, "nom"])),
                    "complet": complete,
                    "deduit": deduced,
                    "annee": kind.population_year,
                    "source": kind.source,
                }
            )
    return pd.DataFrame(rows, columns=["zone", *FLOOR]).set_index("zone")


def not_in_the_floor(facts: Facts | None = None) -> dict[str, str]:
    """Types of structures that the floor cannot judge, and why: « n recensés… sur N publiés »."""
    from olsdata.territory import zoning

    kinds = [kind.id for kind in resources().values() if kind.is_structure]
    why = {id_: supply(id_, zoning("ols", facts), facts).withheld for id_ in kinds}
    return {id_: sentence for id_, sentence in why.items() if sentence}


def distances(zoning: Zoning, facts: Facts | None = None) -> pd.DataFrame:
    """How far the nearest point of care is, by the embedded distances.

    Returns
    -------
    DataFrame, index zone: label, pharmacie_km (mean of the zone's inhabitants), urgences_loin_pct
    (share of the inhabitants at more than 15 km of an emergency department), urgences_loin
    (their number, 1/1/2024), couverture. Other thresholds need a list with coordinates.
    """
    pharmacy, emergency = (figures.by_zone(id_, zoning, facts)["valeur"] for id_ in DISTANCES)
    people = figures.population(need.YEAR, zoning, facts)["valeur"]
    far = np.where(zoning.coverage >= WHOLE, emergency / 100 * people, np.nan)
    return pd.DataFrame(
        {
            "label": zoning.zones["label"],
            "pharmacie_km": pharmacy,
            "urgences_loin_pct": emergency,
            "urgences_loin": far,
            "couverture": zoning.coverage,
        },
        index=zoning.zones.index.rename("zone"),
    )
