"""Pictures of the page « Repères »: the flows and the scale of territories elsewhere."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import plotly.graph_objects as go

from olsdata import figures, reference, territory, words
from olsdata.reference import flows
from olsdata.ui import charts, theme
from olsdata.ui.theme import Tokens

DASHES = {"écrit": "solid", "reconstruit": "dash", "absent": "dot"}
"""Stroke of a flow by how much the documents say of it."""


BEND, STEPS, HEAD = 0.14, 16, 10
"""How far a flow bends, of its length; points of its line; which of them bears the arrow."""

Point = tuple[float, float]


def bent(start: Point, end: Point) -> list[Point]:
    """A line that bends to its left, so that a flow and its return stand apart.

    >>> bent((0.0, 0.0), (1.0, 0.0))[8]
    (0.5, 0.07)
    """
    (x0, y0), (x1, y1) = start, end
    x = (x0 + x1) / 2 - BEND * (y1 - y0)
    y = (y0 + y1) / 2 + BEND * (x1 - x0)
    found = []
    for step in range(STEPS + 1):
        t = step / STEPS
        a, b, c = (1 - t) ** 2, 2 * t * (1 - t), t**2
        found.append((round(a * x0 + b * x + c * x1, 3), round(a * y0 + b * y + c * y1, 3)))
    return found


def network(diagram: str, alt: str) -> None:
    """The flows of a diagram from left to right, the bassins at the heart.

    Parameters
    ----------
    diagram : a key of ``flows.DIAGRAMS``
    alt : the picture in words
    """
    charts.show(_network(diagram, theme.tokens(), theme.phone()), f"flux-{diagram}", alt)


@lru_cache(maxsize=24)
def _network(diagram: str, colours: Tokens, phone: bool) -> go.Figure:
    place, known = flows.layout(diagram), flows.nodes()
    if phone:  # from top to bottom: a narrow screen has no room for columns
        place = {node: (-y, -x) for node, (x, y) in place.items()}
    totals = flows.degrees(diagram)["total"]
    found = flows.flows(diagram)
    figure = go.Figure()
    lines = {
        row.id: bent(place[row.de], place[row.vers])
        for row in found.itertuples()
        if row.de != row.vers
    }
    for state, dash in DASHES.items():
        mine = [lines[i] for i in found.loc[found["etat"] == state, "id"] if i in lines]
        if mine:
            figure.add_scatter(
                x=[x for line in mine for x in (*(x for x, _ in line), None)],
                y=[y for line in mine for y in (*(y for _, y in line), None)],
                mode="lines",
                name=f"flux {state}",
                line={"color": colours.secondary, "width": 1.5, "dash": dash},
                hoverinfo="skip",
            )
    pairs: dict[tuple[str, str], list[Any]] = {}
    for row in found.itertuples():
        if row.id in lines:
            pairs.setdefault((row.de, row.vers), []).append(row)
    middles = {pair: lines[rows[0].id][HEAD] for pair, rows in pairs.items()}
    figure.add_scatter(
        x=[x for x, _ in middles.values()],
        y=[y for _, y in middles.values()],
        mode="markers",
        marker={"size": 22, "opacity": 0},
        customdata=["<br>".join(map(_told, rows)) for rows in pairs.values()],
        hovertemplate="%{customdata}<extra></extra>",
        showlegend=False,
    )
    for pair, rows in pairs.items():
        points = sorted({p for row in rows for p in row.points.split()}, key=int)
        x, y = middles[pair]
        figure.add_annotation(
            x=x, y=y, text=", ".join(points), showarrow=False, yshift=13,
            font={"color": colours.warm, "size": charts.TYPE_PX * colours.scale},
        )  # fmt: skip
    for line in lines.values():
        (x0, y0), (x1, y1) = line[HEAD - 1], line[HEAD]
        figure.add_annotation(
            x=x1, y=y1, ax=x0, ay=y0, axref="x", ayref="y", text="", showarrow=True,
            arrowhead=2, arrowsize=1.3, arrowwidth=1.5, arrowcolor=colours.secondary,
        )  # fmt: skip
    names = {node: str(known.at[node, "nom"]) for node in place}
    figure.add_scatter(
        x=[x for x, _ in place.values()],
        y=[y for _, y in place.values()],
        mode="markers",
        marker={
            "size": [14 + 2 * int(totals[node]) for node in place],
            "color": [colours.warm if node == "bassins" else colours.accent_text for node in place],
            "opacity": 1,
            "line": {"color": colours.paper, "width": 2},
        },
        customdata=[
            f"{name} : {words.plural(int(totals[node]), 'flux', 'flux')}"
            for node, name in names.items()
        ],
        hovertemplate="%{customdata}<extra></extra>",
        showlegend=False,
    )
    width = 12 if phone else 18
    for node, (x, y) in place.items():
        text = charts.wrapped(names[node], width)
        figure.add_annotation(
            x=x, y=y, text=text, showarrow=False, yanchor="top", bgcolor=colours.paper,
            yshift=-(9 + int(totals[node])), borderpad=1, opacity=0.92,
        )  # fmt: skip
    xs = [x for x, _ in place.values()]
    ys = [y for _, y in place.values()]
    room = (0.28 if phone else 0.1) * (max(xs) - min(xs) or 1)
    figure.update_xaxes(visible=False, fixedrange=True, range=[min(xs) - room, max(xs) + room])
    tall = 0.18 * (max(ys) - min(ys) or 1)
    figure.update_yaxes(visible=False, fixedrange=True, range=[min(ys) - tall, max(ys) + tall / 2])
    charts.dressed(figure, colours, 900 if phone else 620, {"t": 8, "b": 50})
    return figure.update_layout(
        showlegend=True, legend={"orientation": "h", "y": -0.02, "yanchor": "top", "x": 0}
    )


def _told(row: Any) -> str:
    """A flow in words: from whom to whom, what, how far it is written, the points about it."""
    names = flows.nodes()["nom"]
    text = f"{names[row.de]} → {names[row.vers]} : {row.flux} ({row.etat})"
    points = row.points.split()
    if points:
        many = "s" if len(points) > 1 else ""
        text += f" ; point{many} d’attention {words.listing(points)}"
    return charts.wrapped(text, 48)


def scale(alt: str) -> None:
    """Sizes of territories elsewhere, and our OLS and bassins, on one logarithmic scale."""
    ols = figures.population(2026, territory.zoning("ols"))["valeur"]
    bassins = figures.population(2024, territory.zoning("bassins"))["valeur"]
    key = tuple(map(float, ols)), tuple(map(float, bassins))
    charts.show(_scale(*key, theme.tokens(), theme.phone()), "echelle", alt)


@lru_cache(maxsize=12)
def _scale(
    ols: tuple[float, ...], bassins: tuple[float, ...], colours: Tokens, phone: bool
) -> go.Figure:
    rows = [r for r in reference.facts("comparateurs").itertuples() if r.bas]
    width = 22 if phone else 60
    names = [charts.wrapped(f"{r.nom}, {r.pays}", width) for r in rows]
    ours = [("Nos bassins de vie (grille en vigueur)", bassins), ("Nos dix OLS", ols)]
    order = [name for name, _ in ours][::-1] + names
    figure = go.Figure()
    for row, name in zip(rows, names, strict=True):
        low, high = float(row.bas), float(row.haut or row.bas)
        figure.add_scatter(
            x=[low, high],
            y=[name, name],
            mode="lines+markers",
            line={"color": colours.secondary, "width": 3},
            marker={
                "size": 11,
                "color": colours.secondary,
                "symbol": ["circle", "circle" if row.haut else "triangle-right"],
            },
            hovertemplate=f"%{{x:,.0f}} habitants ({row.annee or 'année non précisée'})"
            "<extra></extra>",
        )
    for name, people in ours:
        figure.add_scatter(
            x=list(people),
            y=[name] * len(people),
            mode="markers",
            marker={"size": 9, "color": colours.accent_text, "opacity": 0.55},
            hovertemplate="%{x:,.0f} habitants<extra></extra>",
        )
    ticks = [5_000, 20_000, 100_000, 500_000]
    figure.update_xaxes(
        type="log",
        tickvals=ticks,
        ticktext=[words.number(t) for t in ticks],
        gridcolor=colours.border,
        fixedrange=True,
        title="habitants",
    )
    figure.update_yaxes(
        categoryorder="array", categoryarray=order[::-1], fixedrange=True, automargin=True
    )
    return charts.dressed(figure, colours, 90 + 40 * len(order), {"t": 8, "b": 60})
