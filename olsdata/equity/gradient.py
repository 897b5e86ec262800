"""Does support follow need? Slope, ratio and concentration of a resource over need.

Units are ordered from **least to greatest need**, so that a positive figure means more of the
resource where need is greater. Public Health England orders from most to least deprived: its
slope index has the opposite sign.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pandas as pd

from olsdata.equity import need
from olsdata.equity.need import DRAWS, SEED, FloatArray, Weights
from olsdata.equity.resources import Resource, Supply, supply
from olsdata.equity.units import units
from olsdata.tables import DataError, Facts
from olsdata.words import number

NOT_COMPUTABLE = "non calculable"
CHANCE = (0.025, 0.975)


def rank(need_index: npt.ArrayLike, people: npt.ArrayLike) -> FloatArray:
    """Place of each unit on the scale of need: midpoint of its share of the inhabitants.

    Parameters
    ----------
    need_index : shape (n,), larger means greater need; equal values share one place
    people : shape (n,), inhabitants, > 0

    Returns
    -------
    shape (n,), between 0 (least need) and 1 (greatest).

    Examples
    --------
    >>> rank([30.0, 10.0, 50.0], [10, 20, 10]).tolist()
    [0.625, 0.25, 0.875]
    """
    return need.percentile(need_index, people) / 100


@dataclass(frozen=True)
class Line:
    """A weighted line over the scale of need: value where need is least, and slope.

    ``at_least`` is the value at x = 0, ``slope`` the slope index (value at 1 minus value at 0).
    """

    at_least: float
    slope: float

    @property
    def at_greatest(self) -> float:
        """Value at x = 1."""
        return self.at_least + self.slope

    @property
    def ratio(self) -> float:
        """Relative index: value at 1 over value at 0; NaN if the latter is not positive."""
        return self.at_greatest / self.at_least if self.at_least > 0 else float("nan")


def slope_index(value: npt.ArrayLike, people: npt.ArrayLike, need_index: npt.ArrayLike) -> Line:
    """Slope index of inequality of a resource over need.

    Regression of the value on the place in the scale of need, each unit weighing its inhabitants.

    Parameters
    ----------
    value : shape (n,), resource per inhabitant
    people : shape (n,), inhabitants, > 0
    need_index : shape (n,), larger means greater need

    Returns
    -------
    Line; its slope is > 0 when there is more where need is greater. NaN when all units share
    one place (a single unit, or the same need everywhere).

    Raises
    ------
    ValueError
        If the arrays differ in length, or a number of inhabitants is not positive.

    References
    ----------
    PHEindicatormethods, ``phe_sii`` (opposite order).

    Examples
    --------
    >>> line = slope_index([20, 30, 40, 50, 60], [78, 91, 162, 103, 105], [1, 2, 3, 4, 5])
    >>> round(line.slope, 5), round(line.at_least, 6)
    (46.25381, 18.097584)
    """
    y, w = need.paired(value, people)
    start, slope = _lines(y[:, None], w, rank(_same_length(need_index, w), w))
    return Line(float(start[0]), float(slope[0]))


def _same_length(need_index: npt.ArrayLike, people: FloatArray) -> FloatArray:
    x = np.asarray(need_index, dtype=float)
    if x.shape != people.shape:
        raise ValueError(f"shapes do not fit: need {x.shape}, people {people.shape}")
    return x


def _lines(y: FloatArray, w: FloatArray, x: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Value at x = 0 and slope of the weighted line through each column of ``y``, shape (n, k)."""
    share = w / w.sum()
    centred = x - share @ x
    spread = share @ centred**2
    if not spread > 1e-15:
        nothing = np.full(y.shape[1], np.nan)
        return nothing, nothing
    slope = (share * centred) @ y / spread
    return share @ y - slope * (share @ x), slope


def concentration_index(
    value: npt.ArrayLike, people: npt.ArrayLike, need_index: npt.ArrayLike
) -> float:
    """Relative concentration index of a resource over a ranking of need.

    Parameters
    ----------
    value : shape (n,), resource per inhabitant, >= 0
    people : shape (n,), inhabitants, > 0
    need_index : shape (n,), larger means greater need

    Returns
    -------
    float in (-1, 1); > 0 when the resource is concentrated where need is greater, NaN when there
    is none of it.

    Raises
    ------
    ValueError
        As ``slope_index``.

    References
    ----------
    Kakwani, Wagstaff, van Doorslaer (1997), J. Econometrics 77:87-103.

    Examples
    --------
    >>> people = [78, 91, 162, 103, 105]
    >>> round(concentration_index([20, 30, 40, 50, 60], people, [1, 2, 3, 4, 5]), 7)
    0.1777686
    """
    y, w = need.paired(value, people)
    return float(_concentrations(y[:, None], w, rank(_same_length(need_index, w), w))[0])


