"""Access to points of care: the supply around people, the neighbours' included.

A plain density counts what stands inside a zone. Here people reach what lies within a catchment,
whichever territory it stands in, and share it with all who reach it too (enhanced two-step
floating catchment area, E2SFCA). What this can and cannot say:

- demand stands at the points of the 9,876 statistical sectors (inhabitants located on 1/1/2024);
- only communal counts are embedded, so the supply of a commune stands at its population-weighted
  centre: **inside a commune the distance is not known**. Exact points replace it when a list with
  coordinates is given;
- distances are straight lines on the Belgian Lambert 2008 plane (EPSG:3812; at most 0.007 % off
  the ellipsoid inside Wallonia), not travel times;
- the German-speaking communes count as neighbours; Brussels, Flanders and other countries are not
  embedded, neither their supply nor their people: near the region's limits, read with care.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from olsdata import catalogue, figures, tables, territory
from olsdata.figures import COLUMNS, COMMUNAL
from olsdata.local import remembered
from olsdata.tables import DataError, Facts
from olsdata.territory import WHOLE, Zoning
from olsdata.words import number

FloatArray = npt.NDArray[np.float64]
WeightFn = Callable[[FloatArray], FloatArray]

CATCHMENTS = (1.0, 100.0)
"""Shortest and longest catchment that may be asked for, km."""
COMMUNAL_FROM = 5.0
"""Shortest catchment on communal counts, km: below, many would not reach their own commune's
centre, and what the figure showed would be where the centre was put."""
LONGITUDES, LATITUDES = (2.5, 6.6), (49.4, 51.0)
"""Where imported points may lie, degrees: Wallonia and its close neighbours."""

_AT_ONCE = 64
"""Places handled together, so that a long list of points costs time and no memory."""


@dataclass(frozen=True)
class Resource:
    """A kind of point of care with a complete communal count.

    Attributes
    ----------
    id : name in the API and in links
    column : communal count, a column of ``figures.commune_columns``
    density : id of the card of its plain density, which gives unit, year and source
    per : inhabitants that the density is for
    catchment_km : catchment unless another is asked for: a convention, not a norm
    """

    id: str
    column: str
    density: str
    per: int
    catchment_km: float


RESOURCES = {
    resource.id: resource
    for resource in (
        Resource("pharmacies", "pharmacies_active_2022", "pharmacies_per_10k_2022", 10_000, 10.0),
        Resource("physios", "physio_derived_2025", "physio_per_10k_2025", 10_000, 10.0),
        Resource("hospital_beds", "hospital_beds_2020", "hospital_beds_per_1000_2020", 1_000, 30.0),
    )
}


def gaussian_decay(catchment: float) -> WeightFn:
    """Gaussian weight that falls from 1 at no distance to 0 at the edge of the catchment.

    With d0 the catchment: (e^(-½(d/d0)²) - e^(-½)) / (1 - e^(-½)) for d < d0, 0 from d0 on. One
    parameter, and no jump at the edge.

    Parameters
    ----------
    catchment : d0, > 0, in the unit of the distances

    Returns
    -------
    Function of an array of distances, same shape, weights in [0, 1].

    Raises
    ------
    ValueError
        If the catchment is not positive and finite.

    References
    ----------
    Dai (2010), Health & Place 16:1038-1052.

    Examples
    --------
    >>> gaussian_decay(10)(np.array([0, 5, 9.9, 10, 25])).round(4).tolist()
    [1.0, 0.7014, 0.0154, 0.0, 0.0]
    """
    if not (np.isfinite(catchment) and catchment > 0):
        raise ValueError(f"catchment must be positive and finite: {catchment}")
    edge = np.exp(-0.5)

    def weight(distance: FloatArray) -> FloatArray:
        bell = (np.exp(-0.5 * (distance / catchment) ** 2) - edge) / (1 - edge)
        return np.where(distance < catchment, np.maximum(bell, 0.0), 0.0)

    return weight


def two_step(
    supply: npt.ArrayLike,
    demand: npt.ArrayLike,
    cost: npt.ArrayLike,
    weight_fn: WeightFn,
    cap: float = np.inf,
) -> FloatArray:
    """Access to a supply shared with all who reach it (two-step floating catchment area).

    Step one divides each supply by the weighted demand that reaches it; step two gives each
    demand point the weighted sum of these ratios::

        R_j = S_j / Σ_i D_i w(c_ij)        A_i = Σ_j R_j w(c_ij)

    Hence Σ A_i D_i = Σ S_j over the supplies that any demand reaches: all is given out, once.

    Parameters
    ----------
    supply : shape (m,), units of supply, >= 0
    demand : shape (n,), people, >= 0
    cost : shape (n, m), distance or time, >= 0, between each demand point and each supply
    weight_fn : weight of an array of costs, same shape, >= 0
    cap : cost beyond which nothing is reached, in the unit of ``cost``

    Returns
    -------
    shape (n,), units of supply per person; 0 where nothing is reached. A supply that no demand
    reaches is given to nobody.

    Raises
    ------
    ValueError
        If shapes do not fit, or a number is negative or missing, weights included.

    References
    ----------
    Luo, Wang (2003), Environ. Plann. B 30:865-884; Luo, Qi (2009), Health & Place 15:1100-1107.

    Examples
    --------
    Three zones; those of the first and the second are out of each other's reach.

    >>> cost = np.array([[1, 80, 40], [80, 1, 40], [40, 40, 1]])
    >>> two_step([15, 20, 100], [100, 50, 10], cost, lambda c: 1 / c, cap=61).round(7).tolist()
    [0.3314441, 0.5798281, 7.2864182]
    """
    units, people, costs = (np.asarray(given, dtype=float) for given in (supply, demand, cost))
    if units.ndim != 1 or people.ndim != 1 or costs.shape != (len(people), len(units)):
        raise ValueError(
            f"shapes do not fit: supply {units.shape}, demand {people.shape}, cost {costs.shape}"
        )
    for name, numbers in (("supply", units), ("demand", people)):
        if not (np.isfinite(numbers) & (numbers >= 0)).all():
            raise ValueError(f"{name} must be finite and not negative")
    if not (costs >= 0).all():
        raise ValueError("cost must be known and not negative")
    weights = np.where(costs <= cap, weight_fn(costs), 0.0)
    if not (np.isfinite(weights) & (weights >= 0)).all():
        raise ValueError("weights must be finite and not negative")
    return _shared(units, people, weights)[0]


def _shared(
    supply: FloatArray, demand: FloatArray, weights: FloatArray
) -> tuple[FloatArray, npt.NDArray[np.bool_]]:
    """Access of each demand point, and which supplies someone reaches."""
    asking = demand @ weights
    reached = asking > 0
    ratio = np.divide(supply, asking, out=np.zeros_like(supply), where=reached)
    return weights @ ratio, reached


@dataclass(frozen=True, eq=False)
class Access:
    """Access to one resource from every sector, with what allows to read it.

    Attributes
    ----------
    resource : id, a key of ``RESOURCES``
    catchment_km : straight-line distance within which a place is reached
    per, unit : inhabitants that access is given for, and the unit in French
    year, source : of the supply
    sectors : index secteur; refnis, population (persons), acces (per ``per`` inhabitants),
        offre_a_portee (units of supply within the catchment, not shared), plus_proche_km (to the
        nearest place, inf when there is none)
    places : index place (REFNIS, or « point 1 »); label, offre (units), habitants (persons within
        the catchment, wherever they live), atteint (someone reaches it), exact (imported point)
    exact : communes whose supply is known by its points
    """

    resource: Resource
    catchment_km: float
    year: str
    source: str
    sectors: pd.DataFrame
    places: pd.DataFrame
    exact: frozenset[str]

    @property
    def per(self) -> int:
        """Inhabitants that access is given for."""
        return self.resource.per

    @property
    def unit(self) -> str:
        """Unit of access, that of the plain density beside it."""
        return catalogue.card(self.resource.density).unit

    @property
    def out_of_reach(self) -> float:
        """Units of supply that nobody reaches, hence given to nobody."""
        return float(self.places.loc[~self.places["atteint"], "offre"].sum())

    @property
    def by_points(self) -> bool:
        """Whether imported points replace a part of the communal counts."""
        return bool(self.places["exact"].any())


def by_sector(
    resource: str,
    catchment_km: float | None = None,
    supply_points: pd.DataFrame | None = None,
    complete_for: Collection[str] | None = None,
    source: str = "",
    year: str = "",
    facts: Facts | None = None,
) -> Access:
    """Access to a resource from each of the 9,876 sectors (E2SFCA, Gaussian decay).

    Parameters
    ----------
    resource : a key of ``RESOURCES``
    catchment_km : distance within which a place is reached, 5 to 100 km, from 1 km when the whole
        supply is imported; the resource's own by default
    supply_points : imported list: lon, lat (degrees, WGS 84), amount (units, >= 0) and,
        optionally, label; replaces the communal counts
    complete_for : communes (REFNIS) that the list covers wholly; the others keep their communal
        count. None: the list is the whole supply
    source, year : of the list; required with it

    Returns
    -------
    Access. Without a list the answer is kept: do not change its tables.

    Raises
    ------
    DataError
        Unknown resource or commune, catchment out of range, or a list that lacks a column, its
        source, or has a wrong row (named).

    Examples
    --------
    >>> found = by_sector("pharmacies")
    >>> given_out = (found.sectors["acces"] * found.sectors["population"]).sum() / found.per
    >>> round(float(given_out), 6), float(found.places["offre"].sum())
    (1613.0, 1613.0)
    """
    if resource not in RESOURCES:
        known = ", ".join(RESOURCES)
        raise DataError(f"Ressource inconnue : « {resource} ». Ressources possibles : {known}.")
    kind = RESOURCES[resource]
    reach = kind.catchment_km if catchment_km is None else float(catchment_km)
    facts = facts or tables.load()
    if supply_points is None:
        return _communal(kind, _checked_reach(reach, COMMUNAL_FROM), facts)
    if not (source.strip() and year.strip()):
        raise DataError("Indiquez la source et la date de la liste importée.")
    places = checked_points(supply_points)
    covered = frozenset(facts.communes.index if complete_for is None else complete_for)
    unknown = sorted(covered - set(facts.communes.index))
    if unknown:
        raise DataError(f"Commune inconnue : {', '.join(unknown[:5])}.")
    communal = _communal_places(kind, facts)
    kept = communal[~communal.index.isin(list(covered))]
    shortest = CATCHMENTS[0]
    if not kept.empty:
        card = catalogue.card(kind.density)
        source, year = f"{source} ; ailleurs {card.source}", f"{year} ; {card.year}"
        places, shortest = pd.concat([kept, places]), COMMUNAL_FROM
    return _solve(kind, _checked_reach(reach, shortest), places, source, year, covered, facts)


def _checked_reach(reach: float, shortest: float) -> float:
    longest = CATCHMENTS[1]
    if not shortest <= reach <= longest:
        why = " sur des comptages communaux" if shortest == COMMUNAL_FROM else ""
        raise DataError(
            f"Le rayon doit être compris entre {number(shortest)} et {number(longest)} km{why} ; "
            f"{number(reach, 1)} demandé."
        )
    return reach


@remembered(maxsize=16)
def _communal(resource: Resource, reach: float, facts: Facts) -> Access:
    card = catalogue.card(resource.density)
    places = _communal_places(resource, facts)
    return _solve(resource, reach, places, card.source, card.year, frozenset(), facts)


def plane(lon: npt.ArrayLike, lat: npt.ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Belgian Lambert 2008 (EPSG:3812) coordinates of points, in km.

    Parameters
    ----------
    lon, lat : shape (n,), degrees

    Returns
    -------
    Two arrays of shape (n,): east and north, km.

    Examples
    --------
    Namur to Arlon, 110.5 km on the ellipsoid.

    >>> east, north = plane([4.8667, 5.8167], [50.4667, 49.6833])
    >>> round(float(np.hypot(np.diff(east), np.diff(north))[0]), 1)
    110.5
    """
    from pyproj import Transformer

    to_plane = Transformer.from_crs("EPSG:4326", "EPSG:3812", always_xy=True)
    east, north = to_plane.transform(np.asarray(lon, float), np.asarray(lat, float))
    return east / 1000, north / 1000


