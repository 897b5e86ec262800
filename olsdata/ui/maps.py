"""The one map of the dashboard: zones in classes, hatching, outlines of the OLS, labels."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from olsdata import cartography, contours, figures, structures, territory, words
from olsdata.cartography import LEVEL_WORDS, TINTS, Shades, Texts, all_ols, every_commune
from olsdata.catalogue import Card
from olsdata.contours import Frame
from olsdata.equity.need import Weights
from olsdata.equity.proportionality import Proportionality
from olsdata.labels import Label
from olsdata.local import remembered
from olsdata.tables import DataError
from olsdata.territory import WALLONIE, Zone
from olsdata.ui import charts, state, theme
from olsdata.ui.state import View
from olsdata.ui.theme import Tokens

CLEAR = "rgba(0,0,0,0)"
ZONE_LINE, OLS_LINE, CHOSEN_LINE = 1.0, 2.2, 4.0
STRIPE_LINE = 0.5
"""Outline of the stripes: seen from afar they are thinner than a pixel, and would vanish."""
NAMES_EAST = 0.4
"""Degrees left free on the right of the home map, for the names of the eastern territories."""
HOME_PX, PANEL_PX = 660, 396
"""Width of a map on the home page and in a panel, on a screen of 1400 pixels."""
PHONE_PX = 318
"""Width of a map on a phone of 390 pixels."""


Layer = dict[str, Any]
"""What the map draws over the layers before it, as Plotly reads it in the browser."""


def polygons(
    level: str, ids: list[str], stripes: bool = False, faded: float = 1, **options: Any
) -> Layer:
    """A layer of zones; only their ids travel, the geometry is fetched by address.

    Parameters
    ----------
    faded : opacity of the zones that are not chosen, once some are
    """
    return {
        "type": "choroplethmap",
        "geojson": contours.url(level, stripes),
        "featureidkey": "properties.id",
        "locations": ids,
        "showscale": False,
        "unselected": {"marker": {"opacity": faded}},
        "selected": {"marker": {"opacity": 1}},
        **options,
    }


def _points(**options: Any) -> Layer:
    """A layer of places, lines or texts."""
    return {"type": "scattermap", **options}


def plain(level: str, ids: list[str], fill: str, line: str, width: float, **options: Any) -> Layer:
    """A layer of one colour."""
    return polygons(
        level,
        ids,
        z=[0] * len(ids),
        colorscale=[[0, fill], [1, fill]],
        marker={"line": {"color": line, "width": width}},
        **options,
    )


def _stripes(level: str, ids: list[str], colour: str) -> Layer:
    """The hatching of some zones."""
    return plain(level, ids, colour, colour, STRIPE_LINE, stripes=True, hoverinfo="skip")


def _classes(shades: Shades, level: str, colours: Tokens) -> Layer:
    """The layer of values, by class, with what the pointer reads."""
    count = len(shades.ramp)
    scale = [[(i + j) / count, c] for i, c in enumerate(shades.ramp) for j in (0, 1)]
    return polygons(
        level,
        list(shades.rank.index),
        z=shades.rank.tolist(),
        zmin=-0.5,
        zmax=count - 0.5,
        colorscale=scale,
        customdata=shades.read.tolist(),
        hovertemplate=(
            "<b>%{properties.nom}</b><br>%{customdata}<br>" + shades.source + "<extra></extra>"
        ),
        marker={"line": {"color": colours.paper, "width": ZONE_LINE}},
    )


def name_layers(
    placed: list[Label], frame: Frame, ink: dict[str, str], colours: Tokens
) -> list[Layer]:
    """Layers of texts, one per colour: the engine takes one."""
    layers: list[Layer] = []
    middle = frame.lonlat(np.array([[label.x, label.y] for label in placed] or [[0.0, 0.0]]))
    for colour in dict.fromkeys(ink[label.id] for label in placed):
        mine = [i for i, label in enumerate(placed) if ink[label.id] == colour]
        layers.append(
            _points(
                lon=middle[mine, 0].round(5).tolist(),
                lat=middle[mine, 1].round(5).tolist(),
                text=[placed[i].text for i in mine],
                mode="text",
                textposition="middle center",
                textfont={"size": charts.TYPE_PX * colours.scale, "color": colour, "weight": 600},
                hoverinfo="skip",
            )
        )
    return layers


def leader_layers(placed: list[Label], frame: Frame, colour: str) -> list[Layer]:
    """Leader lines and the dots at their foot."""
    lines = [label.leader for label in placed if label.leader]
    if not lines:
        return []
    ends = frame.lonlat(np.array(lines).reshape(-1, 2)).round(5).tolist()
    lon: list[float | None] = []
    lat: list[float | None] = []
    for (x0, y0), (x1, y1) in zip(ends[::2], ends[1::2], strict=True):
        lon += [x0, x1, None]
        lat += [y0, y1, None]
    return [
        _points(
            lon=lon, lat=lat, mode="lines", line={"width": 1, "color": colour}, hoverinfo="skip"
        ),
        _points(
            lon=[x for x, _ in ends[::2]],
            lat=[y for _, y in ends[::2]],
            mode="markers",
            marker={"size": 6, "color": colour},
            hoverinfo="skip",
        ),
    ]


def assembled(layers: list[Layer], frame: Frame, colours: Tokens, keep: str = "") -> go.Figure:
    """The map; ``meta``, read by ``francais.html``, is the width that it was made for.

    Parameters
    ----------
    keep : name under which the browser keeps where the reader has moved the map; "" for none
    """
    width = round(frame.width * colours.scale)
    layout = {
        "map": {
            "style": colours.map_style,
            "center": {"lon": frame.centre[0], "lat": frame.centre[1]},
            "zoom": frame.zoom + math.log2(colours.scale),
        },
        "meta": {"width": width, "keep": keep} if keep else width,
        "height": frame.height * colours.scale,
        "margin": {"l": 0, "r": 0, "t": 0, "b": 0},
        "showlegend": False,
        "paper_bgcolor": CLEAR,
        "hoverlabel": charts.hover(colours),
    }
    return charts.Ready(layers, layout)


def _draw(figure: go.Figure, key: str, alt: str, opens: bool = True) -> str:
    """Show the map; the id of the zone that was clicked, or ""."""
    config = charts.TOOLS | {"scrollZoom": False}
    if not opens:
        quiet = config | {"displayModeBar": False}
        st.plotly_chart(figure, key=key, theme=None, config=quiet, alt=alt)
        return ""
    answer = st.plotly_chart(
        figure,
        key=key,
        on_select="rerun",
        selection_mode="points",
        theme=None,
        config=config,
        alt=alt,
    )
    points = answer["selection"]["points"]
    return str(points[0].get("location", "")) if points else ""


def territories(view: View) -> None:
    """The OLS, each with its name and population; a click opens one."""
    chosen = "" if view.territory == WALLONIE else view.territory
    figure = _territories(chosen, theme.tokens(), theme.phone())
    alt = "Carte des territoires des OLS ; la liste des territoires dit la même chose."
    clicked = _draw(figure, f"carte-ols-{view.territory}", alt)
    if clicked in all_ols():
        state.go("population", territory=clicked)


@remembered(maxsize=32)
def _territories(chosen: str, colours: Tokens, phone: bool) -> go.Figure:
    people = figures.population(2026, territory.zoning("ols"))
    ids, outside = list(people.index), list(territory.outside().index)
    west, south, east, north = contours.bounds("commune", every_commune())
    box = (west, south, east + (0 if phone else NAMES_EAST), north)
    width, height = (PHONE_PX, 260) if phone else (HOME_PX, 450)
    frame = contours.fit(box, width, height, (0.98, 0.79))
    texts = tuple(
        (i, i, "")
        if phone
        else (i, f"{i} {people.at[i, 'label']}", words.number(people.at[i, "valeur"]))
        for i in ids
    )
    shown = (*(("ols", i) for i in ids), *(("commune", i) for i in outside))
    placed = cartography.place_names("ols", frame, texts, shown, len(ids), 7.0, charts.TYPE_PX)
    layers = [
        plain("commune", outside, CLEAR, colours.hatch, 0.7, hovertemplate=_OUTSIDE_HOVER),
        _stripes("commune", outside, colours.hatch),
        plain(
            "ols",
            ids,
            colours.selected,
            colours.ink,
            OLS_LINE,
            customdata=[
                f"{words.number(people.at[i, 'valeur'])} habitants au 1/1/2026" for i in ids
            ],
            hovertemplate=(
                "<b>%{location} %{properties.nom}</b><br>%{customdata}<br>"
                "Cliquer pour ouvrir<extra></extra>"
            ),
        ),
    ]
    if chosen:
        layers.append(_outline([chosen], colours, CHOSEN_LINE, colours.accent_text))
    layers += leader_layers(placed, frame, colours.ink)
    layers += name_layers(placed, frame, dict.fromkeys(ids, colours.ink), colours)
    return assembled(layers, frame, colours)


_OUTSIDE_HOVER = "<b>%{properties.nom}</b><br>commune germanophone, hors OLS<extra></extra>"


def _outline(ids: list[str], colours: Tokens, width: float, colour: str = "") -> Layer:
    """Thick limits of some OLS over the rest; the pointer ignores them."""
    return plain("ols", ids, CLEAR, colour or colours.ink, width, hoverinfo="skip")


def choropleth(view: View, opens: bool = True) -> None:
    """The view's indicator in the zones of its level; a click outside changes the territory.

    Draws the map and nothing else: legend, sentence and source are the page's.

    Parameters
    ----------
    opens : whether a click does so; on the screen of a workshop it does nothing
    """
    card, zone, level = view.card, view.zone, view.level
    figure = _choropleth(card, zone, level, theme.tokens(), theme.phone())
    shown = LEVEL_WORDS[level]
    alt = f"Carte : {card.title}, {shown}, {zone.title}. Le tableau sous l’image la dit en entier."
    clicked = _draw(figure, f"carte-{zone.id}-{level}-{card.id}", alt, opens)
    if clicked:
        _open(clicked, zone)


@remembered(maxsize=256)
def _choropleth(card: Card, zone: Zone, level: str, colours: Tokens, phone: bool) -> go.Figure:
    whole = zone.level == WALLONIE or level == "ols"
    table = figures.twin(card.id, territory.find(WALLONIE) if whole else zone, level)
    shades = cartography.card_shades(table, card, figures.classes(card.id, level), level, colours)
    texts = cartography.names(table, card.decimals, level, whole)
    return _zones(table, shades, texts, zone, level, colours, phone)


def need(view: View, weights: Weights, alt: str, key: str, opens: bool = True) -> None:
    """The need index in the zones of the view's level, in five classes of twenty points.

    Parameters
    ----------
    weights : of the index
    alt : the picture in words
    key : the weights, for the widget
    opens : as for ``choropleth``
    """
    figure = _need(weights, view.zone, view.level, theme.tokens(), theme.phone())
    clicked = _draw(figure, f"besoin-{view.zone.id}-{view.level}-{key}", alt, opens)
    if clicked:
        _open(clicked, view.zone)


def ratio(view: View, found: Proportionality, alt: str, key: str) -> None:
    """Ratios of proportionality in the zones of a level, in five classes around 1.

    Parameters
    ----------
    found : the ratios, by bassin or by OLS
    alt, key : as ``need``
    """
    figure = _ratio(found, view.zone, theme.tokens(), theme.phone())
    clicked = _draw(figure, f"rapport-{view.zone.id}-{found.level}-{key}", alt)
    if clicked:
        _open(clicked, view.zone)


@remembered(maxsize=64)
def _need(weights: Weights, zone: Zone, level: str, colours: Tokens, phone: bool) -> go.Figure:
    table = _borrowed(cartography.need_table(weights, zone, level))
    shades = cartography.need_shades(table, colours)
    return _zones(table, shades, _own(table, zone, level), zone, level, colours, phone)


@remembered(maxsize=64)
def _ratio(found: Proportionality, zone: Zone, colours: Tokens, phone: bool) -> go.Figure:
    table, level = _borrowed(cartography.ratio_table(found, zone)), found.level
    shades = cartography.ratio_shades(table)
    ratios = table["valeur"].to_dict()
    texts = tuple(
        (i, name, cartography.ratio_text(ratios[i])) for i, name, _ in _own(table, zone, level)
    )
    return _zones(table, shades, texts, zone, level, colours, phone)


def _borrowed(table: pd.DataFrame) -> pd.DataFrame:
    """The same, a bassin cut out of a city having the city's value."""
    return table.assign(agregation=np.where(table["hachure"], figures.COMMUNAL, ""))