def _concentrations(y: FloatArray, w: FloatArray, x: FloatArray) -> FloatArray:
    share = w / w.sum()
    mean = share @ y
    top = 2 * ((share * (x - 0.5)) @ y)
    found: FloatArray = np.divide(top, mean, out=np.full_like(mean, np.nan), where=mean > 0)
    return found


def concentration_curve(
    value: npt.ArrayLike, people: npt.ArrayLike, need_index: npt.ArrayLike
) -> pd.DataFrame:
    """Points of the concentration curve (Lorenz type), from least to greatest need.

    Returns
    -------
    DataFrame: part_habitants, part_ressource (cumulated shares, 0 to 1, the origin included; NaN
    when there is none of the resource). Units of equal need are one step.

    Examples
    --------
    >>> concentration_curve([0, 2], [50, 50], [1, 2])["part_ressource"].tolist()
    [0.0, 0.0, 1.0]
    """
    y, w = need.paired(value, people)
    x = _same_length(need_index, w)
    _, step = np.unique(x, return_inverse=True)
    columns = {}
    for name, part in (("part_habitants", w), ("part_ressource", y * w)):
        reached = np.cumsum([0.0, *np.bincount(step, weights=part)])
        columns[name] = reached / (reached[-1] if reached[-1] > 0 else np.nan)
    return pd.DataFrame(columns)


@dataclass(frozen=True, eq=False)
class Gradient:
    """A resource against need, unit by unit, with what chance alone could explain.

    Attributes
    ----------
    resource : what is compared
    level : "commune", "bassin" or "ols"
    points : index zone; label, indice, habitants, ressource (units), taux (units per inhabitant),
        x (place on the scale of need), couverture; one row per unit that enters
    line : in units per inhabitant; multiply by ``resource.per`` for the screen
    sii, rii, rci : the three figures, sii in units per inhabitant; NaN when not computable
    sii_band, rii_band, rci_band : 2.5 and 97.5 % of the redraws, « ce que le hasard seul pourrait
        expliquer », stretched to hold the figure itself
    why : why the figures are not computable, in French; ""
    why_no_band : why there is no band, in French; ""
    """

    resource: Resource
    level: str
    points: pd.DataFrame
    line: Line
    sii: float
    rii: float
    rci: float
    sii_band: tuple[float, float]
    rii_band: tuple[float, float]
    rci_band: tuple[float, float]
    why: str
    why_no_band: str

    @property
    def count(self) -> int:
        """Number of units."""
        return len(self.points)


def gradient(
    id_: str,
    level: str,
    weights: Weights | None = None,
    added: Mapping[str, float] | None = None,
    count: int = DRAWS,
    seed: int = SEED,
    centred: bool = False,
    facts: Facts | None = None,
) -> Gradient:
    """A resource per inhabitant against the need index.

    Parameters
    ----------
    id_ : id of a resource
    level : units of analysis; communes are better than ten OLS, whose interval is wide
    weights : of the need index; the default set when None
    added : what if: units added (or, negative, removed) per zone
    count, seed, centred : of the redraws, as in ``redraws``

    Returns
    -------
    Gradient.

    Raises
    ------
    DataError
        Unknown resource, level or zone; a registry recorded below 80 %.

    Examples
    --------
    >>> found = gradient("pharmacies", "commune")
    >>> found.count, round(found.rci, 3)
    (252, 0.085)
    """
    weights = weights or need.default_weights()
    given = supply(id_, units(level, facts), facts)
    if given.withheld:
        raise DataError(given.withheld)
    counts = with_added(given, added)
    index = need.points(weights, given.zoning, facts)
    held, people = counts.to_numpy(float), given.people.to_numpy(float)
    enters = np.isfinite(index) & np.isfinite(held) & (people > 0)
    points = pd.DataFrame(
        {
            "label": given.zoning.zones["label"][enters],
            "indice": index[enters],
            "habitants": people[enters],
            "ressource": held[enters],
            "couverture": given.zoning.coverage.to_numpy(float)[enters],
            "taux": held[enters] / people[enters],
        }
    )
    why = _why(points, given.resource)
    if why:
        nan = float("nan")
        line, none = Line(nan, nan), (nan, nan)
        points["x"] = np.nan
        return Gradient(
            given.resource, level, points, line, nan, nan, nan, none, none, none, why, why
        )
    w, y = points["habitants"].to_numpy(float), points["taux"].to_numpy(float)
    x = rank(points["indice"].to_numpy(float), w)
    points["x"] = x
    line = Line(*(float(part[0]) for part in _lines(y[:, None], w, x)))
    rci = float(_concentrations(y[:, None], w, x)[0])
    redrawn = _redrawn(tuple(points["ressource"]), count, seed, centred) / w[:, None]
    starts, slopes = _lines(redrawn, w, x)
    ratios = np.divide(starts + slopes, starts, out=np.full_like(starts, np.nan), where=starts > 0)
    moved = _concentrations(redrawn, w, x)
    why_no_band = _why_no_band(points)
    bands = [
        (float("nan"), float("nan")) if why_no_band else _band(values, figure)
        for values, figure in ((slopes, line.slope), (ratios, line.ratio), (moved, rci))
    ]
    return Gradient(
        resource=given.resource,
        level=level,
        points=points,
        line=line,
        sii=line.slope,
        rii=line.ratio,
        rci=rci,
        sii_band=bands[0],
        rii_band=bands[1],
        rci_band=bands[2],
        why=why,
        why_no_band=why_no_band,
    )