def checked_points(given: pd.DataFrame) -> pd.DataFrame:
    """An imported list of points of care, checked and placed.

    Parameters
    ----------
    given : lon, lat (degrees), amount (units, >= 0) and, optionally, label; one row per point

    Returns
    -------
    DataFrame, index « point 1 »…; label, offre, x, y (km, EPSG:3812), exact (True).

    Raises
    ------
    DataError
        A column is missing, the list is empty, or a row has no number, a negative amount, or
        coordinates outside Wallonia and its close neighbours; names the row.
    """
    missing = [name for name in ("lon", "lat", "amount") if name not in given]
    if missing:
        raise DataError(f"Liste de points : il manque la colonne {', '.join(missing)}.")
    if given.empty:
        raise DataError("Liste de points : aucune ligne.")
    numbers = given[["lon", "lat", "amount"]].apply(pd.to_numeric, errors="coerce")
    bounds = {"lon": LONGITUDES, "lat": LATITUDES, "amount": (0.0, np.inf)}
    for name, (low, high) in bounds.items():
        right = np.isfinite(numbers[name]) & numbers[name].between(low, high)
        if not right.all():
            row = int((~right).to_numpy().argmax())
            wanted = (
                f"entre {number(low, 1)} et {number(high, 1)}"
                if np.isfinite(high)
                else "positif ou nul"
            )
            raise DataError(
                f"Liste de points, ligne {row + 1}, colonne « {name} » : nombre {wanted} attendu, "
                f"« {given[name].iloc[row]} » lu."
            )
    east, north = plane(numbers["lon"], numbers["lat"])
    index = [f"point {i + 1}" for i in range(len(given))]
    names = given["label"] if "label" in given else pd.Series(index)
    label = names.astype("string").fillna("").str.strip()
    return pd.DataFrame(
        {
            "label": [name or place for name, place in zip(label, index, strict=True)],
            "offre": numbers["amount"].to_numpy(float),
            "x": east,
            "y": north,
            "exact": True,
        },
        index=pd.Index(index, name="place"),
    )


