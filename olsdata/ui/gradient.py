"""« L’offre suit-elle le besoin ? »: resource per inhabitant against need."""

from __future__ import annotations

import itertools
from html import escape
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from olsdata import phrases, words
from olsdata.equity import gradient as gradients
from olsdata.equity import resources
from olsdata.equity import scope as scopes
from olsdata.equity.gradient import Gradient
from olsdata.equity.need import Weights
from olsdata.equity.resources import Resource
from olsdata.local import remembered
from olsdata.territory import WALLONIE, Zone
from olsdata.ui import cards, charts, equity, notes, sentences, state, theme
from olsdata.ui.state import View
from olsdata.ui.theme import Tokens

LEVEL_NAMES = {"commune": "Communes", "bassin": "Bassins", "ols": "OLS"}


@remembered(maxsize=1)
def _open() -> dict[str, Resource]:
    """Resources recorded enough to be set against need."""
    closed = resources.not_in_the_floor()
    return {id_: r for id_, r in resources.resources().items() if id_ not in closed}


def resource_choice() -> str:
    """The resource set against need, kept in the address."""
    known = {id_: r.title for id_, r in _open().items()}
    state.choice("ressource", list(known), "pharmacies")
    return str(
        st.selectbox("Ressource", list(known), format_func=known.__getitem__, key="ressource")
    )


def level_choice() -> str:
    """The units that the gradient compares, kept in the address."""
    return state.segments("Unités comparées", "unites", LEVEL_NAMES, "commune")


@remembered(maxsize=64)
def _gradient(id_: str, level: str, weights: Weights) -> Gradient:
    return gradients.gradient(id_, level, weights, centred=True)


def panel(view: View, weights: Weights, id_: str, level: str) -> None:
    """Resource per inhabitant against need: scatter, line, sentence, three figures."""
    found = _gradient(id_, level, weights)
    left, right = st.columns([1.5, 1])
    with left:
        cards.sentence(phrases.gradient(found))
        if not found.why:
            charts.show(
                _scatter(id_, level, weights, view.zone, theme.tokens()),
                f"gradient-{id_}-{level}",
                sentences.plain(phrases.gradient(found)),
            )
            _scatter_legend(found, view.zone)
        cards.source(sentences.text("gradient"))
        if found.resource.usage != resources.LOCAL:
            cards.source(sentences.text("gradient_partage"))
        if level != "commune":
            cards.source(sentences.text("gradient_communes"))
        notes.button(found.resource.card, "offre", f"{found.resource.title}, {view.zone.title}")
        cards.source(
            f"{found.resource.source} ; {found.resource.denominator} ; "
            f"besoin : {equity.need_sources(weights)}"
        )
    with right:
        if found.why:
            return
        st.html(_figures_html(found))
        charts.show(
            _curve(id_, level, weights, theme.tokens()),
            f"concentration-{id_}-{level}",
            sentences.plain(curve_sentence(found)),
        )
        cards.sentence(curve_sentence(found))
        cards.source(sentences.text("concentration"))
    with st.expander("Comment lire la pente et le rapport"):
        for name in ("gradient_signe", "gradient_bande"):
            cards.sentence(escape(sentences.text(name)))


