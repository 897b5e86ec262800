"""Small maps of a few territories on one scale: same classes, same kilometres per pixel.

They are still pictures (SVG), not interactive maps: ten of them weigh less than one.
"""

from __future__ import annotations

from base64 import b64encode
from html import escape
from typing import Any

import numpy as np
import shapely
import streamlit as st

from olsdata import cartography, catalogue, compare, contours, figures, territory, words
from olsdata.local import remembered
from olsdata.ui import cards, sentences, state, tables, theme
from olsdata.ui.compare import Asked, title
from olsdata.ui.theme import Tokens

WIDTH = 230
"""Pixels of the widest territory."""


def panel(asked: Asked) -> None:
    """One measure by commune in each territory, in the same classes; the table says the same."""
    st.subheader("Cartes à la même échelle", anchor=False)
    known = {i: c for i, c in catalogue.available().items() if c.aggregation != "somme"}
    state.choice("carte", list(known), "pct_65p_2021")
    id_ = str(
        st.selectbox(
            "Indicateur des cartes",
            list(known),
            format_func=lambda i: f"{known[i].title} ({known[i].year})",
            key="carte",
        )
    )
    card, groups = known[id_], figures.classes(id_, "commune")
    ramp = cartography.ramp_of(theme.tokens(), len(groups.upper))
    cells = "".join(
        f'<li><span style="background:{colour}"></span>{words.number(low, card.decimals)} à '
        f"{words.number(high, card.decimals)}</li>"
        for colour, (low, high) in zip(ramp, groups.held, strict=True)
    )
    st.html(f'<ul class="legende" aria-label="Classes, en {escape(card.unit)}">{cells}</ul>')
    st.html(_maps_html(id_, asked.level, asked.zones, theme.tokens()))
    cards.source(
        f"{card.source}. {card.title}, en {card.unit}, par commune. Une seule échelle : classes de "
        f"Jenks sur {groups.basis}, mêmes kilomètres par pixel. {contours.label()}."
    )
    with st.expander("Les mêmes valeurs en tableau"):
        st.html(_twin_html(id_, asked.level, asked.zones))


@remembered(maxsize=64)
def _parts(level: str, zone: str) -> tuple[dict[str, Any], Any]:
    """Communes of a zone, cut at its limits, and its outline; Web Mercator units."""
    outline = contours.shapes(level)[zone]
    every = contours.shapes("commune")
    inside = territory.zoning_of("commune").inside(compare.zoning_of(level).zone(zone))
    cut = {i: shapely.intersection(every[i], outline) for i in inside}
    return {i: shape for i, shape in cut.items() if not shape.is_empty}, outline


def _path(shape: Any, scale: float, origin: tuple[float, float]) -> str:
    """A shape as an SVG path, in whole pixels of twice the size that is shown."""
    found = ""
    for ring in shapely.get_rings(shapely.get_parts(shape)):
        xy = (shapely.get_coordinates(ring) - origin) * scale
        points = shapely.get_coordinates(shapely.simplify(shapely.LineString(xy), 1.6)).round()
        if len(points) > 3:
            moves = np.diff(points, axis=0).astype(int)
            x, y = points[0].astype(int)
            found += f"M{x} {y}l" + " ".join(f"{dx} {dy}" for dx, dy in moves[:-1]) + "z"
    return found


@remembered(maxsize=64)
def _maps_html(id_: str, level: str, zones: tuple[str, ...], colours: Tokens) -> str:
    widest = max(_size(level, z)[0] for z in zones)
    drawn = "".join(_map(id_, level, z, 2 * WIDTH / widest, colours) for z in zones)
    return f'<div class="cartes-fixes">{drawn}</div>'


def _size(level: str, zone: str) -> tuple[float, float]:
    west, south, east, north = contours.shapes(level)[zone].bounds
    return float(east - west), float(north - south)


@remembered(maxsize=256)
def _map(id_: str, level: str, zone: str, scale: float, colours: Tokens) -> str:
    parts, outline = _parts(level, zone)
    west, south, *_ = outline.bounds
    groups = figures.classes(id_, "commune")
    table = figures.by_zone(id_, territory.zoning_of("commune")).loc[list(parts)]
    rank = groups.index(table["valeur"])
    ramp = cartography.ramp_of(colours, len(groups.upper))
    paths = ""
    for commune, shape in parts.items():
        value = float(table.at[commune, "valeur"])
        fill = "none" if np.isnan(value) else ramp[int(rank[commune])]
        paths += f'<path fill="{fill}" d="{_path(shape, scale, (west, south))}"/>'
    width, height = (round(scale * side) + 4 for side in _size(level, zone))
    drawing = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-2 -2 {width} {height}">'
        f'<g stroke="{colours.paper}" stroke-width="2">{paths}</g>'
        f'<path fill="none" stroke="{colours.ink}" stroke-width="3" '
        f'd="{_path(outline, scale, (west, south))}"/></svg>'
    )
    address = f"data:image/svg+xml;base64,{b64encode(drawing.encode()).decode()}"
    return (
        f'<figure class="carte-fixe"><img alt="{escape(_said(id_, level, zone))}" '
        f'src="{address}" width="{width // 2}" height="{height // 2}">'
        f"<figcaption><b>{escape(title(zone, level))}</b><br>"
        f'<span class="source">{escape(_range(id_, level, zone))}</span></figcaption></figure>'
    )


def _range(id_: str, level: str, zone: str) -> str:
    """« de 15,2 à 24,0 % selon la commune »."""
    card = catalogue.card(id_)
    parts, _ = _parts(level, zone)
    known = figures.by_zone(id_, territory.zoning_of("commune")).loc[list(parts), "valeur"].dropna()
    if known.empty:
        return words.MISSING
    low, high = (words.number(float(v), card.decimals) for v in (known.min(), known.max()))
    if low == high:
        return f"{words.quantity(float(known.iloc[0]), card.unit, card.decimals)}"
    return f"de {low} à {high}{words.NARROW}{card.unit} selon la commune"


def _said(id_: str, level: str, zone: str) -> str:
    card = catalogue.card(id_)
    return f"Carte : {card.title}, {title(zone, level)}, {_range(id_, level, zone)}."


@remembered(maxsize=64)
def _twin_html(id_: str, level: str, zones: tuple[str, ...]) -> str:
    card = catalogue.card(id_)
    communes = figures.by_zone(id_, territory.zoning_of("commune"))
    lines = ""
    for zone in zones:
        parts, _ = _parts(level, zone)
        rows = communes.loc[list(parts)].sort_values("label")
        for n, (_, row) in enumerate(rows.iterrows()):
            head = (
                f'<th scope="rowgroup" rowspan="{len(rows)}">{escape(title(zone, level))}</th>'
                if not n
                else ""
            )
            lines += (
                f"<tr>{head}<td>{escape(str(row['label']))}</td>"
                f'<td class="nombre">{words.number(float(row["valeur"]), card.decimals)}</td></tr>'
            )
    heads = ["Territoire", "Commune", f"{card.title} ({card.unit}), {card.year}"]
    return tables.html(sentences.plain(card.title), heads, lines, (2,), tall=True)