def _communal_places(resource: Resource, facts: Facts) -> pd.DataFrame:
    """The communes that have some of a resource, each at its population-weighted centre."""
    sectors = facts.secteurs
    east, north = plane(sectors["lon"], sectors["lat"])
    people = sectors["population_2024"].astype(float)
    weighted = pd.DataFrame({"x": east * people, "y": north * people, "people": people})
    sums = weighted.groupby(sectors["refnis"]).sum().reindex(facts.communes.index)
    amount = figures.commune_columns(facts)[resource.column]
    unknown = amount.index[amount.isna()]
    if len(unknown):
        # A hole would pass for a zero and lower the access of all around.
        names = ", ".join(facts.communes.loc[unknown[:5], "nom"])
        raise DataError(f"« {resource.column} » est inconnu pour {names}.")
    places = pd.DataFrame(
        {
            "label": facts.communes["nom"],
            "offre": amount,
            "x": sums["x"] / sums["people"],
            "y": sums["y"] / sums["people"],
            "exact": False,
        }
    )
    places.index.name = "place"
    return places[places["offre"] > 0]


def _solve(
    resource: Resource,
    reach: float,
    places: pd.DataFrame,
    source: str,
    year: str,
    exact: frozenset[str],
    facts: Facts,
) -> Access:
    """Both steps, a few places at a time: access adds up over places."""
    sectors = facts.secteurs
    east, north = plane(sectors["lon"], sectors["lat"])
    people = sectors["population_2024"].to_numpy(float)
    weight = gaussian_decay(reach)
    access, near = np.zeros(len(people)), np.zeros(len(people))
    nearest = np.full(len(people), np.inf)
    within, reached = [], []
    for start in range(0, len(places), _AT_ONCE):
        some = places.iloc[start : start + _AT_ONCE]
        supply = some["offre"].to_numpy(float)
        distance = np.hypot(
            east[:, None] - some["x"].to_numpy(float), north[:, None] - some["y"].to_numpy(float)
        )
        part, found = _shared(supply, people, weight(distance))
        inside = distance < reach
        access += part
        near += inside @ supply
        here = distance[:, supply > 0]
        nearest = np.minimum(nearest, here.min(axis=1, initial=np.inf))
        within.append(people @ inside)
        reached.append(found)
    return Access(
        resource=resource,
        catchment_km=reach,
        year=year,
        source=source,
        sectors=pd.DataFrame(
            {
                "refnis": sectors["refnis"],
                "population": people,
                "acces": access * resource.per,
                "offre_a_portee": near,
                "plus_proche_km": nearest,
            },
            index=sectors.index,
        ),
        places=places[["label", "offre", "exact"]].assign(
            habitants=np.concatenate(within), atteint=np.concatenate(reached)
        ),
        exact=exact,
    )