def _figures_html(found: Gradient) -> str:
    per = found.resource.per
    decimals = max(1, phrases.decimals_for(abs(per * found.sii)))

    def line(name: str, value: float, band: tuple[float, float], places: int, help_: str) -> str:
        shown = words.number(value, places, sign=places != 2)
        chance = "—"
        if np.isfinite(band[0]):
            ends = [words.number(v, places, sign=places != 2) for v in band]
            chance = f"de {ends[0]} à {ends[1]}"
        if not np.isfinite(value):
            shown = gradients.NOT_COMPUTABLE
        return (
            f'<tr><th scope="row"><span class="aide" tabindex="0" title="{escape(help_)}">{name}'
            f'</span></th><td class="nombre"><b>{shown}</b></td>'
            f'<td class="nombre">{chance}</td></tr>'
        )

    low, high = (per * v for v in found.sii_band)
    lines = line(
        f"Écart pour {words.number(per)} (SII)",
        per * found.sii,
        (low, high),
        decimals if decimals != 2 else 3,
        "valeur de la droite au besoin le plus grand, moins sa valeur au moins grand",
    )
    lines += line(
        "Rapport (RII)", found.rii, found.rii_band, 2, "la même droite : valeur à 1 ÷ valeur à 0"
    )
    lines += line(
        "Concentration (RCI)",
        found.rci,
        found.rci_band,
        3,
        "de −1 à 1 ; positif : concentrée là où le besoin est plus grand",
    )
    why = f'<p class="source">{escape(found.why_no_band)}</p>' if found.why_no_band else ""
    return words.spaced(
        '<div class="defile" tabindex="0" role="region" aria-label="Pente et concentration">'
        f'<table class="donnees"><caption>{phrases.many(found.count, found.level)}</caption>'
        "<thead><tr>"
        '<th scope="col">Mesure</th><th scope="col" class="nombre">Valeur</th>'
        '<th scope="col" class="nombre">Ce que le hasard seul pourrait expliquer</th></tr></thead>'
        f"<tbody>{lines}</tbody></table></div>{why}"
    )


def _of_zone(found: Gradient, zone: Zone) -> npt.NDArray[np.bool_]:
    """Which units belong to the territory looked at; shape (units,)."""
    if zone.id == WALLONIE:
        return np.zeros(found.count, dtype=bool)
    mine = set(scopes.scope(zone, found.level).ids) if found.level != "ols" else {zone.id}
    return np.array([unit in mine for unit in found.points.index])


@remembered(maxsize=64)
def _scatter(id_: str, level: str, weights: Weights, zone: Zone, colours: Tokens) -> go.Figure:
    found = _gradient(id_, level, weights)
    kind, points = found.resource, found.points
    mine = _of_zone(found, zone)
    place, rate, people = (points[c].to_numpy() for c in ("x", "taux", "habitants"))
    size = 6 + 34 * np.sqrt(people / people.max())
    said = [
        (charts.literal(label), words.number(kind.per * value, 1), words.number(index))
        for label, value, index in zip(points["label"], rate, points["indice"], strict=True)
    ]
    traces: list[dict[str, Any]] = []
    for rows, colour, opacity in (
        (~mine, colours.control, 0.35),
        (mine, colours.ramp[3 if colours.name == "clair" else 2], 0.9),
    ):
        trace = {
            "x": place[rows].round(4).tolist(),
            "y": (kind.per * rate[rows]).round(3).tolist(),
            "mode": "markers",
            "marker": {
                "size": (size[rows] * colours.scale).round(1).tolist(),
                "color": colour,
                "opacity": opacity,
                "line": {"width": 0.7, "color": colours.paper},
            },
            "customdata": list(itertools.compress(said, rows)),
            "hovertemplate": (
                "<b>%{customdata[0]}</b><br>%{customdata[1]} pour "
                f"{words.number(kind.per)}<br>besoin %{{customdata[2]}}<extra></extra>"
            ),
        }
        traces.append(trace)
    ends = [kind.per * v for v in (found.line.at_least, found.line.at_greatest)]
    line = {"color": colours.ink, "width": 3}
    traces.append({"x": [0, 1], "y": ends, "mode": "lines", "line": line, "hoverinfo": "skip"})
    decimals = phrases.decimals_for(max(map(abs, ends)))
    notes_: list[dict[str, Any]] = [
        {
            "x": x,
            "y": y,
            "text": f"<b>{words.number(max(0.0, y), decimals)}</b>",
            "showarrow": False,
            "yshift": 14 * colours.scale,
            "xanchor": "left" if x == 0 else "right",
            "bgcolor": colours.paper,
        }
        for x, y in zip((0, 1), ends, strict=True)
    ]
    unit = {
        "text": f"pour {words.number(kind.per)} habitants",
        "x": 0,
        "y": 1,
        "xref": "paper",
        "yref": "paper",
        "xanchor": "left",
        "yanchor": "bottom",
        "showarrow": False,
        "font": {"color": colours.secondary},
    }
    sides = [
        {
            "x": x,
            "y": 0,
            "yref": "paper",
            "yanchor": "top",
            "yshift": -6,
            "xanchor": anchor,
            "showarrow": False,
            "text": text,
        }
        for x, anchor, text in (
            (0.02, "left", "moins de besoin"),
            (0.98, "right", "plus de besoin →"),
        )
    ]
    most = float((kind.per * rate).max())
    layout = charts.dress(colours, 360, {"l": 48, "r": 14}) | {
        "xaxis": {
            "title": charts.axis_title(colours),
            "range": [-0.02, 1.02],
            "showticklabels": False,
            "showgrid": False,
            "zeroline": False,
        },
        "yaxis": {
            "title": charts.axis_title(colours),
            "gridcolor": colours.border,
            "zeroline": False,
            "nticks": 5,
            "range": [min(0.0, *ends) - 0.02 * most, 1.08 * most],
        },
        "annotations": [*notes_, unit, *sides],
    }
    return charts.Ready([{"type": "scatter"} | trace for trace in traces], layout)


