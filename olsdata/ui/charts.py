"""The charts: age pyramid and evolution. Drawn by Plotly, in French, in the theme's colours."""

from __future__ import annotations

import textwrap
from html import escape
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import plotly.io as pio
import streamlit as st
from plotly.subplots import make_subplots

from olsdata import words
from olsdata.local import remembered
from olsdata.ui import theme
from olsdata.ui.theme import Tokens

pio.templates.default = "none"  # Plotly's own weighs 7 kB in each figure sent

TYPE_PX = 14
FONT = "Atkinson, 'Source Sans', sans-serif"

INK_ON_BAR = theme.INK
"""Text on a bar of the middle blue, in both themes."""

TOOLS: dict[str, Any] = {
    "displaylogo": False,
    "locale": "fr",
    "locales": {
        "fr": {
            "dictionary": {
                "Zoom in": "Agrandir",
                "Zoom out": "Réduire",
                "Reset": "Revenir au départ",
                "Reset view": "Revenir au départ",
                "Download plot as a PNG": "Télécharger l’image (PNG)",
                "Download plot as a png": "Télécharger l’image (PNG)",
                "Fullscreen": "Plein écran",
            },
            "format": {"decimal": ",", "thousands": words.NARROW},
        }
    },
    "modeBarButtonsToRemove": ["select2d", "lasso2d", "zoom2d", "pan2d", "autoScale2d"],
    "toImageButtonOptions": {"format": "png", "scale": 2, "filename": "territoires-ols"},
}
"""The tool bar of a map, in French; charts have none, and these words weigh in each of them."""


def literal(text: str) -> str:
    """A text that a chart shows as it is: it would draw tags, and make of some of them links.

    >>> literal("<b>ASBL</b> L’« Aide » & Cie")
    '&lt;b&gt;ASBL&lt;/b&gt; L’« Aide » &amp; Cie'
    """
    return escape(text, quote=False)


def wrapped(text: str, width: int) -> str:
    """The same on lines of ``width`` characters at most, words left whole."""
    return "<br>".join(map(literal, textwrap.wrap(text, width, break_long_words=False)))


def hover(colours: Tokens) -> dict[str, Any]:
    """The pointer's box: ink on paper reversed, as on the home picture."""
    return {
        "bgcolor": colours.ink,
        "bordercolor": colours.ink,
        "font": {"family": FONT, "size": TYPE_PX * colours.scale, "color": colours.paper},
        "align": "left",
    }


def dress(colours: Tokens, height: int, margin: dict[str, int] | None = None) -> dict[str, Any]:
    """The house's type, colours and margins, all larger for a room, as a layout."""
    sides = {"l": 0, "r": 0, "t": 26, "b": 30} | (margin or {})
    return {
        "height": height * colours.scale,
        "margin": {side: width * colours.scale for side, width in sides.items()},
        "showlegend": False,
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": FONT, "size": TYPE_PX * colours.scale, "color": colours.ink},
        "separators": f",{words.NARROW}",
        "hoverlabel": hover(colours),
        "dragmode": False,
        "xaxis": {"title": axis_title(colours)},
        "yaxis": {"title": axis_title(colours)},
    }


def axis_title(colours: Tokens, text: str = "") -> dict[str, Any]:
    """Title of an axis, no larger than the text."""
    font = {"font": {"size": TYPE_PX * colours.scale}}
    return {"text": text} | font if text else font


class Ready(go.Figure):  # type: ignore[misc]
    """A figure made of what Plotly reads in the browser, shown as it is each time.

    Plotly checks each word of its own figures when they are made, and copies them all whenever
    they are shown: for what the sliders move, that was a third of the run. A test has it check
    these.

    Parameters
    ----------
    traces : what is drawn, each with its ``type``
    layout : the rest
    """

    def __init__(self, traces: list[dict[str, Any]], layout: dict[str, Any]) -> None:
        self._ready = {"data": traces, "layout": layout}

    def to_dict(self) -> dict[str, Any]:
        """What Streamlit sends."""
        return self._ready


def dressed(
    figure: go.Figure, colours: Tokens, height: int, margin: dict[str, int] | None = None
) -> go.Figure:
    """The figure with the house's type, colours and margins."""
    return figure.update_layout(**dress(colours, height, margin))


