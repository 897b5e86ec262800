"""Comparing to learn: the same measures in a few territories, set against one reference.

Nothing is ranked: territories keep their geographical order. What differs is given in the unit of
the measure, and in standard deviations between all the zones of the level for the colour.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from olsdata import catalogue, chance, figures, structures, tables, territory
from olsdata.equity import need
from olsdata.equity.units import members, units
from olsdata.local import remembered
from olsdata.tables import DataError
from olsdata.territory import WALLONIE, WHOLE, Zoning

LEVELS = ("ols", "bassin")
LEAST, MOST = 2, 10
"""Territories side by side."""

NEED = "besoin"
STRUCTURE = "structures_"
"""Start of the id of a measure made of a type of structure."""

YEARS = tables.AGE_YEARS[:-1]
"""Earlier years in which the measures of age and of total population exist too."""

NEAR, FAR = 0.5, 1.5
"""Standard deviations from which a difference shows, and shows strongly."""

RATE, COUNT, INDEX, SUPPORT = "taux", "nombre", "indice", "structures"

BORROWED, LOWER_BOUND, UNKNOWN = "commune entière", "minimum", "inconnu"
"""Remarks: value of the whole commune; no figure, at least so many recorded; nothing recorded."""

START = (
    "density_per_km2_2026",
    "pop_growth_2009_2026_pct",
    "pct_res_buildings_before_1946_2025",
    NEED,
    "pct_0_17_2021",
    "pct_65p_2021",
    "pct_80p_2021",
    "pct_hh_single_person_2019",
    "pct_hh_single_parent_2019",
    "income_median_admin_2023",
    "low_education_pct_2021",
    "unemployment_rate_15_64_2024",
    "pharmacies_per_10k_2022",
    "physio_per_10k_2025",
    "pct_pop_over_15km_emergency_hospital_2020",
    "structures_clps",
)
"""Measures shown until the reader chooses: a handful of each block that has figures."""

CONTEXT = (
    "pct_65p_2021",
    "density_per_km2_2026",
    "pct_hh_single_person_2019",
    "pct_hh_single_parent_2019",
    "income_median_admin_2023",
)
"""What makes two territories look alike, until the reader chooses."""

_ON_LOG = frozenset({"density_per_km2_2026"})
"""Measures compared by how many times more, not by how much more."""

_COUNTED = {
    "pharmacies_active_2022": ("pharmacies_active_2022", 0),
    "pharmacies_per_10k_2022": ("pharmacies_active_2022", 10_000),
    "physio_per_10k_2025": ("physio_derived_2025", 10_000),
    "hospital_sites_2020": ("hospital_sites_2020", 0),
    "hospital_sites_emergency_2020": ("hospital_sites_emergency_2020", 0),
}
"""Card → the count behind it, whose limits say what chance alone could explain; per how many."""


@dataclass(frozen=True)
class Measure:
    """Something that can be compared: a card with values, the need index, a type of structure.

    Attributes
    ----------
    sort : "taux", "nombre" (a size, never coloured), "indice" or "structures"
    """

    id: str
    title: str
    help: str
    unit: str
    decimals: int
    block: str
    year: str
    source: str
    sort: str


@remembered(maxsize=1)
def measures() -> dict[str, Measure]:
    """Every measure by id, in the order of the blocks.

    Examples
    --------
    >>> list(measures())[0], measures()["pct_65p_2021"].unit, len(measures()) > 40
    ('area_km2_2026', '%', True)
    """
    weights = need.default_weights()
    found = [
        Measure(
            NEED,
            "Indice de besoin",
            "Moyenne de six indicateurs de besoin ; 50 est la moyenne des habitants des dix OLS.",
            "points d’indice",
            0,
            catalogue.BLOCKS[1],
            "",
            f"Calculé : {len(weights.ids)} indicateurs, poids égaux",
            INDEX,
        )
    ]
    for card in catalogue.available().values():
        sort = COUNT if card.aggregation == "somme" else RATE
        found.append(
            Measure(
                card.id,
                card.marked,
                card.help,
                card.unit,
                card.decimals,
                card.block,
                card.year,
                card.source,
                sort,
            )
        )
    for kind in structures.types().values():
        found.append(
            Measure(
                f"{STRUCTURE}{kind.id}",
                kind.plural,
                "Structures qui couvrent le territoire, pour 100 000 habitants (2026) ; ouvert à "
                "partir de 80 % de structures recensées avec leur zone.",
                "pour 100 000 habitants",
                2,
                catalogue.BLOCKS[2],
                "",
                "Registre des structures",
                SUPPORT,
            )
        )
    return {m.id: m for m in sorted(found, key=lambda m: catalogue.BLOCKS.index(m.block))}


def measure(id_: str) -> Measure:
    """A measure by id.

    Raises
    ------
    DataError
        If there is none; names some that exist.
    """
    known = measures()
    if id_ not in known:
        raise DataError(
            f"Indicateur à comparer inconnu : « {id_[:60]} ». Exemples : "
            f"{', '.join(START[:6])} ; liste : python -m olsdata indicateurs."
        )
    return known[id_]


def zoning_of(level: str) -> Zoning:
    """The zones that may be compared: the OLS, or the bassins in force.

    Raises
    ------
    DataError
        At any other level.
    """
    if level not in LEVELS:
        raise DataError(f"Niveau à comparer inconnu : « {level} ». Niveaux : {', '.join(LEVELS)}.")
    return territory.zoning_of(level)


# --- Values -------------------------------------------------------------------------------------


@remembered(maxsize=512)
def values(id_: str, zoning: Zoning) -> pd.DataFrame:
    """Value of a measure in every zone, with what surrounds it.

    Parameters
    ----------
    id_ : id of a measure
    zoning : OLS, bassins, the units of analysis of either, or Wallonia

    Returns
    -------
    DataFrame, index zone: valeur (NaN when not available); bas, haut (band of the need index over
    the weights; for a count, what chance alone could explain, 95 %; NaN otherwise); groupe (need
    only); recenses (structures that touch the zone, NaN otherwise); remarque (see the module).
    """
    sort = measure(id_).sort
    make = {INDEX: _index, SUPPORT: _supported}.get(sort, _of_card)
    found = make(id_, zoning)
    for column, blank in (("bas", np.nan), ("haut", np.nan), ("recenses", np.nan)):
        if column not in found:
            found[column] = blank
    for column in ("groupe", "remarque"):
        if column not in found:
            found[column] = ""
    return found[["valeur", "bas", "haut", "groupe", "recenses", "remarque"]]


def _index(_: str, zoning: Zoning) -> pd.DataFrame:
    weights = need.default_weights()
    if zoning.level != "bassin":
        found = need.by_zone(weights, zoning)
        return found.rename(columns={"indice": "valeur", "p5": "bas", "p95": "haut"})
    merged = units("bassin")
    found = need.by_zone(weights, merged)
    own = zoning.zones.index.isin(merged.zones.index)
    unit = members(zoning)[zoning.zones.index] if zoning is not merged else zoning.zones.index
    found = found.loc[list(unit)].set_axis(zoning.zones.index)
    found["remarque"] = np.where(own, "", BORROWED)
    return found.rename(columns={"indice": "valeur", "p5": "bas", "p95": "haut"})


def _of_card(id_: str, zoning: Zoning) -> pd.DataFrame:
    table = figures.by_zone(id_, zoning)
    found = pd.DataFrame({"valeur": table["valeur"]})
    found["remarque"] = np.where(table["agregation"] == figures.COMMUNAL, BORROWED, "")
    if id_ in _COUNTED:
        column, per = _COUNTED[id_]
        counts = figures.total(column, zoning).where(zoning.coverage >= WHOLE)
        rule = catalogue.card(id_).rule
        under = figures.total(rule.weight, zoning) if rule and rule.weight else None
        factor = per / under if under is not None else pd.Series(1.0, index=counts.index)
        _add_limits(found, counts, factor)
    return found


def _supported(id_: str, zoning: Zoning) -> pd.DataFrame:
    table = structures.density(id_.removeprefix(STRUCTURE), zoning)
    found = pd.DataFrame({"valeur": table["densite_100k"], "recenses": table["touchent"]})
    closed = found["valeur"].isna()
    found["remarque"] = np.where(closed, np.where(table["touchent"] > 0, LOWER_BOUND, UNKNOWN), "")
    counts = table["structures_allouees"].where(~closed)
    _add_limits(found, counts, structures_per(table["habitants"]))
    return found


def structures_per(people: pd.Series) -> pd.Series:
    """What one structure weighs, for 100,000 inhabitants."""
    return 100_000 / people


def _add_limits(found: pd.DataFrame, counts: pd.Series, factor: pd.Series) -> None:
    """Limits of each count × what one unit of it weighs in the value."""
    for zone, count in counts.dropna().items():
        low, _, high = chance.limits(float(count))
        found.loc[zone, "bas"] = low * factor[zone]
        found.loc[zone, "haut"] = high * factor[zone]


@remembered(maxsize=512)
def deviation(id_: str, level: str) -> float:
    """Standard deviation of a measure between all the zones of a level; NaN with fewer than two.

    Each OLS counts once; so does each bassin, those cut out of one city together.
    """
    known = _scaled(id_, values(id_, units(level))["valeur"]).dropna()
    return float(known.std(ddof=0)) if len(known) > 1 else float("nan")


def _scaled(id_: str, found: pd.Series) -> pd.Series:
    return np.log(found.where(found > 0)) if id_ in _ON_LOG else found


# --- Against a reference ------------------------------------------------------------------------


def check_reference(reference: str, level: str) -> str:
    """A reference that exists: "wallonie", a zone of the level, an OLS, or an earlier year.

    Raises
    ------
    DataError
        If it is none of these.
    """
    known = {WALLONIE, *map(str, YEARS), *territory.zoning_of("ols").zones.index}
    if reference not in known and reference not in zoning_of(level).zones.index:
        raise DataError(
            f"Repère inconnu : « {reference[:40]} ». Repères : wallonie, un territoire, "
            f"{' ou '.join(map(str, YEARS))}."
        )
    return reference


def _beside(id_: str, level: str, reference: str) -> pd.Series:
    """Value of the reference beside each zone of a level; NaN where it has none."""
    zones = zoning_of(level).zones.index
    if reference.isdigit() and int(reference) in YEARS:
        if id_ not in catalogue.cards():
            return pd.Series(np.nan, index=zones)
        return figures.by_zone_in(id_, int(reference), zoning_of(level))
    home = territory.find(reference).level
    if measure(id_).sort == COUNT and home != level:
        return pd.Series(np.nan, index=zones)  # a size is not set against that of a whole
    alone = float(values(id_, territory.zoning_of(home)).at[reference, "valeur"])
    return pd.Series(alone, index=zones)


@remembered(maxsize=1024)
def _against(id_: str, level: str, reference: str) -> pd.DataFrame:
    found = values(id_, zoning_of(level)).copy()
    what = measure(id_)
    beside = _beside(id_, level, reference)
    found["repere"] = beside
    found["ecart"] = found["valeur"] - beside
    gap = _scaled(id_, found["valeur"]) - _scaled(id_, beside)
    spread = deviation(id_, level)
    coloured = what.sort != COUNT and spread > 0
    found["ecart_type"] = gap / spread if coloured else np.nan
    inside = (found["bas"] <= beside) & (beside <= found["haut"])
    found["marge"] = inside
    sign = np.sign(found["ecart_type"])
    size = found["ecart_type"].abs()
    grade = sign * ((size >= NEAR).astype(int) + (size >= FAR).astype(int))
    found["classe"] = grade.where(~inside, 0.0).where(found["ecart_type"].notna()) + 0.0
    return found


COLUMNS = [
    "label",
    "titre",
    "valeur",
    "unite",
    "annee",
    "bas",
    "haut",
    "groupe",
    "repere",
    "ecart",
    "ecart_type",
    "classe",
    "marge",
    "recenses",
    "remarque",
    "source",
]


@remembered(maxsize=256)
def table(
    zones: tuple[str, ...], indicators: tuple[str, ...], level: str = "ols", reference: str = ""
) -> pd.DataFrame:
    """Measures × territories against a reference.

    Parameters
    ----------
    zones : ids of one to ten zones of the level; the result keeps the geographical order
    indicators : ids of measures
    level : "ols" or "bassin"
    reference : "wallonie" (default), a zone, or an earlier year ("2011": the same territory then)

    Returns
    -------
    DataFrame, index (indicateur, zone): the columns of ``values``, label, titre, unite, annee,
    source; repere (value of the reference), ecart (valeur - repere, in the unit), ecart_type (the
    same in standard deviations between all the zones of the level, of the logarithm for density;
    NaN for a size), classe (-2 far below, -1, 0, 1, 2 far above; 0 too when ``marge``; NaN without
    a difference), marge (whether the reference lies between bas and haut).

    Raises
    ------
    DataError
        If a zone, a measure or the reference is unknown, or there are too many territories.

    Examples
    --------
    >>> found = table(("05", "01"), ("pct_65p_2021",))
    >>> found.index.get_level_values("zone").tolist(), found["valeur"].round(1).tolist()
    (['01', '05'], [19.4, 18.6])
    """
    here = ordered(zones, level)
    reference = check_reference(reference or WALLONIE, level)
    labels = zoning_of(level).zones["label"]
    parts = {}
    for id_ in dict.fromkeys(indicators):
        what = measure(id_)
        part = _against(id_, level, reference).loc[here]
        parts[id_] = part.assign(
            label=labels[here],
            titre=what.title,
            unite=what.unit,
            annee=what.year,
            source=what.source,
        )
    if not parts:
        raise DataError("Choisissez au moins un indicateur à comparer.")
    return pd.concat(parts, names=["indicateur", "zone"])[COLUMNS]


def ordered(zones: tuple[str, ...], level: str) -> list[str]:
    """The zones asked for in geographical order, each once.

    Raises
    ------
    DataError
        If there is none, one is unknown, or there are more than ten.
    """
    known = zoning_of(level).zones.index
    unknown = [z for z in zones if z not in known]
    if unknown:
        raise DataError(f"Territoire inconnu à ce niveau : « {', '.join(unknown)[:80]} ».")
    if not zones:
        raise DataError("Choisissez de deux à dix territoires.")
    kept = [z for z in known if z in set(zones)]
    if len(kept) > MOST:
        raise DataError(f"{len(kept)} territoires demandés, {MOST} au plus : sinon rien ne se lit.")
    return kept


# --- Where a territory stands, and who resembles it -----------------------------------------------


@remembered(maxsize=512)
def spread(id_: str, level: str) -> pd.Series:
    """How a measure varies between the zones of a level: count, min, q1, median, q3, max."""
    known = values(id_, units(level))["valeur"].dropna()
    if known.empty:
        return pd.Series({"count": 0.0} | dict.fromkeys(("min", "q1", "median", "q3", "max")))
    ends = known.quantile([0, 0.25, 0.5, 0.75, 1]).tolist()
    names = ("min", "q1", "median", "q3", "max")
    return pd.Series({"count": float(len(known))} | dict(zip(names, ends, strict=True)))


@dataclass(frozen=True)
class Reason:
    """One measure of context in two territories; ``gap`` in standard deviations."""

    measure: Measure
    mine: float
    theirs: float
    gap: float


@dataclass(frozen=True)
class Alike:
    """A territory that resembles another.

    Attributes
    ----------
    zone : id of the zone, or of the city whose bassins are one line
    distance : root mean square of the gaps, in standard deviations; 0 = the same figures
    reasons : every measure that both have, the closest first
    asked : how many measures were asked for
    """

    zone: str
    label: str
    distance: float
    reasons: tuple[Reason, ...]
    asked: int


@remembered(maxsize=256)
def alike(
    zone: str, level: str, context: tuple[str, ...] = CONTEXT, most: int = 3
) -> tuple[Alike, ...]:
    """The territories whose context is nearest; who could learn from whom, not a ranking.

    Each measure counts the same, in standard deviations between the zones of the level (of its
    logarithm for density). A territory that lacks one of the measures is compared on the others,
    if it has at least half of them.

    Parameters
    ----------
    zone : id of a zone of the level
    context : ids of rates (a size is no resemblance)
    most : how many to give

    Raises
    ------
    DataError
        If the zone or a measure is unknown, a measure is a size, or none is left.

    Examples
    --------
    >>> len(alike("05", "ols")), alike("05", "ols")[0].asked
    (3, 5)
    """
    ordered((zone,), level)
    if not context:
        raise DataError("Choisissez au moins un indicateur de contexte.")
    sizes = [measure(id_).title for id_ in context if measure(id_).sort in (COUNT, SUPPORT)]
    if sizes:
        raise DataError(f"Un nombre n’est pas une ressemblance : {', '.join(sizes)}.")
    zoning = units(level)
    mine = str(members(zoning_of(level))[zone]) if level == "bassin" else zone
    raw = pd.DataFrame({id_: values(id_, zoning)["valeur"] for id_ in context})
    scaled = pd.DataFrame({id_: _scaled(id_, raw[id_]) for id_ in context})
    gaps = (scaled - scaled.loc[mine]) / scaled.std(ddof=0).replace(0, np.nan)
    known = gaps.notna().sum(axis=1)
    distance = np.sqrt((gaps**2).mean(axis=1)).where(known >= max(1, len(context) / 2))
    others = distance.drop(index=mine).dropna().sort_values(kind="stable").index[:most]
    found = []
    for other in others:
        pairs = gaps.loc[other].dropna().abs().sort_values(kind="stable")
        reasons = tuple(
            Reason(
                measure(str(id_)),
                float(raw.at[mine, id_]),
                float(raw.at[other, id_]),
                float(gaps.at[other, id_]),
            )
            for id_ in pairs.index
        )
        label = str(zoning.zones.at[other, "label"])
        found.append(Alike(str(other), label, float(distance[other]), reasons, len(context)))
    return tuple(found)


# --- What surrounds every comparison --------------------------------------------------------------


def recorded(level: str) -> pd.DataFrame:
    """Recorded structures that touch each zone: index zone, a column per type."""
    zoning = zoning_of(level)
    return pd.DataFrame(
        {kind: structures.coverage(kind, zoning)["touchent"] for kind in structures.types()}
    )


@remembered(maxsize=8)
def context(level: str) -> pd.DataFrame:
    """What must stay in sight: size, density, ages, history, structures known.

    Returns
    -------
    DataFrame, index zone: label, ols, habitants (1/1/2026), densite (inhabitants per km²),
    evolution (% since 2009), age_moyen (2026), part_65p (%, 2021), structures (recorded ones that
    touch the zone), types (types of structure with at least one, of eleven), couverture.
    """
    zoning = zoning_of(level)

    def of(id_: str) -> pd.Series:
        return values(id_, zoning)["valeur"]

    touching = recorded(level)
    return pd.DataFrame(
        {
            "label": zoning.zones["label"],
            "ols": zoning.zones["ols"],
            "habitants": figures.population(2026, zoning)["valeur"],
            "densite": of("density_per_km2_2026"),
            "evolution": of("pop_growth_2009_2026_pct"),
            "age_moyen": of("mean_age_2026"),
            "part_65p": of("pct_65p_2021"),
            "structures": touching.sum(axis=1),
            "types": (touching > 0).sum(axis=1),
            "couverture": zoning.coverage,
        }
    )
