"""The map of a proposal: units in the colour of their bassin; what is chosen stands out."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go
import shapely
import streamlit as st

from olsdata import contours, labels, words
from olsdata.cartography import all_ols
from olsdata.contours import Frame
from olsdata.drawing import units as parts
from olsdata.drawing.plan import NOWHERE, Plan
from olsdata.drawing.units import Unit
from olsdata.labels import Label
from olsdata.local import remembered
from olsdata.palette import CATEGORIES, INK
from olsdata.ui import charts, maps, theme
from olsdata.ui.theme import Tokens

SIZE, HALF, PHONE = (600, 600), (440, 480), (maps.PHONE_PX, 380)
"""Pixels of the map that is drawn on, of one of two side by side, of any on a phone."""
FADED = 0.45
"""Opacity of what is not chosen, while something is."""
ROOM = (0.94, 0.94)

Tints = tuple[tuple[str, int], ...]
"""Bassin id → number of its colour, as a cache's key."""


def level_of(unit: str) -> str:
    """Level of the geometry of a unit: a section has a letter after its commune's five figures."""
    return "commune" if len(unit) == 5 else "section"


def draw(
    plan: Plan,
    units: list[Unit],
    tints: dict[str, int],
    outlined: tuple[str, ...],
    near: str,
    key: str,
    on_select: Any,
) -> None:
    """Draw the map of a proposal.

    Parameters
    ----------
    units : what can be chosen
    tints : colour of each bassin
    outlined : units chosen in the list
    near : bassin or commune that the map is framed on, "" for the whole OLS
    key : of the widget, which holds what is chosen on the map
    on_select : called when that changes
    """
    figure = _figure(
        plan,
        tuple(units),
        tuple(sorted(tints.items())),
        outlined,
        near,
        theme.tokens(),
        PHONE if theme.phone() else SIZE,
    )
    st.plotly_chart(
        figure,
        key=key,
        on_select=on_select,
        selection_mode=("points", "lasso"),
        theme=None,
        config=charts.TOOLS
        | {"scrollZoom": False, "modeBarButtonsToRemove": ["select2d", "autoScale2d"]},
        alt=f"Carte des bassins proposés, OLS {plan.ols} : {len(plan.names)} bassins. La liste à "
        "côté et le tableau dessous disent et font la même chose.",
    )


def show(plan: Plan, tints: dict[str, int], marked: tuple[str, ...], key: str, alt: str) -> None:
    """A proposal to look at, not to change: for the comparison.

    Parameters
    ----------
    marked : sections that change bassin, outlined; a commune that moves whole is outlined whole
    alt : the picture in words
    """
    moved = set(marked)
    cut = {
        unit.refnis
        for unit in parts.units(plan.ols, plan.shared_communes)
        if moved & set(unit.sections) and not moved.issuperset(unit.sections)
    }
    units = parts.units(plan.ols, plan.shared_communes | cut)
    outlined = tuple(unit.id for unit in units if moved.issuperset(unit.sections))
    figure = _figure(
        plan,
        tuple(units),
        tuple(sorted(tints.items())),
        outlined,
        "",
        theme.tokens(),
        PHONE if theme.phone() else HALF,
    )
    st.plotly_chart(
        figure, key=key, theme=None, config=charts.TOOLS | {"scrollZoom": False}, alt=alt
    )


@remembered(maxsize=64)
def _figure(
    plan: Plan,
    units: tuple[Unit, ...],
    tints: Tints,
    outlined: tuple[str, ...],
    near: str,
    colours: Tokens,
    size: tuple[int, int],
) -> go.Figure:
    frame = contours.fit(_box(plan, near), *size, ROOM)
    others = [i for i in all_ols() if i != plan.ols]
    layers = [maps.plain("ols", others, colours.neighbours, colours.paper, 2, hoverinfo="skip")]
    for level in ("commune", "section"):
        mine = [unit for unit in units if level_of(unit.id) == level]
        if mine:
            layers.append(_units(level, mine, plan, dict(tints), colours))
        chosen = [unit.id for unit in mine if unit.id in outlined]
        if chosen:
            layers.append(maps.plain(level, chosen, maps.CLEAR, INK, 4, hoverinfo="skip"))
    layers.append(
        maps.plain("ols", [plan.ols], maps.CLEAR, colours.ink, maps.OLS_LINE, hoverinfo="skip")
    )
    placed = _names(plan, frame)
    layers += maps.leader_layers(placed, frame, colours.ink)
    ink = {label.id: colours.ink if label.leader else INK for label in placed}
    layers += maps.name_layers(placed, frame, ink, colours)
    return maps.assembled(layers, frame, colours, keep=f"bassins-{plan.ols}-{near}")


def _units(
    level: str, units: list[Unit], plan: Plan, tints: dict[str, int], colours: Tokens
) -> maps.Layer:
    """The layer of the units of a level, each in the colour of its bassin; paper = in none."""
    fills = [*CATEGORIES, colours.paper]
    count = len(fills)
    scale = [[(i + j) / count, fill] for i, fill in enumerate(fills) for j in (0, 1)]
    bassins = [plan.of.get(unit.sections[0], NOWHERE) for unit in units]
    return maps.polygons(
        level,
        [unit.id for unit in units],
        faded=FADED,
        z=[tints.get(bassin, count - 1) for bassin in bassins],
        zmin=-0.5,
        zmax=count - 0.5,
        colorscale=scale,
        customdata=[
            f"<b>{charts.literal(unit.name)}</b><br>{words.number(unit.population)} habitants<br>"
            f"{charts.literal(plan.names.get(bassin, 'Dans aucun bassin'))}"
            for unit, bassin in zip(units, bassins, strict=True)
        ],
        hovertemplate="%{customdata}<extra></extra>",
        marker={"line": {"color": "#FFFFFF" if level == "commune" else "#F2F5F8", "width": 1}},
    )


def _box(plan: Plan, near: str) -> contours.Box:
    """What the map is framed on: a bassin, a commune, or the whole OLS."""
    if near in plan.names:
        return contours.bounds("section", plan.by_bassin[near])
    if len(near) == 5:
        return contours.bounds("commune", [near])
    return contours.bounds("ols", [plan.ols])


def _names(plan: Plan, frame: Frame) -> list[Label]:
    """Names of the bassins, each inside its bassin when it fits."""
    if not plan.names:
        return []
    shapes = contours.shapes("section")
    people = parts.sections_of(plan.ols)["population"]
    outlines = {
        bassin: shapely.simplify(
            shapely.transform(
                shapely.union_all([shapes[section] for section in sections]), frame.pixels
            ),
            0.7,
        )
        for bassin, sections in plan.by_bassin.items()
    }
    order = sorted(plan.names, key=lambda b: -int(people[plan.by_bassin[b]].sum()))
    wishes = [
        labels.Wish(
            bassin,
            lines=words.wrapped(plan.names[bassin]),
            beside=(plan.names[bassin],),
            outline=outlines[bassin],
            pole=_pole(outlines[bassin]),
        )
        for bassin in order
    ]
    land = shapely.union_all(list(outlines.values()))
    return labels.place(wishes, (frame.width, frame.height), land, charts.TYPE_PX, 8, 4.0)


def _pole(outline: Any) -> tuple[float, float]:
    """The point of the largest part of an outline farthest from its limits."""
    parts_of = shapely.get_parts(outline)
    largest = parts_of[int(np.argmax(shapely.area(parts_of)))]
    x, y = shapely.get_coordinates(shapely.maximum_inscribed_circle(largest, tolerance=1.0))[0]
    return float(x), float(y)
