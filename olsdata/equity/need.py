"""Where need is greater: an index that says what it is made of, and how sure it is.

Each indicator of need is turned into a percentile of inhabitants over the communes of the OLS; the
index is their mean, with weights that the user sets. A zone has the mean of its inhabitants. No
zone is ranked: an index comes with its group, the band in which it moves when the weights move,
and the spread between the communes that its mean hides.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from olsdata import catalogue, figures, tables, territory
from olsdata.local import remembered
from olsdata.tables import DataError, Facts
from olsdata.territory import Zoning

FloatArray = npt.NDArray[np.float64]

FILE = Path(__file__).with_name("besoin.toml")
YEAR = 2024
"""Inhabitants that weigh communes: those of 1 January of this year."""

DRAWS, SEED = 1_000, 20_240_606
"""Draws of the sensitivity, and the seed that makes them the same each time."""

DEFAULT, OFFERED, BESIDE = "depart", "offert", "a_cote"
ALMOST = 1e-9
"""What rounding may move, in points of index or as a share."""

GROUPS = ("faible", "moyen", "élevé")


# --- What the index is made of ------------------------------------------------------------------


@dataclass(frozen=True)
class Indicator:
    """An indicator of need.

    Attributes
    ----------
    id : id of its card
    use : "depart" (in the index), "offert" (may be added) or "a_cote" (never in the index)
    high : whether a high value is a greater need
    theme, dimension : what it tells about
    reason : why it is there, in French
    short : short French name, which says the direction
    """

    id: str
    use: str
    high: bool
    theme: str
    dimension: str
    reason: str
    short: str


@remembered(maxsize=1)
def _written() -> dict[str, list[dict[str, object]]]:
    return tomllib.loads(FILE.read_text("utf-8"))


@remembered(maxsize=1)
def indicators() -> dict[str, Indicator]:
    """Every indicator of need by id: the default set, those offered, those read beside.

    Examples
    --------
    >>> [i.id for i in indicators().values() if i.dimension == "individu"]
    ['low_education_pct_2021', 'unemployment_rate_15_64_2024']
    """
    found = [
        Indicator(
            id=str(raw["id"]),
            use=str(raw["usage"]),
            high=raw["sens"] == "haut",
            theme=str(raw["theme"]),
            dimension=str(raw["dimension"]),
            reason=str(raw["raison"]),
            short=str(raw["court"]),
        )
        for raw in _written()["indicateur"]
    ]
    return {indicator.id: indicator for indicator in found}


@remembered(maxsize=1)
def themes() -> dict[str, str]:
    """Id and French title of the themes that have a figure, in the order of the page."""
    return {str(raw["id"]): str(raw["titre"]) for raw in _written()["theme"]}


def weighable() -> dict[str, Indicator]:
    """The indicators that may weigh in the index: the default set, then those offered."""
    return {id_: i for id_, i in indicators().items() if i.use != BESIDE}


def why_forbidden(id_: str) -> str:
    """Why an indicator never enters the index, in French; "" when nothing forbids it.

    Examples
    --------
    >>> why_forbidden("pct_non_belgian_2021")
    'la nationalité n’est pas une mesure du besoin'
    >>> why_forbidden("low_education_pct_2021")
    ''
    """
    card = catalogue.cards().get(id_)
    for raw in _written()["interdit"]:
        words, blocks = raw["mots"], raw["blocs"]
        assert isinstance(words, list)
        assert isinstance(blocks, list)
        if any(word in id_.lower() for word in words) or (card and card.block in blocks):
            return str(raw["raison"])
    return ""


@dataclass(frozen=True)
class Weights:
    """Weights of the index: positive, summing to 1; what weighs nothing is not there."""

    items: tuple[tuple[str, float], ...]

    @classmethod
    def of(cls, given: Mapping[str, float]) -> Weights:
        """Weights from numbers of any scale.

        Parameters
        ----------
        given : indicator → weight, >= 0; an indicator that is not named weighs nothing

        Raises
        ------
        DataError
            An indicator that is unknown, forbidden or not offered, a weight that is negative or
            not a number, or nothing that weighs.

        Examples
        --------
        >>> Weights.of({"pct_80p_2021": 3, "income_median_admin_2023": 1}).share("pct_80p_2021")
        0.75
        """
        known = weighable()
        for id_, weight in given.items():
            if id_ not in known:
                raise DataError(_refusal(id_))
            if not np.isfinite(weight):
                raise DataError(f"Le poids de « {id_} » n’est pas un nombre.")
            if weight < 0:
                raise DataError(f"Le poids de « {id_} » est négatif : un poids va de 0 à plus.")
        top = max(given.values(), default=0.0)
        if not top > 0:
            raise DataError(
                "Tous les poids sont nuls : sans poids, l’indice de besoin ne se calcule pas. "
                "Donnez un poids à au moins un indicateur."
            )
        scaled = {id_: given[id_] / top for id_ in known if given.get(id_, 0) / top > 0}
        total = sum(scaled.values())
        return cls(tuple((id_, weight / total) for id_, weight in scaled.items()))

    @property
    def ids(self) -> list[str]:
        """Indicators that weigh, in the order of the file."""
        return [id_ for id_, _ in self.items]

    @property
    def values(self) -> FloatArray:
        """Shape (n,), weights in the order of ``ids``."""
        return np.array([weight for _, weight in self.items])

    def share(self, id_: str) -> float:
        """Weight of an indicator; 0 when it does not weigh."""
        return dict(self.items).get(id_, 0.0)

    def without(self, id_: str) -> Weights | None:
        """The same without one indicator; None when nothing is left."""
        rest = {key: weight for key, weight in self.items if key != id_}
        return Weights.of(rest) if rest else None


def _refusal(id_: str) -> str:
    """Why an indicator cannot weigh in the index, as a sentence."""
    if reason := why_forbidden(id_):
        return f"« {id_} » n’entre pas dans l’indice de besoin : {reason}."
    offered = ", ".join(weighable())
    if id_ in catalogue.cards():
        return f"« {id_} » n’est pas un indicateur de besoin offert. Indicateurs : {offered}."
    return f"Indicateur inconnu : « {id_[:60]} ». Indicateurs de besoin : {offered}."


@remembered(maxsize=1)
def default_weights() -> Weights:
    """Equal weights for the six indicators of the default set."""
    return Weights.of({id_: 1.0 for id_, i in indicators().items() if i.use == DEFAULT})


@remembered(maxsize=1)
def weights_by_dimension() -> Weights:
    """Equal weights for the dimensions of the default set, shared equally inside each.

    Examples
    --------
    >>> weights_by_dimension().share("pct_80p_2021")
    0.25
    >>> weights_by_dimension().share("low_education_pct_2021")
    0.125
    """
    start = [i for i in indicators().values() if i.use == DEFAULT]
    count = pd.Series([i.dimension for i in start]).value_counts()
    return Weights.of({i.id: 1 / int(count[i.dimension]) for i in start})


def read_lines(data: bytes | Path) -> dict[str, tuple[float, str]]:
    r"""Weights and their reasons from a CSV ``indicateur,poids`` and, if it is there, ``raison``.

    Returns
    -------
    Indicator → (weight, reason or ""), in the order of the file; not all need weigh.

    Raises
    ------
    DataError
        The file is unreadable, a row is not a number, an indicator appears twice, or as
        ``Weights.of``; names the line.

    Examples
    --------
    >>> read_lines("indicateur,poids,raison\npct_80p_2021,2,Deux fois\n".encode())
    {'pct_80p_2021': (2.0, 'Deux fois')}
    """
    from olsdata.registry.files import read_table

    given: dict[str, tuple[float, str]] = {}
    columns = ("indicateur", "poids")
    for line, row in read_table(data, (*columns, "raison"), columns):
        id_, text = row["indicateur"], row["poids"].replace(",", ".")
        try:
            weight = float(text)
        except ValueError:
            raise DataError(
                f"Ligne {line} : nombre attendu pour le poids de « {id_[:60]} », "
                f"« {row['poids'][:40]} » lu."
            ) from None
        if id_ in given:
            raise DataError(f"Ligne {line} : « {id_} » figure deux fois.")
        given[id_] = weight, row.get("raison", "")
        try:
            Weights.of({id_: weight if weight else 1.0})
        except DataError as error:
            raise DataError(f"Ligne {line} : {error}") from None
    return given


def read_weights(data: bytes | Path) -> Weights:
    r"""Weights from a CSV ``indicateur,poids`` written by anyone (comma or semicolon).

    Raises
    ------
    DataError
        As ``read_lines``, or nothing weighs.

    Examples
    --------
    >>> read_weights("indicateur;poids\npct_80p_2021;0,5\n".encode()).items
    (('pct_80p_2021', 1.0),)
    """
    return Weights.of({id_: weight for id_, (weight, _) in read_lines(data).items()})


# --- Communes -----------------------------------------------------------------------------------


def percentile(values: npt.ArrayLike, people: npt.ArrayLike, high: bool = True) -> FloatArray:
    """Share of the inhabitants who live with less need, half of those with the same need counted.

    Parameters
    ----------
    values : shape (n,), one value per commune; NaN where there is none
    people : shape (n,), inhabitants, > 0
    high : whether a high value is a greater need

    Returns
    -------
    shape (n,), 0 to 100, 100 = greatest need; NaN where there is no value. Its mean over the
    inhabitants is 50.

    Raises
    ------
    ValueError
        If the lengths differ, or a number of inhabitants is not positive.

    Examples
    --------
    >>> percentile([3.0, 1.0, 3.0], [10, 20, 10]).tolist()
    [75.0, 25.0, 75.0]
    """
    value, weight = paired(values, people)
    known = np.isfinite(value)
    signed = value[known] if high else -value[known]
    _, place = np.unique(signed, return_inverse=True)
    same = np.bincount(place, weights=weight[known]) if known.any() else np.zeros(0)
    below = np.cumsum(same) - same
    found = np.full(len(value), np.nan)
    if known.any():
        found[known] = 100 * ((below + same / 2) / same.sum())[place]
    return found


def paired(values: npt.ArrayLike, people: npt.ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Both as arrays of floats, shape (n,).

    Raises
    ------
    ValueError
        If the lengths differ, or a number of inhabitants is not positive.
    """
    value, weight = np.asarray(values, dtype=float), np.asarray(people, dtype=float)
    if value.shape != weight.shape or value.ndim != 1:
        raise ValueError(f"shapes do not fit: values {value.shape}, people {weight.shape}")
    if not (np.isfinite(weight) & (weight > 0)).all():
        raise ValueError("people must be finite and positive")
    return value, weight


