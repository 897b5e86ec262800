"""What is known of each bassin of a plan at once: inhabitants, land, ages, width, pieces.

Inhabitants and hectares are exact, summed from the sectors. Ages are communal: a bassin made of
parts of communes borrows « valeur de la commune entière », by the rule of ``figures.by_zone``.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely

from olsdata import figures, geometry, tables, territory
from olsdata.drawing.plan import Plan
from olsdata.drawing.units import sections_of
from olsdata.local import remembered
from olsdata.territory import WHOLE, Zoning

GUIDE = 10_000
"""Where the guide « de 10 000 à quelques dizaines de milliers d'habitants » starts; it gives no
end, and is no rule."""

AGES = ("pct_0_17_2021", "pct_65p_2021", "pct_80p_2021")

EARTH_KM = 6371.0088

ABOUT = {
    "id": "atelier",
    "label": "Bassins proposés",
    "niveau": "bassin",
    "statut": "atelier",
    "source": "proposition",
    "date": "",
    "version": "",
}


@remembered(maxsize=32)
def zoning(plan: Plan) -> Zoning:
    """The plan as a zoning of its OLS; what is in no bassin is outside."""
    facts = tables.load()
    sectors = facts.secteurs["section"].map(plan.of).dropna().astype(str)
    zones = pd.DataFrame(plan.bassins, columns=["zone", "label"]).set_index("zone")
    return territory.build(sectors, zones.assign(ols=plan.ols), facts, ABOUT)


@remembered(maxsize=1)
def pairs() -> pd.DataFrame:
    """Sections that touch."""
    return geometry.contiguity()


def width_km(lon: np.ndarray, lat: np.ndarray) -> float:
    """Greatest distance between two of some points, as the crow flies.

    Parameters
    ----------
    lon, lat : shape (n,), degrees

    Returns
    -------
    float, kilometres; 0 for a single point

    Examples
    --------
    >>> round(width_km(np.array([4.0, 4.0, 4.1]), np.array([50.0, 51.0, 50.5])), 1)
    111.2
    """
    corners = shapely.get_coordinates(
        shapely.convex_hull(shapely.multipoints(np.column_stack([lon, lat])))
    )
    x, y = np.radians(corners).T
    half = (
        np.sin((y[:, None] - y) / 2) ** 2
        + np.cos(y[:, None]) * np.cos(y) * np.sin((x[:, None] - x) / 2) ** 2
    )
    return float(2 * EARTH_KM * np.arcsin(np.sqrt(half.max())))


@remembered(maxsize=32)
def of(plan: Plan) -> pd.DataFrame:
    """Facts of each bassin of a plan.

    Returns
    -------
    DataFrame, index bassin id; label, population (persons, 1/1/2024), km2, densite (persons per
    km², NaN without land), largeur_km (between its two farthest sectors), morceaux (groups of
    sections that do not touch), couverture (share of its inhabitants in communes that lie in it
    at 90 % or more), commune_entiere (its rates are borrowed from whole communes), then a column
    per indicator of ``AGES``.
    """
    found = pd.DataFrame(plan.bassins, columns=["zone", "label"]).set_index("zone")
    sectors = tables.load().secteurs
    sectors = sectors.assign(zone=sectors["section"].map(plan.of)).dropna(subset=["zone"])
    groups = sectors.groupby("zone")
    sums = groups[["population_2024", "hectares"]].sum().reindex(found.index)
    found["population"] = sums["population_2024"].astype(int)
    found["km2"] = sums["hectares"] / 100
    found["densite"] = (found["population"] / found["km2"]).replace([np.inf], np.nan)
    found["largeur_km"] = pd.Series(
        {zone: width_km(rows["lon"].to_numpy(), rows["lat"].to_numpy()) for zone, rows in groups},
        dtype=float,
    )
    found["morceaux"] = [pieces(plan, zone) for zone in found.index]
    drawn = zoning(plan)
    found["couverture"] = drawn.coverage
    found["commune_entiere"] = drawn.coverage < WHOLE
    for indicator in AGES:
        found[indicator] = figures.by_zone(indicator, drawn)["valeur"]
    return found


def pieces(plan: Plan, bassin: str) -> int:
    """Groups of touching sections that a bassin is made of; 1 when it holds together."""
    return len(geometry.components(plan.by_bassin[bassin], pairs()))


def nowhere(plan: Plan) -> pd.DataFrame:
    """Sections in no bassin: as ``units.sections_of``."""
    return sections_of(plan.ols).loc[plan.nowhere]


def neighbours(plan: Plan) -> dict[str, set[str]]:
    """Bassins of the plan that touch each other."""
    found: dict[str, set[str]] = {bassin: set() for bassin in plan.names}
    touch = pairs()
    first, second = touch["section_a"].map(plan.of), touch["section_b"].map(plan.of)
    both = pd.DataFrame({"a": first, "b": second}).dropna()
    for a, b in both[both["a"] != both["b"]].drop_duplicates().itertuples(index=False):
        found[a].add(b)
        found[b].add(a)
    return found


def sentence_guide(population: float) -> str:
    """Where a population stands beside the guide, in words; never a refusal.

    >>> sentence_guide(8200), sentence_guide(24000)
    ('sous le repère', 'dans le repère')
    """
    return "sous le repère" if population < GUIDE else "dans le repère"