def show(figure: go.Figure, key: str, alt: str) -> None:
    """Draw a figure without tool bar, with its text alternative."""
    st.plotly_chart(figure, key=key, theme=None, config={"displayModeBar": False}, alt=alt)


def pyramid(own: pd.DataFrame, other: pd.DataFrame, other_name: str, alt: str) -> None:
    """Ages of a territory (bars) against another (outline), each in % of its population.

    Parameters
    ----------
    own, other : index age group from youngest to oldest; columns F, M (persons)
    other_name : what the outline is
    alt : the picture in words
    """
    figure = _pyramid(_cells(own), _cells(other), theme.tokens())
    show(figure, "pyramide", alt)
    st.html(
        '<div class="source"><span class="trait" aria-hidden="true"></span> '
        f"{other_name} · % de la population de chacun</div>"
    )


Cells = tuple[tuple[str, float, float], ...]
"""Age group, women, men: a pyramid that can be a key of a cache."""


def _cells(people: pd.DataFrame) -> Cells:
    return tuple(people[["F", "M"]].itertuples(name=None))


def _table(cells: Cells) -> pd.DataFrame:
    return pd.DataFrame(cells, columns=["age", "F", "M"]).set_index("age")


@remembered(maxsize=64)
def _pyramid(own_cells: Cells, other_cells: Cells, colours: Tokens) -> go.Figure:
    own = _table(own_cells)
    # Single precision is finer than a pixel, and half the bytes.
    mine, theirs = (
        (100 * t / t.to_numpy().sum()).astype("float32") for t in (own, _table(other_cells))
    )
    figure = make_subplots(cols=2, shared_yaxes=False, horizontal_spacing=0.2)
    ages = [a.replace("-", "–") for a in own.index]
    rows = list(range(len(ages)))
    for col, sex, name, fill in (
        (1, "M", "Hommes", colours.ramp[2]),
        (2, "F", "Femmes", colours.ramp[3 if colours.name == "clair" else 1]),
    ):
        figure.add_bar(
            x=mine[sex],
            orientation="h",
            marker={"color": fill, "line": {"width": 0}},
            text=ages,
            textposition="none",
            customdata=own[sex].astype("float32"),
            hovertemplate=(
                f"{name}, %{{text}} ans<br>%{{customdata:,.0f}} personnes, "
                "%{x:.1f} % de la population<extra></extra>"
            ),
            row=1,
            col=col,
        )
        shares = theirs[sex].to_numpy()
        figure.add_scatter(
            x=np.concatenate([shares[:1], shares, shares[-1:]]),
            y=[-0.5, *rows, rows[-1] + 0.5],
            mode="lines",
            line={"color": colours.ink, "width": 2, "shape": "vhv"},
            hoverinfo="skip",
            row=1,
            col=col,
        )
        figure.add_annotation(
            text=f"<b>{name}</b>",
            showarrow=False,
            xref="x domain" if col == 1 else "x2 domain",
            yref="paper",
            x=1 if col == 1 else 0,
            y=1.0,
            yanchor="bottom",
            xanchor="right" if col == 1 else "left",
        )
    most = max(mine.to_numpy().max(), theirs.to_numpy().max()) * 1.06
    axis = {"showgrid": True, "gridcolor": colours.border, "zeroline": False, "nticks": 4}
    figure.update_xaxes(**axis, row=1, col=1, range=[most, 0])
    figure.update_xaxes(**axis, row=1, col=2, range=[0, most])
    figure.update_yaxes(showticklabels=False, showgrid=False, range=[-0.6, len(ages) - 0.4])
    for i in [*rows[::4], rows[-1]]:
        figure.add_annotation(
            text=ages[i], x=0.5, y=i, xref="paper", yref="y", showarrow=False, xanchor="center"
        )
    figure.update_layout(bargap=0.12)
    return dressed(figure, colours, 360)


def evolution(series: dict[str, pd.Series], index: bool, alt: str) -> None:
    """Population over the years, as an index (first year = 100) or as inhabitants.

    Years without a figure are crossed by dots, never by a full line.

    Parameters
    ----------
    series : name → inhabitants by year, NaN where there is no figure; the first one stands out
    index : whether to draw 100 × value ÷ first value
    alt : the picture in words
    """
    lines = tuple((name, tuple(people.dropna().items())) for name, people in series.items())
    show(_evolution(lines, index, theme.tokens()), "evolution", alt)