@remembered(maxsize=4)
def communes(facts: Facts | None = None) -> pd.Index:
    """REFNIS of the communes of the OLS (252): those that the index compares."""
    facts = facts or tables.load()
    return facts.communes.index.difference(territory.outside(facts).index, sort=False)


@remembered(maxsize=16)
def inhabitants(facts: Facts, year: int = YEAR) -> FloatArray:
    """Shape (252,), inhabitants of each commune of the OLS on 1 January of a year."""
    people: FloatArray = facts.totaux.loc[communes(facts), year].to_numpy(float)
    return people


@remembered(maxsize=4)
def percentiles(facts: Facts | None = None) -> pd.DataFrame:
    """Percentile of each commune of the OLS in every indicator of need.

    Returns
    -------
    DataFrame, 252 communes × indicators of ``indicators()``, 0 to 100, 100 = greatest need.
    """
    facts = facts or tables.load()
    zoning = territory.zoning("communes", facts)
    inside = communes(facts)
    people = facts.totaux.loc[inside, YEAR]
    # A weighted mean over one commune is its value but for the last digit, which would undo ties.
    values = {
        id_: figures.by_zone(id_, zoning, facts)["valeur"][inside].round(9) for id_ in indicators()
    }
    return pd.DataFrame(
        {id_: percentile(values[id_], people, i.high) for id_, i in indicators().items()},
        index=inside,
    )