def _mean(found: Access, values: pd.Series, zoning: Zoning) -> tuple[pd.Series, pd.Series]:
    """Mean over the inhabitants of each zone, and how it was made.

    A zone cut out of a commune has the mean of its whole communes: where in the commune its
    supply stands is not known. Unless all its communes are known by their points.
    """
    people = found.sectors["population"]
    refnis = found.sectors["refnis"]

    def per_group(groups: pd.Series) -> pd.Series:
        inhabited = people.groupby(groups).sum()
        return (values * people).groupby(groups).sum() / inhabited.where(inhabited > 0)

    zones = zoning.zones.index
    mean = per_group(zoning.sectors.reindex(people.index)).reindex(zones)
    located = people.groupby(refnis).sum()
    weights = zoning.people.mul(located.reindex(zoning.people.columns), axis="columns")
    communal = per_group(refnis).reindex(weights.columns)
    whole = (weights @ communal) / weights.sum(axis=1)
    known = zoning.people.columns.isin(list(found.exact))
    uncertain = (zoning.people.loc[:, ~known] > 0).any(axis=1)
    cut = (zoning.coverage < WHOLE) & uncertain
    rule = pd.Series("moyenne_ponderee", index=zones).mask(cut, COMMUNAL)
    return mean.mask(cut, whole.reindex(zones)), rule