def _own(table: pd.DataFrame, zone: Zone, level: str) -> Texts:
    """Names and values: a city's bassins all say the same, its hatched parts bear none."""
    whole = zone.level == WALLONIE or level == "ols"
    return cartography.names(table[~table["hachure"]], 0, level, whole)


def _zones(
    table: pd.DataFrame,
    shades: Shades,
    texts: Texts,
    zone: Zone,
    level: str,
    colours: Tokens,
    phone: bool,
) -> go.Figure:
    """Zones of a level in their colours, hatching, outlines, labels."""
    whole = zone.level == WALLONIE or level == "ols"
    ids = list(table.index)
    box = (
        contours.bounds("commune", every_commune()) if whole else contours.bounds("ols", [zone.id])
    )
    frame = contours.fit(box, PHONE_PX if phone else PANEL_PX, 340 if whole else 440, (0.8, 0.9))
    layers = []
    if not whole:
        others = [i for i in all_ols() if i != zone.id]
        layers.append(
            plain("ols", others, colours.neighbours, colours.paper, 2, hovertemplate=_OPEN_HOVER)
        )
    layers.append(_classes(shades, level, colours))
    missing = list(table.index[table["valeur"].isna()])
    if missing:
        layers.append(
            plain(
                level,
                missing,
                colours.paper,
                colours.border,
                ZONE_LINE,
                hovertemplate=_MISSING_HOVER,
            )
        )
    hatched = list(table.index[cartography.hatching(table, level)])
    if hatched:
        layers.append(_stripes(level, hatched, colours.hatch))
    if whole and level != "commune":
        apart = list(territory.outside().index)
        layers += [
            plain("commune", apart, CLEAR, colours.hatch, 0.7, hovertemplate=_OUTSIDE_HOVER),
            _stripes("commune", apart, colours.hatch),
        ]
    layers.append(_outline(all_ols() if whole else [zone.id], colours, OLS_LINE))
    if level == "ols" and zone.level == "ols":
        layers.append(_outline([zone.id], colours, CHOSEN_LINE))
    placed = cartography.place_names(
        level, frame, texts, tuple((level, i) for i in ids), 8, 4.0, charts.TYPE_PX
    )
    layers += leader_layers(placed, frame, colours.ink)
    layers += name_layers(placed, frame, cartography.ink_of(placed, shades, colours), colours)
    return assembled(layers, frame, colours)