def _chosen(weights: Weights, facts: Facts | None) -> FloatArray:
    """Shape (252, n), percentiles of the indicators that weigh, in their order."""
    table = percentiles(facts)
    chosen: FloatArray = table.to_numpy()[:, table.columns.get_indexer(weights.ids)]
    return chosen


@remembered(maxsize=64)
def by_commune(weights: Weights, facts: Facts | None = None) -> pd.Series:
    """Need index of each commune of the OLS: weighted mean of its percentiles.

    Returns
    -------
    Series, index refnis (252), 0 to 100; NaN as soon as one chosen indicator has no value there.
    """
    index = _chosen(weights, facts) @ weights.values
    return pd.Series(index, index=communes(facts), name="indice")


def correlations(weights: Weights, facts: Facts | None = None) -> pd.DataFrame:
    """Pearson correlation between the percentiles of the chosen indicators, commune by commune.

    Each of the 252 communes counts once. Percentiles are what enters the index: on them,
    education, unemployment and income go together at r = 0.81 to 0.92, which is what the page
    has to say; on the raw values of the same communes |r| is 0.76 to 0.84, and 0.66 to 0.80 when
    the nine German-speaking communes are added.

    Returns
    -------
    DataFrame, indicators × indicators.

    Examples
    --------
    >>> found = correlations(default_weights())
    >>> found.loc["income_median_admin_2023"].round(2).iloc[:2].tolist()
    [0.92, 0.88]
    """
    return percentiles(facts)[weights.ids].corr()


