"""Is support proportionate to need? The floor is one for all; the neediest count k times.

An inhabitant weighs **1 + (k − 1) × index / 100**: 1 where need is least, k where it is greatest;
k = 1 is equality per head. A zone's ratio is its share of the resource over its share of the
inhabitants so weighted: 1 is proportionate. The choice of k is a convention, to be written beside
the figure; Walloon law has a precedent (CWASS art. 460 counts people aged 60 and over twice).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from olsdata import tables
from olsdata.equity import need
from olsdata.equity.gradient import with_added
from olsdata.equity.need import FloatArray, Weights
from olsdata.equity.resources import LOCAL, Resource, supply
from olsdata.equity.units import units
from olsdata.local import remembered
from olsdata.tables import DataError, Facts
from olsdata.territory import Zoning
from olsdata.words import number

K, K_RANGE = 2.0, (1.0, 3.0)

SHARED_WHY = (
    "{title} : ils servent des habitants de plusieurs zones. Leur nombre dans une zone ne dit pas "
    "ce que ses habitants reçoivent : seul l’accès est montré."
)


def ratio(resource_share: npt.ArrayLike, need_share: npt.ArrayLike) -> FloatArray:
    """Share of the resource over share of need, zone by zone.

    Parameters
    ----------
    resource_share, need_share : shape (n,), shares >= 0, NaN where not known

    Returns
    -------
    shape (n,); 1 = proportionate, 0 where a zone has none, NaN (« non disponible ») where its
    share of need is 0 or not known. Its mean weighted by the shares of need is 1.

    Examples
    --------
    >>> ratio([0.5, 0.5, 0.0], [0.25, 0.5, 0.25]).tolist()
    [2.0, 1.0, 0.0]
    """
    top = np.asarray(resource_share, dtype=float)
    below = np.asarray(need_share, dtype=float)
    found: FloatArray = np.divide(top, below, out=np.full(top.shape, np.nan), where=below > 0)
    return found


def log_ratio(ratios: npt.ArrayLike) -> FloatArray:
    """Base 2 logarithm of a ratio: 0 = proportionate, 1 = twice, −1 = half; NaN for a ratio of 0.

    >>> log_ratio([2.0, 0.5, 0.0]).tolist()
    [1.0, -1.0, nan]
    """
    given = np.asarray(ratios, dtype=float)
    found: FloatArray = np.log2(given, out=np.full(given.shape, np.nan), where=given > 0)
    return found


def to_move(counts: npt.ArrayLike, need_share: npt.ArrayLike) -> float:
    """Units to move for proportionality: ½ Σ|S − S*|, with S* = total × share of need.

    Parameters
    ----------
    counts : shape (n,), units in each zone
    need_share : shape (n,), shares of need, summing to 1

    Examples
    --------
    >>> to_move([6, 2], [0.5, 0.5])
    2.0
    """
    given, share = np.asarray(counts, dtype=float), np.asarray(need_share, dtype=float)
    return float(np.abs(given - given.sum() * share).sum() / 2)


def to_add(counts: npt.ArrayLike, need_share: npt.ArrayLike) -> float:
    """Units to add for proportionality when none is removed: max(S / s*) − ΣS.

    Zones without need do not bind, unless they hold some of the resource: NaN then, as nothing
    added elsewhere makes that proportionate.

    Parameters
    ----------
    counts : shape (n,), units in each zone
    need_share : shape (n,), shares of need, summing to 1

    Examples
    --------
    >>> to_add([6, 2], [0.5, 0.5])
    4.0
    """
    given, share = np.asarray(counts, dtype=float), np.asarray(need_share, dtype=float)
    needy = share > 0
    if not needy.any() or given[~needy].sum() > 0:
        return float("nan")
    return float((given[needy] / share[needy]).max() - given.sum())


def weighted_people(
    year: int, weights: Weights, k: float = K, facts: Facts | None = None
) -> pd.Series:
    """Inhabitants of each commune of the OLS, each counted 1 + (k − 1) × index / 100 times.

    Parameters
    ----------
    year : of the inhabitants, 1 January
    weights : of the need index
    k : how many times an inhabitant where need is greatest counts, 1 to 3

    Returns
    -------
    Series, index refnis (252); NaN where there is no index.

    Raises
    ------
    DataError
        If k is out of its range.
    """
    low, high = K_RANGE
    if not low <= k <= high:
        raise DataError(f"k doit être compris entre {number(low)} et {number(high)}.")
    index = need.by_commune(weights, facts)
    weighted: pd.Series = need.inhabitants(facts or tables.load(), year) * (
        1 + (k - 1) * index / 100
    )
    return weighted


@remembered(maxsize=16)
def _parts(zoning: Zoning, facts: Facts | None) -> FloatArray:
    """Shape (zones, 252): part of each commune of the OLS that lies in each zone, 0 to 1."""
    parts: FloatArray = zoning.people[need.communes(facts)].to_numpy(float)
    return parts


@dataclass(frozen=True, eq=False)
class Proportionality:
    """A resource against the need-weighted inhabitants, zone by zone.

    Attributes
    ----------
    resource : what is compared
    level : "commune", "bassin" or "ols"
    convention : how inhabitants are weighted, in French, to be written beside the figure
    zones : index zone; label, ressource (units), habitants, besoin (weighted inhabitants),
        part_ressource, part_besoin (shares, summing to 1 over the zones that enter), rapport,
        log2, voulu (units there if all were proportionate, none added), couverture. NaN where
        the zone does not enter; log2 is NaN where the ratio is 0
    move, add : units to move, or to add when none is removed; NaN at commune level, or when no
        ratio is made
    withheld : why no ratio is made, in French; ""
    """

    resource: Resource
    level: str
    convention: str
    zones: pd.DataFrame
    move: float
    add: float
    withheld: str


def proportionality(
    id_: str,
    level: str,
    k: float = K,
    weights: Weights | None = None,
    people: pd.Series | None = None,
    convention: str = "",
    added: Mapping[str, float] | None = None,
    facts: Facts | None = None,
) -> Proportionality:
    """Share of a resource over share of the need-weighted inhabitants.

    Parameters
    ----------
    id_ : id of a resource
    level : "commune", "bassin" (a city is one line) or "ols"
    k : how many times an inhabitant where need is greatest counts, 1 to 3
    weights : of the need index; the default set when None
    people : weighted inhabitants of each commune, instead of k and the index (``laws``)
    convention : what ``people`` is, in French
    added : what if: units added (or, negative, removed) per zone

    Returns
    -------
    Proportionality. A resource shared across zones, or a registry recorded below 80 %, has no
    ratio, and says why.

    Raises
    ------
    DataError
        Unknown resource, level or zone; k out of range; what if on a resource without ratio.

    Examples
    --------
    >>> found = proportionality("pharmacies", "ols")
    >>> found.zones[["part_ressource", "part_besoin"]].sum().round(9).tolist()
    [1.0, 1.0]
    >>> proportionality("lits_hopital", "ols").withheld[:32]
    'Lits d’hôpital : ils servent des'
    """
    given = supply(id_, units(level, facts), facts)
    kind = given.resource
    withheld = given.withheld
    if kind.usage != LOCAL:
        withheld = SHARED_WHY.format(title=kind.title)
    if people is None:
        people = weighted_people(kind.population_year, weights or need.default_weights(), k, facts)
        convention = (
            f"1 habitant compte pour 1 là où le besoin est le moins grand, pour "
            f"{number(k, 0 if k == int(k) else 1)} là où il est le plus grand (k)"
        )
    if withheld and added:
        raise DataError(withheld)
    counts = with_added(given, added).to_numpy(float)
    here = given.people.to_numpy(float)
    share = _parts(given.zoning, facts)
    weighted = people.reindex(need.communes(facts)).to_numpy(float)
    missing = np.isnan(weighted)
    gap = (share[:, missing] > 0).any(axis=1)
    needs = np.where(gap | (here <= 0), np.nan, share @ np.where(missing, 0.0, weighted))
    enters = ~np.isnan(counts) & ~np.isnan(needs)
    if not withheld and not counts[enters].sum() > 0:
        withheld = f"{kind.title} : aucune unité recensée sur ces territoires, pas de rapport."
    held = np.where(enters, counts, np.nan) if not withheld else np.full(len(counts), np.nan)
    total = np.nansum(held)
    part = held / total if not withheld else held
    asked = np.where(enters, needs, np.nan) if not withheld else needs
    need_part = asked / np.nansum(asked)
    ratios = ratio(part, need_part)
    zones = pd.DataFrame(
        {
            "label": given.zoning.zones["label"],
            "ressource": held,
            "habitants": np.where(here > 0, here, np.nan),
            "besoin": asked,
            "part_ressource": part,
            "part_besoin": need_part,
            "rapport": ratios,
            "log2": log_ratio(ratios),
            "voulu": total * need_part if not withheld else np.nan,
            "couverture": given.zoning.coverage,
        },
        index=given.zoning.zones.index.rename("zone"),
    )
    # By commune, moving a unit a street away would count: only bassins and OLS are told.
    tells = not withheld and level != "commune"
    numbers = held[enters], need_part[enters]
    return Proportionality(
        resource=kind,
        level=level,
        convention=convention,
        zones=zones,
        move=to_move(*numbers) if tells else float("nan"),
        add=to_add(*numbers) if tells else float("nan"),
        withheld=withheld,
    )