_OPEN_HOVER = "<b>%{location} %{properties.nom}</b><br>Cliquer pour ouvrir<extra></extra>"
_MISSING_HOVER = "<b>%{properties.nom}</b><br>non disponible à cette échelle<extra></extra>"


def structure_zones(view: View, kind: str, opens: bool = True) -> None:
    """Zones of a type of structure by commune, its known seats, and the limits of the OLS.

    Hatched: the zone is deduced, or the share covered is unknown. Blank: nothing is known.

    Parameters
    ----------
    opens : as for ``choropleth``
    """
    figure = _structures(kind, view.zone, theme.tokens(), theme.phone())
    plural = structures.type_(kind).plural
    alt = f"Carte : {plural}, {view.zone.title}. Le tableau de la page dit la même chose."
    clicked = _draw(figure, f"structures-{kind}-{view.territory}", alt, opens)
    if clicked:
        _open(clicked, view.zone)


@remembered(maxsize=128)
def _structures(kind: str, zone: Zone, colours: Tokens, phone: bool) -> go.Figure:
    found = structures.zones_by_commune(kind)
    communes = territory.zoning("communes")
    ids = communes.inside(zone)
    whole = zone.level == WALLONIE
    box = (
        contours.bounds("commune", every_commune()) if whole else contours.bounds("ols", [zone.id])
    )
    height = 440 if not whole else 260 if phone else 350
    frame = contours.fit(box, PHONE_PX if phone else 490, height, (0.94, 0.9))
    blank = [i for i in ids if i not in found.index]
    known = found.loc[[i for i in ids if i in found.index]]
    order = {id_: n for n, id_ in enumerate(dict.fromkeys(found["structure"]))}
    layers = []
    if not whole:
        others = [i for i in all_ols() if i != zone.id]
        layers.append(
            plain("ols", others, colours.neighbours, colours.paper, 2, hovertemplate=_OPEN_HOVER)
        )
    if blank:
        layers.append(
            plain("commune", blank, colours.paper, colours.border, 1, hovertemplate=_UNKNOWN_HOVER)
        )
    for tint in dict.fromkeys(TINTS[order[s] % len(TINTS)] for s in known["structure"]):
        mine = known[[TINTS[order[s] % len(TINTS)] == tint for s in known["structure"]]]
        layers.append(
            plain(
                "commune",
                list(mine.index),
                tint,
                "#FFFFFF",
                0.6,
                customdata=mine["noms"].map(charts.literal).tolist(),
                hovertemplate="<b>%{properties.nom}</b><br>%{customdata}<extra></extra>",
            )
        )
    doubtful = list(known.index[known["deduit"] | known["inconnu"] | known["plusieurs"]])
    if doubtful:
        layers.append(_stripes("commune", doubtful, theme.LIGHT.hatch))
    layers.append(_outline(all_ols() if whole else [zone.id], colours, OLS_LINE))
    seats = structures.recorded(kind)
    seats = seats[seats["siege_refnis"].isin(ids)]
    if len(seats):
        at = [contours.point("commune", code) for code in seats["siege_refnis"]]
        layers.append(
            _points(
                lon=[lon for lon, _ in at],
                lat=[lat for _, lat in at],
                mode="markers",
                marker={"size": 11, "color": theme.INK},
                customdata=[f"{charts.literal(n)}<br>siège dans la commune" for n in seats["nom"]],
                hovertemplate="%{customdata}<extra></extra>",
            )
        )
    return assembled(layers, frame, colours)


_UNKNOWN_HOVER = "<b>%{properties.nom}</b><br>aucune structure recensée<extra></extra>"


def _open(clicked: str, zone: Zone) -> None:
    """Open the OLS of the zone that was clicked, if it is another one."""
    try:
        found = territory.find(clicked)
    except DataError:
        return
    if found.ols and found.ols != zone.id:
        state.go(territory=found.ols)