def alike(
    weights: Weights, least: float = 0.8, facts: Facts | None = None
) -> list[tuple[str, str, float]]:
    """Pairs of chosen indicators that say nearly the same, in the order of the file.

    Parameters
    ----------
    weights : the indicators that weigh
    least : correlation from which a pair is listed

    Returns
    -------
    list of (indicator, indicator, r).
    """
    return list(_alike(tuple(weights.ids), least, facts))


@remembered(maxsize=64)
def _alike(
    ids: tuple[str, ...], least: float, facts: Facts | None
) -> tuple[tuple[str, str, float], ...]:
    """The same, whatever the weights of these indicators."""
    found = percentiles(facts)[list(ids)].corr()
    return tuple(
        (a, b, float(found.at[a, b]))
        for i, a in enumerate(ids)
        for b in ids[i + 1 :]
        if found.at[a, b] >= least
    )


# --- Groups -------------------------------------------------------------------------------------


def limits(index: FloatArray, people: FloatArray) -> FloatArray:
    """The two values of the communes' index that cut the inhabitants in three equal parts.

    Each is the index of the commune in which the first, or the second, third of the inhabitants
    is reached, from the least need.

    Parameters
    ----------
    index : shape (n,) or (draws, n), without missing values
    people : shape (n,), inhabitants

    Returns
    -------
    shape (2,) or (2, draws).

    Examples
    --------
    >>> limits(np.array([10.0, 90, 50]), np.array([5.0, 5, 5])).tolist()
    [10.0, 50.0]
    """
    order = np.argsort(index, axis=-1)
    reached = np.cumsum(people[order], axis=-1)
    thirds = people.sum() * np.array([1 / 3, 2 / 3]) * (1 - ALMOST)
    first = np.stack([(reached < third).sum(axis=-1) for third in thirds])
    place = np.take_along_axis(order, np.moveaxis(first, 0, -1), axis=-1)
    return np.moveaxis(np.take_along_axis(index, place, axis=-1), -1, 0)


def group_of(index: FloatArray, cuts: FloatArray) -> npt.NDArray[np.int8]:
    """Group of an index: 0 up to the first limit, 1 up to the second, 2 above it.

    When both limits are one value (all communes alike), it is in the middle group.

    Parameters
    ----------
    index : shape (n,) or (draws, n)
    cuts : shape (2,) or (2, draws)

    Examples
    --------
    >>> group_of(np.array([10.0, 50, 50.1]), np.array([10.0, 50])).tolist()
    [0, 1, 2]
    """
    # A mean of equal values must not leave its group by a rounding.
    low, high = (cut[..., None] + ALMOST for cut in cuts)
    found = (index > low).astype(np.int8) + (index > high)
    one_value = high - low < ALMOST
    if one_value.any():
        found[one_value & (np.abs(index - low) < 3 * ALMOST)] = 1
    kept: npt.NDArray[np.int8] = found
    return kept


# --- Zones --------------------------------------------------------------------------------------


@remembered(maxsize=16)
def shares(zoning: Zoning, facts: Facts | None = None) -> pd.DataFrame:
    """Where the inhabitants of each zone live: zones × communes of the OLS, rows summing to 1.

    A zone without any inhabitant in the OLS (a German-speaking commune) is a row of zeros.
    """
    facts = facts or tables.load()
    inside = communes(facts)
    here = zoning.people[inside] * facts.totaux.loc[inside, YEAR]
    total = here.sum(axis=1)
    # In one block, of which ``to_numpy`` makes no copy.
    return here.div(total.where(total > 0, 1.0), axis="index").copy()