@lru_cache(maxsize=8)
def _redrawn(counts: tuple[float, ...], count: int, seed: int, centred: bool) -> FloatArray:
    """``redraws``, kept: they do not depend on the weights of the index. 2 MB for communes."""
    drawn = redraws(np.array(counts, dtype=float), count, seed, centred)
    drawn.flags.writeable = False
    return drawn


def redraws(
    counts: FloatArray, count: int = DRAWS, seed: int = SEED, centred: bool = False
) -> FloatArray:
    """Counts as chance alone might have made them: draws from Gamma(count + ½).

    The ½ keeps a unit without any from being sure to stay so. It also adds half a unit to each,
    which in many small units weighs more than in few large ones: on communes the redraws lie
    around a flatter line than the counts. ``centred`` takes the ½ away again.

    Parameters
    ----------
    counts : shape (n,), units of the resource, >= 0
    count, seed : of the draws
    centred : whether their mean is the counts, rather than the counts and a half

    Returns
    -------
    shape (n, count); the same for the same seed.
    """
    drawn = np.random.default_rng(seed).gamma(counts + 0.5, size=(count, len(counts))).T
    return drawn - 0.5 if centred else drawn


def _band(values: FloatArray, figure: float) -> tuple[float, float]:
    """Both quantiles, and the figure inside; NaN as soon as one redraw could not be computed."""
    if not (np.isfinite(values).all() and np.isfinite(figure)):
        return float("nan"), float("nan")
    low, high = np.quantile(values, CHANCE)
    return min(float(low), figure), max(float(high), figure)


def _why_no_band(points: pd.DataFrame) -> str:
    """Why chance is not weighed, in French; "" when it is."""
    total = points["ressource"].sum()
    if total < len(points):
        return (
            f"Il y a moins de ressources ({number(total)}) que d’unités ({len(points)}) : la part "
            "du hasard ne se calcule pas unité par unité."
        )
    return ""


def _why(points: pd.DataFrame, kind: Resource) -> str:
    """Why the gradient is not computable, in French; "" when it is."""
    if len(points) < 2:
        return "Une pente demande au moins deux unités : il n’y en a pas assez ici."
    if points["indice"].max() - points["indice"].min() < need.ALMOST:
        return "Le besoin est le même partout : il n’y a pas de gradient à mesurer."
    if not points["ressource"].sum() > 0:
        return f"{kind.title} : aucune unité recensée sur ces territoires, pas de gradient."
    return ""


def with_added(given: Supply, added: Mapping[str, float] | None) -> pd.Series:
    """The counts of a supply, some units more or less.

    Raises
    ------
    DataError
        If a zone is unknown, its count is not known, or fewer than none would be left.
    """
    counts = given.counts.copy()
    for zone, more in (added or {}).items():
        if zone not in counts.index:
            raise DataError(f"Zone inconnue dans « {given.zoning.label} » : « {zone} ».")
        label = given.zoning.zones.at[zone, "label"]
        if not np.isfinite(counts[zone]):
            raise DataError(f"{label} : le nombre de départ n’est pas connu, rien à y ajouter.")
        if not (np.isfinite(more) and counts[zone] + more >= 0):
            raise DataError(f"{label} : il ne peut rester moins de zéro unité.")
        counts[zone] += more
    return counts