def by_zone(found: Access, zoning: Zoning) -> pd.DataFrame:
    """Access of the inhabitants of each zone: mean of its sectors, weighted by inhabitants.

    Below a coverage of 0.9 the zone is cut out of a commune, and has the value of the whole
    commune (``valeur_communale``) unless the supply of its communes is known by its points.

    Parameters
    ----------
    found : an answer of ``by_sector``
    zoning : zones, in the order of the result

    Returns
    -------
    DataFrame, index zone; the columns of ``figures.by_zone``.

    Examples
    --------
    >>> from olsdata.territory import zoning
    >>> ols = by_zone(by_sector("pharmacies"), zoning("ols"))
    >>> len(ols), ols["annee"].iloc[0], ols["agregation"].iloc[0]
    (10, '2022', 'moyenne_ponderee')
    """
    values, rule = _mean(found, found.sectors["acces"], zoning)
    frame = pd.DataFrame(
        {
            "label": zoning.zones["label"],
            "valeur": values,
            "unite": found.unit,
            "annee": found.year,
            "source": found.source,
            "agregation": rule,
            "couverture": zoning.coverage,
        }
    )
    frame.index.name = "zone"
    return frame[COLUMNS]


def disagreements(
    found: Access, zoning: Zoning, margin: float = 0.1, facts: Facts | None = None
) -> pd.DataFrame:
    """Zones that density and access put on opposite sides of the region.

    Both are compared with their own value for Wallonia, by which the years of their denominators
    do not matter; a zone is listed when one lies above it and the other below it, each by more
    than the margin. Zones cut out of a commune have no density of their own and are left out.

    Parameters
    ----------
    found : an answer of ``by_sector`` on the communal counts
    zoning : zones, in the order of the result (geographical: this is no ranking)
    margin : share of the regional value, >= 0 (0.1: ten per cent)

    Returns
    -------
    DataFrame, index zone; label, densite, acces, densite_wallonie, acces_wallonie (all in
    ``found.unit``), sens ("acces_plus_haut" when access is above the region and density below,
    "acces_plus_bas" otherwise). Empty when they agree everywhere.

    Raises
    ------
    DataError
        If access comes from an imported list: the embedded density counts something else.
    ValueError
        If the margin is negative or missing.
    """
    if not margin >= 0:
        raise ValueError(f"margin must not be negative: {margin}")
    if found.by_points:
        raise DataError(
            "La densité simple vient des comptages communaux : elle ne se compare pas à un accès "
            "calculé sur une liste importée."
        )
    region = territory.zoning("wallonie", facts)
    card = found.resource.density
    density = figures.by_zone(card, zoning, facts)
    frame = pd.DataFrame(
        {
            "label": density["label"],
            "densite": density["valeur"],
            "acces": by_zone(found, zoning)["valeur"],
            "densite_wallonie": figures.by_zone(card, region, facts)["valeur"].item(),
            "acces_wallonie": by_zone(found, region)["valeur"].item(),
        }
    )
    plain = frame["densite"] / frame["densite_wallonie"] - 1
    shared = frame["acces"] / frame["acces_wallonie"] - 1
    higher = (shared > margin) & (plain < -margin)
    lower = (shared < -margin) & (plain > margin)
    frame["sens"] = np.where(higher, "acces_plus_haut", "acces_plus_bas")
    return frame[(higher | lower) & (zoning.coverage >= WHOLE)]