def zone_mean(share: FloatArray, values: FloatArray) -> FloatArray:
    """Mean of communal values over each zone; NaN where there is nobody, or one value is missing.

    Parameters
    ----------
    share : shape (zones, communes)
    values : shape (communes,) or (communes, k)
    """
    missing = np.isnan(values)
    mean = share @ np.where(missing, 0.0, values)
    unknown = (share.sum(axis=1) == 0).reshape(-1, *[1] * (values.ndim - 1))
    if missing.any():
        unknown = unknown | (((share > 0).astype(float) @ missing.astype(float)) > 0)
    return np.where(unknown, np.nan, mean)


def _quantiles(values: FloatArray, people: FloatArray, asked: tuple[float, ...]) -> FloatArray:
    """Values of the communes at which shares of each zone's inhabitants are reached.

    Parameters
    ----------
    values : shape (communes,)
    people : shape (zones, communes), with somebody in each zone; a commune without anybody of a
        zone does not count there
    asked : shares

    Returns
    -------
    shape (zones, shares)
    """
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(people[:, order], axis=1) / people.sum(axis=1, keepdims=True)
    first = [(reached < share * (1 - 1e-12)).sum(axis=1) for share in asked]
    found: FloatArray = values[order][np.stack(first, axis=1)]
    return found


def draws(weights: Weights, count: int = DRAWS, seed: int = SEED) -> FloatArray:
    """Weights as they might have been: draws from Dirichlet(n·w), n = indicators that weigh.

    Equal weights give the uniform Dirichlet; a weight of 0 stays 0. The mean of the draws is
    the weights themselves.

    Returns
    -------
    shape (count, n), rows summing to 1; the same for the same seed.
    """
    alpha = len(weights.items) * weights.values
    return np.random.default_rng(seed).dirichlet(alpha, size=count)


@remembered(maxsize=128)
def by_zone(weights: Weights, zoning: Zoning, facts: Facts | None = None) -> pd.DataFrame:
    """Need index of each zone, its group, and how sure both are.

    Parameters
    ----------
    weights : what the index is made of
    zoning : zones, in the order of the result (``units`` for bassins: one line per city)

    Returns
    -------
    DataFrame, index zone: label; indice (mean of the inhabitants, 0 to 100); p5, p95 (band in
    which it falls in 90 % of the draws of weights, stretched to hold the index itself); groupe
    ("faible", "moyen", "élevé", "" without index); stabilite (share of the draws in which the
    zone stays in that group); p10_communes, p90_communes (index of the commune where the first
    10 %, 90 % of the zone's inhabitants are reached; NaN at commune level); couverture.

    References
    ----------
    OECD/JRC (2008), Handbook on Constructing Composite Indicators, step 7 (sensitivity).

    Examples
    --------
    >>> from olsdata.territory import zoning
    >>> by_zone(default_weights(), zoning("wallonie"))["indice"].round(9).tolist()
    [50.0]
    """
    facts = facts or tables.load()
    people = inhabitants(facts)
    chosen, index = _chosen(weights, facts), by_commune(weights, facts).to_numpy()
    known = ~np.isnan(index)
    share = shares(zoning, facts).to_numpy()
    point = zone_mean(share, index)
    there = ~np.isnan(point)
    band, group = np.full((2, len(point)), np.nan), np.zeros(len(point), dtype=np.int8)
    stays = np.full(len(point), np.nan)
    if there.any():
        drawing = draws(weights)
        moved = drawing @ chosen[known].T
        # The mean of a zone's communes, drawn: indicator by indicator it is forty times less.
        drawn = drawing @ (share[np.ix_(there, known)] @ chosen[known]).T
        group[there] = group_of(point[there], limits(index[known], people[known]))
        moving = group_of(drawn, limits(moved, people[known]))
        stays[there] = (moving == group[there]).mean(axis=0)
        # Sorted first: numpy sorts faster than it seeks four places in each column.
        band[:, there] = np.quantile(np.sort(drawn, axis=0), [0.05, 0.95], axis=0)
    spread = np.full((len(point), 2), np.nan)
    if zoning.level != "commune" and there.any():
        spread[there] = _quantiles(index, share[there], (0.1, 0.9))
    return pd.DataFrame(
        {
            "label": zoning.zones["label"],
            "indice": point,
            "p5": np.fmin(band[0], point),
            "p95": np.fmax(band[1], point),
            "groupe": np.where(there, np.array(GROUPS)[group], ""),
            "stabilite": stays,
            "p10_communes": spread[:, 0],
            "p90_communes": spread[:, 1],
            "couverture": zoning.coverage,
        },
        index=zoning.zones.index.rename("zone"),
    )