@remembered(maxsize=64)
def _evolution(
    lines: tuple[tuple[str, tuple[tuple[int, float], ...]], ...], index: bool, colours: Tokens
) -> go.Figure:
    series = {}
    for name, points in lines:
        known = pd.Series(dict(points))
        series[name] = known.reindex(range(known.index[0], known.index[-1] + 1))
    figure = go.Figure()
    for rank, (name, people) in enumerate(series.items()):
        values = (100 * people / people.iloc[0] if index else people).astype("float32")
        colour = colours.secondary if rank else colours.accent_text
        known = values.dropna()
        width = 1.5 if rank else 3.0
        figure.add_scatter(
            x=known.index,
            y=known,
            mode="lines",
            line={"color": colour, "width": width, "dash": "dot"},
            hoverinfo="skip",
        )
        after_gap = [y for y in known.index if y - 1 not in known.index or y == known.index[-1]]
        figure.add_scatter(
            x=values.index,
            y=values,
            mode="lines+markers",
            line={"color": colour, "width": width},
            marker={"size": [8 - 2 * rank if y in after_gap else 4 for y in values.index]},
            customdata=people.astype("float32"),
            hovertemplate=f"{name}, 1/1/%{{x}}<br>%{{customdata:,.0f}} habitants<extra></extra>",
        )
        last = float(known.iloc[-1])
        shown = words.number(last, 1 if index else 0)
        figure.add_annotation(
            x=known.index[-1],
            y=last,
            text="<br>".join([f"<b>{shown}</b>", *words.wrapped(name)]),
            font={"color": colour},
            showarrow=False,
            xanchor="left",
            xshift=8,
            align="left",
            yshift=_apart(rank, series, index),
        )
    figure.update_xaxes(
        showgrid=False, tickvals=[2009, 2015, 2021, 2026], range=[2008.4, 2026.6], ticks=""
    )
    figure.update_yaxes(
        gridcolor=colours.border,
        zeroline=False,
        nticks=6,
        tickformat=",d" if not index else "",
    )
    left, right = (34, 96) if index else (62, 96)
    return dressed(figure, colours, 330, {"l": left, "r": right})


def _apart(rank: int, series: dict[str, pd.Series], index: bool) -> int:
    """Push two end labels apart when the lines end close together."""
    ends = [float((100 * s / s.iloc[0] if index else s).dropna().iloc[-1]) for s in series.values()]
    if len(ends) < 2:
        return 0
    span = max(abs(e - 100) for e in ends) if index else max(ends)
    if abs(ends[0] - ends[1]) > 0.25 * span:
        return 0
    upper = ends[0] >= ends[1]
    return 14 if (rank == 0) == upper else -22


def envelope_line(people: pd.Series, line: int, chosen: str, alt: str) -> None:
    """Inhabitants of each OLS beside the 450,000 line, in official order.

    Parameters
    ----------
    people : index « 01 Wallonie-Picarde » … in official order, inhabitants
    line : the threshold
    chosen : label to set off, or ""
    alt : the picture in words
    """
    show(_bars(tuple(people.items()), line, chosen, theme.tokens()), "ligne-450000", alt)


@remembered(maxsize=64)
def _bars(
    bars: tuple[tuple[str, float], ...], line: int, chosen: str, colours: Tokens
) -> go.Figure:
    people = pd.Series(dict(bars))
    names = list(people.index)[::-1]
    values = people[::-1]
    figure = go.Figure(
        go.Bar(
            x=values.astype("float32"),
            y=names,
            orientation="h",
            marker={
                "color": [colours.accent if name == chosen else colours.ramp[2] for name in names]
            },
            text=[words.number(float(v)) for v in values],
            textposition="inside",
            insidetextanchor="start",
            textangle=0,
            textfont={
                "weight": 700,
                "color": [colours.paper if name == chosen else INK_ON_BAR for name in names],
            },
            hoverinfo="skip",
        )
    )
    figure.add_vline(x=line, line={"color": colours.ink, "width": 2, "dash": "dash"})
    figure.add_annotation(
        x=line,
        y=1.0,
        yref="paper",
        yanchor="bottom",
        showarrow=False,
        text=f"{words.number(line)}",
    )
    figure.update_xaxes(visible=False, range=[0, float(values.max()) * 1.05])
    figure.update_yaxes(ticks="", showgrid=False)
    figure.update_layout(bargap=0.3)
    return dressed(figure, colours, 370, {"l": 190})