def _scatter_legend(found: Gradient, zone: Zone) -> None:
    if zone.id == WALLONIE:
        return
    names = "une de ses unités" if found.level != "ols" else "le territoire"
    st.html(
        f'<p class="source"><span class="pastille" aria-hidden="true"></span> {names}, '
        f"{escape(zone.title)} ; en gris, le reste de la Wallonie</p>"
    )


@remembered(maxsize=64)
def curve_sentence(found: Gradient) -> str:
    """Share of the resource that the half of the inhabitants in greater need has."""
    curve = _curve_points(found)
    half = float(np.interp(0.5, curve["part_habitants"], curve["part_ressource"]))
    return (
        "La moitié des habitants dont le besoin est le plus grand a "
        f"<b>{words.quantity(100 * (1 - half), '%')}</b> de la ressource."
    )


@remembered(maxsize=64)
def _curve_points(found: Gradient) -> pd.DataFrame:
    points = found.points
    return gradients.concentration_curve(points["taux"], points["habitants"], points["indice"])


@remembered(maxsize=64)
def _curve(id_: str, level: str, weights: Weights, colours: Tokens) -> go.Figure:
    curve = _curve_points(_gradient(id_, level, weights))
    equal = {"color": colours.secondary, "width": 1.5, "dash": "dot"}
    traces: list[dict[str, Any]] = [
        {"x": [0, 100], "y": [0, 100], "mode": "lines", "line": equal, "hoverinfo": "skip"},
        {
            "x": (100 * curve["part_habitants"]).round(2).tolist(),
            "y": (100 * curve["part_ressource"]).round(2).tolist(),
            "mode": "lines",
            "line": {"color": colours.accent_text, "width": 3},
            "hovertemplate": (
                "%{x:.0f} % des habitants<br>%{y:.0f} % de la ressource<extra></extra>"
            ),
        },
    ]
    axis = {
        "range": [0, 100],
        "tickvals": [0, 50, 100],
        "gridcolor": colours.border,
        "zeroline": False,
    }
    layout = charts.dress(colours, 270, {"l": 56, "t": 10, "b": 52, "r": 14}) | {
        "xaxis": axis | {"title": charts.axis_title(colours, "% des habitants, besoin croissant")},
        "yaxis": axis | {"title": charts.axis_title(colours, "% de la ressource")},
    }
    return charts.Ready([{"type": "scatter"} | trace for trace in traces], layout)