def points(weights: Weights, zoning: Zoning, facts: Facts | None = None) -> FloatArray:
    """The index alone of each zone: shape (zones,), 0 to 100; NaN where there is none."""
    return zone_mean(shares(zoning, facts).to_numpy(), by_commune(weights, facts).to_numpy())


def index(weights: Weights, zoning: Zoning, facts: Facts | None = None) -> pd.DataFrame:
    """Index and group of each zone, without what says how sure they are.

    Returns
    -------
    DataFrame, index zone: indice, groupe, as in ``by_zone``, which takes a thousand draws more.
    """
    point = points(weights, zoning, facts)
    cuts = np.array(group_limits(weights, facts))
    group = np.array(GROUPS)[group_of(np.nan_to_num(point), cuts)]
    return pd.DataFrame(
        {"indice": point, "groupe": np.where(np.isnan(point), "", group)},
        index=zoning.zones.index.rename("zone"),
    )


def group_limits(weights: Weights, facts: Facts | None = None) -> tuple[float, float]:
    """The two limits between the groups, the same at every level; NaN without any index."""
    facts = facts or tables.load()
    index = by_commune(weights, facts).to_numpy()
    known = ~np.isnan(index)
    if not known.any():
        return float("nan"), float("nan")
    low, high = limits(index[known], inhabitants(facts)[known])
    return float(low), float(high)


def decomposition(weights: Weights, zoning: Zoning, facts: Facts | None = None) -> pd.DataFrame:
    """What each indicator brings to the index of each zone.

    Returns
    -------
    DataFrame, index (zone, indicateur): centile (mean of the zone's inhabitants, 0 to 100),
    poids, apport (points of index: centile × poids; they sum to the index).

    Examples
    --------
    >>> from olsdata.territory import zoning
    >>> parts = decomposition(default_weights(), zoning("ols"))["apport"].groupby("zone").sum()
    >>> bool(np.allclose(parts, by_zone(default_weights(), zoning("ols"))["indice"]))
    True
    """
    chosen = percentiles(facts)[weights.ids]
    found = zone_mean(shares(zoning, facts).to_numpy(), chosen.to_numpy())
    index = pd.MultiIndex.from_product(
        [zoning.zones.index, weights.ids], names=["zone", "indicateur"]
    )
    frame = pd.DataFrame({"centile": found.ravel()}, index=index)
    frame["poids"] = np.tile(weights.values, len(found))
    frame["apport"] = frame["centile"] * frame["poids"]
    return frame


def leave_one_out(weights: Weights, zoning: Zoning, facts: Facts | None = None) -> pd.DataFrame:
    """The index and the group of each zone when one indicator is left out.

    Returns
    -------
    DataFrame, index (indicateur left out, zone): indice, groupe, ecart (points, against the whole
    index), change (whether the zone changes group). Empty when one indicator alone weighs.
    """
    whole = index(weights, zoning, facts)
    parts = {}
    for id_ in weights.ids:
        rest = weights.without(id_)
        if rest is None:
            break
        found = index(rest, zoning, facts)
        parts[id_] = found.assign(
            ecart=found["indice"] - whole["indice"], change=found["groupe"] != whole["groupe"]
        )
    if not parts:
        return pd.DataFrame(columns=["indice", "groupe", "ecart", "change"])
    return pd.concat(parts, names=["indicateur", "zone"])


def without_index(weights: Weights, facts: Facts | None = None) -> str:
    """Which communes have no index, and why, as a French sentence; "" when all have one."""
    facts = facts or tables.load()
    chosen = percentiles(facts)[weights.ids]
    gaps = chosen.isna()
    if not gaps.to_numpy().any():
        return ""
    lines = []
    for id_ in weights.ids:
        names = sorted(facts.communes.loc[gaps.index[gaps[id_]], "nom"])
        if names:
            title = catalogue.card(id_).title
            more = f" et {len(names) - 5} autres" if len(names) > 5 else ""
            lines.append(f"« {title} » n’a pas de valeur pour {', '.join(names[:5])}{more}")
    return f"Indice non calculable là où un chiffre manque : {' ; '.join(lines)}."
