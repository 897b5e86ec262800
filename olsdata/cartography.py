"""What a map shows, before it is drawn: classes, colours, hatching, names and their places.

The screen (Plotly) and the documents (matplotlib) draw the same thing from here.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
import shapely

from olsdata import contours, figures, labels, territory, words
from olsdata.catalogue import Card
from olsdata.contours import Frame
from olsdata.equity import need
from olsdata.equity.need import Weights
from olsdata.equity.proportionality import Proportionality
from olsdata.equity.units import members, units
from olsdata.labels import Label
from olsdata.local import remembered
from olsdata.palette import DIVERGING, INK, WHITE, Tokens
from olsdata.territory import WALLONIE, WHOLE, Zone

LEVEL_WORDS = {"ols": "par OLS", "bassin": "par bassin de vie", "commune": "par commune"}


@dataclass(frozen=True, eq=False)
class Shades:
    """Values of zones as colours.

    Attributes
    ----------
    rank : index zone; class of each, from 0
    ramp, on_ramp : colour of each class, and of a text drawn on it
    read : index zone; what the pointer reads, in French
    source : publisher and date
    """

    rank: pd.Series
    ramp: tuple[str, ...]
    on_ramp: tuple[str, ...]
    read: pd.Series
    source: str


def card_shades(
    frame: pd.DataFrame, card: Card, groups: figures.Classes, level: str, colours: Tokens
) -> Shades:
    """Values of an indicator, by class of its card."""
    count = len(groups.upper)
    known = frame[frame["valeur"].notna()]
    read = [
        words.quantity(v, card.unit, card.decimals)
        + ("" if r != figures.COMMUNAL or level == "commune" else " (commune entière)")
        for v, r in zip(known["valeur"], known["agregation"], strict=True)
    ]
    return Shades(
        rank=pd.Series(groups.index(known["valeur"]).astype(int), index=known.index),
        ramp=tuple(ramp_of(colours, count)),
        on_ramp=tuple(colours.on_ramp[i] for i in _spread(colours, count)),
        read=pd.Series(read, index=known.index, dtype=object),
        source=card.source,
    )


def need_shades(table: pd.DataFrame, colours: Tokens) -> Shades:
    """The need index in five classes of twenty points."""
    known = table[table["valeur"].notna()]
    rank = np.clip(known["valeur"].to_numpy() // 20, 0, 4).astype(int)
    return Shades(
        rank=pd.Series(rank, index=known.index),
        ramp=colours.ramp,
        on_ramp=colours.on_ramp,
        read=known["read"],
        source="Indice de besoin",
    )


@remembered(maxsize=64)
def _shown(zone: Zone, level: str) -> pd.DataFrame:
    """The zones that a map of a territory shows.

    Returns
    -------
    DataFrame, index zone: label; row (of its unit of analysis, in ``units``); hachure (whether it
    is cut out of a city, whose value it has).
    """
    zoning = territory.zoning_of(level)
    whole = zone.level == WALLONIE or level == "ols"
    ids = list(zoning.zones.index) if whole else zoning.inside(zone)
    unit = members(zoning)[ids] if level == "bassin" else ids
    cut = (zoning.coverage[ids] < WHOLE).to_numpy(bool) & (level == "bassin")
    return pd.DataFrame(
        {
            "label": zoning.zones.loc[ids, "label"].to_numpy(object),
            "row": units(level).zones.index.get_indexer(unit),
            "hachure": cut,
        },
        index=ids,
    )


@remembered(maxsize=64)
def need_table(weights: Weights, zone: Zone, level: str) -> pd.DataFrame:
    """The need index of the zones that a map of a territory shows.

    Returns
    -------
    DataFrame, index zone: label; valeur (0 to 100, NaN where there is none); population; read
    (what the pointer reads); hachure (whether the value is that of a whole city).
    """
    shown = _shown(zone, level)
    found = need.by_zone(weights, units(level)).iloc[shown["row"]]
    said = (found[name] for name in ("indice", "groupe", "p5", "p95"))
    read = [
        f"besoin {words.number(v)} : {group}<br>de {words.number(low)} à {words.number(high)} "
        "selon les poids"
        for v, group, low, high in zip(*said, strict=True)
    ]
    people = figures.population(need.YEAR, territory.zoning_of(level))["valeur"]
    return pd.DataFrame(
        {
            "label": shown["label"],
            "valeur": found["indice"].to_numpy(),
            "population": people[shown.index],
            "read": read,
            "hachure": shown["hachure"],
        }
    )


RATIO_CUTS = (1 / 1.5, 1 / 1.1, 1.1, 1.5)
"""Ratios of proportionality that limit the classes, the same on both sides of 1."""


def ratio_class(ratio: float) -> int:
    """Class of a ratio of proportionality, 0 (far less than its share) to 4 (far more).

    >>> [ratio_class(r) for r in (0.0, 0.7, 1.0, 1.2, 2.0)]
    [0, 1, 2, 3, 4]
    """
    return int(np.searchsorted(RATIO_CUTS, ratio))


def ratio_shades(table: pd.DataFrame) -> Shades:
    """Ratios of proportionality, in five classes around 1."""
    known = table[table["valeur"].notna()]
    return Shades(
        rank=known["valeur"].map(ratio_class).astype(int),
        ramp=DIVERGING,
        on_ramp=(INK, INK, INK, INK, WHITE),
        read=known["read"],
        source="Rapport de proportionnalité",
    )


@remembered(maxsize=64)
def ratio_table(found: Proportionality, zone: Zone) -> pd.DataFrame:
    """The ratios of the zones that a map of a territory shows; columns as ``need_table``."""
    shown = _shown(zone, found.level)
    rows = found.zones.iloc[shown["row"]]
    shares = (rows[name] for name in ("rapport", "part_ressource", "part_besoin"))
    read = [
        f"rapport {ratio_text(r)}<br>{words.quantity(100 * have, '%', 1)} de la ressource, "
        f"{words.quantity(100 * want, '%', 1)} du besoin"
        for r, have, want in zip(*shares, strict=True)
    ]
    return pd.DataFrame(
        {
            "label": shown["label"],
            "valeur": rows["rapport"].to_numpy(),
            "population": rows["habitants"].fillna(0).to_numpy(),
            "read": read,
            "hachure": shown["hachure"],
        }
    )


def ratio_text(ratio: float) -> str:
    """A ratio as it is written: « 0 » where a zone has none of the resource.

    >>> ratio_text(0.0), ratio_text(0.654), ratio_text(float("nan"))
    ('0', '0,65', 'non disponible')
    """
    return "0" if ratio == 0 else words.number(ratio, 2)


def _spread(colours: Tokens, count: int) -> list[int]:
    """Places of some classes, spread over the ramp."""
    if count < 2:
        return [3]
    return [int(i) for i in np.linspace(0, len(colours.ramp) - 1, count).round()]


def ramp_of(colours: Tokens, count: int) -> list[str]:
    """Colours for some classes, spread over the ramp."""
    return [colours.ramp[i] for i in _spread(colours, count)]


def _land(shown: tuple[tuple[str, str], ...], frame: Frame) -> dict[tuple[str, str], Any]:
    return {
        (level, i): shapely.simplify(
            shapely.transform(contours.shapes(level)[i], frame.pixels), 0.7
        )
        for level, i in shown
    }


FARTHEST = 0.25
"""Longest leader line, as a part of the map's width; a name too far is left to the table. The ten
OLS are always named."""

Texts = tuple[tuple[str, str, str], ...]
"""Id, name and value of the zones to label, most important first."""


def place_names(
    level: str,
    frame: Frame,
    texts: Texts,
    shown: tuple[tuple[str, str], ...],
    outside: int,
    slack: float,
    type_px: float,
) -> list[Label]:
    """Labels of some zones over the land shown (level, id).

    Finding their places takes a moment and is kept for all values of the same length: a value
    that changes by one digit does not move the names.

    Parameters
    ----------
    level : of the zones to name
    texts : what to write, most important first
    shown : zones drawn, which names outside avoid
    outside : how many names may stand outside their zone
    slack : how far a name may cross its zone's limit, pixels
    type_px : type size
    """
    wide = tuple((i, name, re.sub(r"\d", "0", read)) for i, name, read in texts)
    reads = {i: (before[2], read) for before, (i, _, read) in zip(wide, texts, strict=True)}
    return [
        replace(label, text=label.text.removesuffix(reads[label.id][0]) + reads[label.id][1])
        for label in _places(level, frame, wide, shown, outside, slack, type_px)
    ]


@remembered(maxsize=256)
def _places(
    level: str,
    frame: Frame,
    texts: Texts,
    shown: tuple[tuple[str, str], ...],
    outside: int,
    slack: float,
    type_px: float,
) -> list[Label]:
    if not texts:
        return []
    land = _land(shown, frame)
    poles = contours.mercator(np.array([contours.point(level, i) for i, _, _ in texts]))
    wishes = [
        labels.Wish(
            i,
            lines=(*words.wrapped(name), *filter(None, [read])),
            beside=(*(words.wrapped(name) if level != "ols" else (name,)), *filter(None, [read])),
            outline=land[level, i],
            pole=(float(x), float(y)),
        )
        for (i, name, read), (x, y) in zip(texts, frame.pixels(poles), strict=True)
    ]
    everything = shapely.union_all(list(land.values()))
    picture = (frame.width, frame.height)
    farthest = math.inf if level == "ols" else frame.width * FARTHEST
    return labels.place(wishes, picture, everything, type_px, outside, slack, farthest)


TINTS = (
    "#A8CBEA",
    "#F3C9A5",
    "#C9B6E4",
    "#A9DCD3",
    "#F2B8CC",
    "#DAD7A0",
    "#C3CBD3",
    "#F0DDB0",
    "#8FB8A8",
    "#E2A9A0",
    "#9FB1DE",
    "#BFDDA0",
)
"""Zones of structures side by side; ink reads on each, in both themes."""


def hatching(table: pd.DataFrame, level: str) -> pd.Series:
    """Zones to hatch: no value of their own, or none at all."""
    borrowed = (table["agregation"] == figures.COMMUNAL) & (level != "commune")
    return borrowed | table["valeur"].isna()


def every_commune() -> list[str]:
    """Ids of the 261 communes."""
    return list(territory.zoning("communes").zones.index)


def all_ols() -> list[str]:
    """Ids of the ten OLS, in official order."""
    return list(territory.zoning("ols").zones.index)


def names(table: pd.DataFrame, decimals: int, level: str, whole: bool) -> Texts:
    """Labels by importance: extremes first, then the most populous; none for 152 bassins."""
    if whole and level != "ols":
        return ()
    value, people = table["valeur"].to_numpy(float), table["population"].to_numpy(float)
    shown = np.flatnonzero(~np.isnan(value))
    own = np.flatnonzero(~hatching(table, level).to_numpy(bool))
    extremes = [own[value[own].argmax()], own[value[own].argmin()]] if len(own) else []
    order = dict.fromkeys([*extremes, *shown[np.argsort(people[shown])][::-1]])
    ids = list(table.index)
    said = ids if level == "ols" else list(table["label"])
    return tuple((ids[n], str(said[n]), words.number(value[n], decimals)) for n in order)


def ink_of(placed: list[Label], shades: Shades, colours: Tokens) -> dict[str, str]:
    """Colour of each text: that of its class inside, ink outside."""
    return {
        label.id: colours.ink if label.leader else shades.on_ramp[int(shades.rank[label.id])]
        for label in placed
    }
