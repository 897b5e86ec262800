"""Figures: communal values and their aggregation to any zoning.

Counts are summed, ratios are made of summed counts, and what cannot be recomputed is a weighted
mean that says so. A commune cut between zones gives each its share: of its inhabitants located
in sectors (2024), or of its hectares for what is measured on land.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import jenkspy
import numpy as np
import pandas as pd

from olsdata import catalogue, tables, territory
from olsdata.catalogue import Card, Rule
from olsdata.local import remembered, zones
from olsdata.tables import AGE_YEARS, TOTAL_YEARS, DataError, Facts
from olsdata.territory import WHOLE, Zone, Zoning

COMMUNAL = "valeur_communale"
MASKED = "masque"
"""In place of the rule of a zone whose value would give back a count under five persons."""
COLUMNS = ["label", "valeur", "unite", "annee", "source", "agregation", "couverture"]

AGE_BANDS: dict[str, tuple[int, int]] = {
    "0_2": (0, 2),
    "3_11": (3, 11),
    "0_17": (0, 17),
    "15_64": (15, 64),
    "18_64": (18, 64),
    "60p": (60, 200),
    "65p": (65, 200),
    "80p": (80, 200),
}

LEGAL_LINE = 450_000
"""Inhabitants from which the pilot envelope of a territory changes (call of 2025)."""


def age_bounds(group: str) -> tuple[int, int]:
    """First and last age of a group as it is written in the tables.

    >>> age_bounds("0-2"), age_bounds("95+")
    ((0, 2), (95, 200))
    """
    first, _, last = group.rstrip("+").partition("-")
    return int(first), 200 if group.endswith("+") else int(last or first)


@remembered(maxsize=4)
def commune_columns(facts: Facts | None = None) -> pd.DataFrame:
    """Every communal column: the embedded figures and those counted in the population tables.

    Returns
    -------
    DataFrame, 261 communes × columns (floats); ``pop_total_<year>``, ``pop_65p_2021``, …
    """
    facts = facts or tables.load()
    columns: dict[str, pd.Series] = {
        f"pop_total_{year}": facts.totaux[year].astype(float) for year in TOTAL_YEARS
    }
    bounds = {group: age_bounds(group) for group in facts.ages["age"].unique()}
    for name, (low, high) in AGE_BANDS.items():
        groups = [g for g, (first, last) in bounds.items() if first >= low and last <= high]
        inside = facts.ages[facts.ages["age"].isin(groups)]
        counts = inside.groupby(["refnis", "annee"])["population"].sum().unstack()
        for year in AGE_YEARS:
            columns[f"pop_{name}_{year}"] = counts[year].astype(float)
    counted = pd.DataFrame(columns).reindex(facts.communes.index)
    return counted.join(facts.indicateurs)


@remembered(maxsize=1)
def _land_columns() -> frozenset[str]:
    rules = (c.rule for c in catalogue.cards().values())
    return frozenset(rule.column for rule in rules if rule and rule.by_land)


def total(column: str, zoning: Zoning, facts: Facts | None = None) -> pd.Series:
    """Sum of a communal count over each zone; missing as soon as one commune is missing.

    Parameters
    ----------
    column : a column of ``commune_columns``
    zoning : where to sum

    Returns
    -------
    Series, index zone, floats.
    """
    values = commune_columns(facts)[column]
    shares = zoning.land if column in _land_columns() else zoning.people
    return _weighted_sum(values, shares)


def _weighted_sum(values: pd.Series, shares: pd.DataFrame) -> pd.Series:
    """Σ share × value per zone; NaN where a commune of the zone has no value."""
    known = values.reindex(shares.columns)
    sums = shares.to_numpy() @ known.fillna(0.0).to_numpy()
    missing = (shares.to_numpy() > 0) @ known.isna().to_numpy().astype(float)
    return pd.Series(np.where(missing > 0, np.nan, sums), index=shares.index)


def _values(card: Card, zoning: Zoning, facts: Facts | None) -> tuple[pd.Series, pd.Series]:
    """Value of each zone, and whether it is hidden to protect a small count."""
    assert card.rule is not None
    here = facts or tables.load()
    if card.origin:
        if card.id not in here.locales:
            raise DataError(f"« {card.title} » n’est pas dans ces tables.")
        columns = commune_columns(facts)
        return zones.values(here.locales[card.id], card.rule, zoning, columns, here)
    values = _shipped(card.rule, zoning, facts)
    return values, pd.Series(False, index=values.index)


def _shipped(rule: Rule, zoning: Zoning, facts: Facts | None) -> pd.Series:
    if rule.type == "somme":
        return total(rule.column, zoning, facts)
    if rule.type == "rapport":
        ratio = total(rule.column, zoning, facts) / total(rule.weight, zoning, facts)
        if _land_columns() & {rule.column, rule.weight}:
            # In a piece of a commune, people by people over land by land would be a density of
            # its own, not the value of the commune.
            columns = commune_columns(facts)
            top, below = (
                _weighted_sum(columns[name], zoning.people) for name in (rule.column, rule.weight)
            )
            ratio = ratio.mask(zoning.coverage < WHOLE, top / below)
        return ratio.replace([np.inf, -np.inf], np.nan) * rule.factor + rule.offset
    columns = commune_columns(facts)
    weight = columns[rule.weight]
    top = _weighted_sum(columns[rule.column] * weight, zoning.people)
    return top / _weighted_sum(weight, zoning.people)


@remembered(maxsize=512)
def by_zone(indicator: str, zoning: Zoning, facts: Facts | None = None) -> pd.DataFrame:
    """Value of an indicator in each zone of a zoning.

    Below a coverage of 0.9 the zone is cut out of a commune: a count is missing there, and a
    rate is that of the whole commune (``valeur_communale``), unless the card's grain is the
    sector. A value that would give back a small count is missing (``masque``).

    Parameters
    ----------
    indicator : id of a card that has values
    zoning : zones, in the order of the result

    Returns
    -------
    DataFrame, index zone; label, valeur, unite, annee, source, agregation, couverture.

    Raises
    ------
    DataError
        If the indicator is unknown or has no communal value.

    Examples
    --------
    >>> from olsdata.territory import zoning
    >>> round(by_zone("pct_65p_2021", zoning("wallonie"))["valeur"].item(), 4)
    19.0104
    """
    card = catalogue.card(indicator)
    if card.rule is None:
        raise DataError(f"« {card.title} » n’a pas de valeur communale. {card.obtain}")
    values, hidden = _values(card, zoning, facts)
    rule = pd.Series(card.rule.type, index=zoning.zones.index)
    if zoning.level == "commune" and card.rule.type == "moyenne_ponderee":
        rule[:] = COMMUNAL
    cut = zoning.coverage < WHOLE
    if card.grain != "secteur":
        if card.rule.type == "somme":
            values = values.mask(cut)
        else:
            rule = rule.mask(cut, COMMUNAL)
    rule = rule.mask(hidden, MASKED)
    return _table(zoning, values, card.unit, card.year, card.source, rule)


def _table(
    zoning: Zoning, values: pd.Series, unit: str, year: str, source: str, rule: pd.Series
) -> pd.DataFrame:
    frame = pd.DataFrame(
        {
            "label": zoning.zones["label"],
            "valeur": values.reindex(zoning.zones.index),
            "unite": unit,
            "annee": year,
            "source": source,
            "agregation": rule,
            "couverture": zoning.coverage,
        }
    )
    frame.index.name = "zone"
    return frame[COLUMNS]


def in_year(indicator: str, year: int, facts: Facts | None = None) -> Rule | None:
    """How an indicator was made in an earlier year; None when its columns do not go back so far.

    Every column of the rule must exist in that year; land does not change.

    Examples
    --------
    >>> in_year("pct_65p_2021", 2011).column
    'pop_65p_2011'
    >>> in_year("income_median_admin_2023", 2011) is None
    True
    """
    card = catalogue.card(indicator)
    rule = card.rule
    if rule is None or not card.year.isdigit() or not year < int(card.year):
        return None
    columns, land = commune_columns(facts).columns, _land_columns()
    found = []
    for name in filter(None, (rule.column, rule.weight)):
        then = name if name in land else name.replace(card.year, str(year))
        if then not in columns or (then == name and name not in land):
            return None
        found.append(then)
    if found[0] in land:  # an area is the same every year
        return None
    return replace(rule, column=found[0], weight="".join(found[1:]))


@remembered(maxsize=256)
def by_zone_in(indicator: str, year: int, zoning: Zoning, facts: Facts | None = None) -> pd.Series:
    """Value of an indicator in each zone in an earlier year; NaN where it did not exist.

    A zone cut out of a commune has no count, as in ``by_zone``.

    Returns
    -------
    Series, index zone, floats.
    """
    rule = in_year(indicator, year, facts)
    if rule is None:
        return pd.Series(np.nan, index=zoning.zones.index)
    values = _shipped(rule, zoning, facts)
    cut = zoning.coverage < WHOLE
    return values.mask(cut) if rule.type == "somme" else values


@remembered(maxsize=128)
def population(year: int, zoning: Zoning, facts: Facts | None = None) -> pd.DataFrame:
    """Inhabitants of each zone on 1 January of a year, as in ``by_zone``.

    The official total of each commune × the share of its 2024 sector population that lies in
    the zone. Exact wherever communes are whole.

    Raises
    ------
    DataError
        If that year is not embedded; names those that are.

    Examples
    --------
    >>> from olsdata.territory import zoning
    >>> int(population(2026, zoning("wallonie"))["valeur"].item())
    3713450
    """
    if year not in TOTAL_YEARS:
        known = ", ".join(str(y) for y in TOTAL_YEARS)
        raise DataError(f"Pas de population pour {year}. Années disponibles : {known}.")
    values = total(f"pop_total_{year}", zoning, facts)
    rule = pd.Series("somme", index=zoning.zones.index)
    card = catalogue.cards().get(f"pop_total_{year}")
    source = card.source if card else f"Statbel, 1/1/{year}"
    return _table(zoning, values, "habitants", str(year), source, rule)


def value(indicator: str, zone: Zone) -> float:
    """Value of one indicator in one zone; NaN when it is not available at this scale."""
    return float(by_zone(indicator, territory.zoning_of(zone.level)).at[zone.id, "valeur"])


@remembered(maxsize=256)
def age_pyramid(zone: Zone, year: int) -> pd.DataFrame:
    """Inhabitants of a zone by age group of five years and sex.

    Returns
    -------
    DataFrame, index age group in order ("0-4" … "95+"); F, M (persons; not whole numbers where
    the zone holds part of a commune). All missing where the coverage is below 0.9.

    Raises
    ------
    DataError
        If that year has no ages.
    """
    if year not in AGE_YEARS:
        known = ", ".join(str(y) for y in AGE_YEARS)
        raise DataError(f"Pas d’âges pour {year}. Années disponibles : {known}.")
    zoning = territory.zoning_of(zone.level)
    shares = zoning.people.loc[zone.id]
    ages = tables.load().ages
    ages = ages[(ages["annee"] == year) & ages["refnis"].isin(shares.index[shares > 0])]
    first = ages["age"].map(lambda group: age_bounds(group)[0])
    start = (first // 5 * 5).clip(upper=95)
    people = ages["population"] * ages["refnis"].map(shares)
    table = people.groupby([start, ages["sexe"]]).sum().unstack()
    table.index = pd.Index([f"{a}-{a + 4}" if a < 95 else "95+" for a in table.index], name="age")
    table.columns.name = None
    if zoning.coverage[zone.id] < WHOLE:
        table[:] = np.nan
    return table[["F", "M"]]


@remembered(maxsize=256)
def trend(zone: Zone) -> pd.Series:
    """Inhabitants of a zone on 1 January, 2009 to 2026; years without a figure are NaN."""
    zoning = territory.zoning_of(zone.level)
    years = range(min(TOTAL_YEARS), max(TOTAL_YEARS) + 1)
    values = {
        year: float(population(year, zoning).at[zone.id, "valeur"])
        for year in years
        if year in TOTAL_YEARS
    }
    return pd.Series(values, name="population").reindex(years)


@dataclass(frozen=True)
class Spread:
    """How a value varies between the communes of a zone."""

    count: int
    low: float
    low_label: str
    high: float
    high_label: str
    above: int
    """Communes whose value exceeds that of the reference."""
    reference: float


@remembered(maxsize=512)
def spread(indicator: str, zone: Zone, reference: Zone) -> Spread:
    """Lowest and highest communal value inside a zone, and communes above a reference.

    A commune counts when any of its inhabitants live in the zone.
    """
    communes = territory.zoning_of("commune")
    inside = by_zone(indicator, communes).loc[communes.inside(zone)]
    values = inside["valeur"].dropna()
    against = value(indicator, reference)
    if values.empty:
        return Spread(0, np.nan, "", np.nan, "", 0, against)
    low, high = str(values.idxmin()), str(values.idxmax())
    return Spread(
        count=len(values),
        low=float(values[low]),
        low_label=str(inside.at[low, "label"]),
        high=float(values[high]),
        high_label=str(inside.at[high, "label"]),
        above=int((values > against).sum()),
        reference=against,
    )


@dataclass(frozen=True)
class Headline:
    """One number of a headline row, with what stands under it."""

    title: str
    value: float
    unit: str
    decimals: int
    source: str
    indicator: str
    reference: float
    coverage: float = 1.0
    count: float = np.nan
    """Persons behind a share."""
    signed: bool = False


def headline(zone: Zone, reference: Zone) -> list[Headline]:
    """The numbers that open the Population page: total, change, the three ages.

    Parameters
    ----------
    zone : the territory
    reference : the zone whose values stand beside
    """
    rows = []
    for indicator, people in (
        ("pop_total_2026", ""),
        ("pop_growth_2009_2026_pct", ""),
        ("pct_0_2_2021", "pop_0_2_2021"),
        ("pct_65p_2021", "pop_65p_2021"),
        ("pct_80p_2021", "pop_80p_2021"),
    ):
        card = catalogue.card(indicator)
        rows.append(
            Headline(
                title=card.title,
                value=value(indicator, zone),
                unit=card.unit,
                decimals=card.decimals,
                source=card.source,
                indicator=indicator,
                reference=value(indicator, reference),
                coverage=float(territory.zoning_of(zone.level).coverage[zone.id]),
                count=value(people, zone) if people else np.nan,
                signed=indicator.startswith("pop_growth"),
            )
        )
    return rows


@dataclass(frozen=True)
class ProfileRow:
    """One line of the territory profile: a card, the zone's value, its spread, Wallonia's."""

    card: Card
    value: float
    aggregation: str
    coverage: float
    spread: Spread | None


def profile(zone: Zone, reference: Zone) -> dict[str, list[ProfileRow]]:
    """The five blocks of a territory profile, available cards first, gaps after.

    Returns
    -------
    dict, block → rows; a row of a card without values has value NaN and no spread.
    """
    zoning = territory.zoning_of(zone.level)
    blocks: dict[str, list[ProfileRow]] = {block: [] for block in catalogue.BLOCKS}
    for card in catalogue.cards().values():
        if not card.in_profile:
            continue
        if card.available:
            row = by_zone(card.id, zoning).loc[zone.id]
            blocks[card.block].append(
                ProfileRow(
                    card,
                    float(row["valeur"]),
                    str(row["agregation"]),
                    float(row["couverture"]),
                    spread(card.id, zone, reference),
                )
            )
        else:
            blocks[card.block].append(ProfileRow(card, np.nan, "", np.nan, None))
    for rows in blocks.values():
        rows.sort(key=lambda row: not row.card.available)
    return blocks


@dataclass(frozen=True)
class Classes:
    """Classes of a map: upper limits, and the values that each really holds.

    Attributes
    ----------
    upper : upper limit of each class, ascending; a value equal to it is inside
    held : lowest and highest value observed in each class
    basis : what was classified, in words (« 261 communes »)
    """

    upper: tuple[float, ...]
    held: tuple[tuple[float, float], ...]
    basis: str

    def index(self, values: pd.Series) -> pd.Series:
        """Class of each value, 0 for the lowest; missing values stay missing."""
        found = np.searchsorted(np.array(self.upper[:-1]), values.to_numpy(float), side="left")
        return pd.Series(found, index=values.index, dtype=float).where(values.notna())


@remembered(maxsize=256)
def classes(indicator: str, level: str, most: int = 5) -> Classes:
    """Classes for the map of an indicator (Fisher-Jenks).

    A rate is classified on the communes whatever the level, so that the colours of two levels or
    two territories compare; a count is classified on the zones of its level.

    Examples
    --------
    >>> classes("pct_65p_2021", "ols") == classes("pct_65p_2021", "commune")
    True
    """
    card = catalogue.card(indicator)
    basis = level if card.aggregation == "somme" else "commune"
    zoning = territory.zoning_of(basis)
    values = by_zone(indicator, zoning)["valeur"].dropna().sort_values()
    k = min(most, values.nunique())
    breaks = jenkspy.jenks_breaks(values, k) if k > 1 else list(values.tail(1)) * 2
    upper = [float(v) for v in breaks[1:]]
    group = np.searchsorted(np.array(upper[:-1]), values.to_numpy(), side="left")
    held = values.groupby(group).agg(["min", "max"])
    names = {"ols": "OLS", "bassin": "bassins", "commune": "communes", "wallonie": "région"}
    return Classes(
        upper=tuple(upper),
        held=tuple((float(low), float(high)) for low, high in held.to_numpy()),
        basis=f"{len(values)} {names[basis]}",
    )


@remembered(maxsize=256)
def twin(indicator: str, zone: Zone, level: str) -> pd.DataFrame:
    """The table that says what the map shows: one row per zone of a level inside a territory.

    Returns
    -------
    DataFrame, index zone in geographical order; the columns of ``by_zone`` and ``effectif`` (the
    count behind a ratio of persons, NaN otherwise), ``population`` (1/1/2024) and ``part``
    (share of the zone's inhabitants who live in the territory; 1 when it lies wholly inside).
    """
    zoning = territory.zoning_of(level)
    ids = zoning.inside(zone)
    frame = by_zone(indicator, zoning).loc[ids].copy()
    rule = catalogue.card(indicator).rule
    counted = rule and rule.type == "rapport" and rule.column.startswith("pop_") and not rule.offset
    frame["effectif"] = np.nan
    if counted and rule and rule.weight.startswith("pop_"):
        frame["effectif"] = total(rule.column, zoning).mask(zoning.coverage < WHOLE)
    frame["population"] = population(2024, zoning)["valeur"]
    held = territory.zoning_of(zone.level)
    here = held.sectors.index[held.sectors == zone.id]
    people = tables.load().secteurs["population_2024"]
    inside = people.reindex(here).groupby(zoning.sectors.reindex(here)).sum()
    everyone = people.groupby(zoning.sectors).sum()
    frame["part"] = (inside / everyone).reindex(ids)
    return frame
