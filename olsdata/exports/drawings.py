"""Still pictures for the documents: the same zones, classes and colours as on the screen.

Sizes are CSS pixels (1/96 inch); a picture is made at the size at which it is printed, so that
all texts have one size.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from io import BytesIO
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd
import shapely

from olsdata import cartography, contours, territory, words
from olsdata.cartography import Shades, Texts, all_ols, every_commune
from olsdata.contours import Frame
from olsdata.exports import document as doc
from olsdata.palette import LIGHT
from olsdata.territory import WALLONIE, Zone

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

PX = 96
"""Pixels per inch of the sizes given here."""

PNG_DPI = 220
TYPE_PX = 10.5
POINTS = 72 / PX
"""Points per pixel."""

OUTSIDE_NAMES = 6
"""How many names of a map may stand outside their zone."""

REACH = 75
"""Longest leader line, pixels: beyond, the name is left to the table of the page."""


def drawn(figure: Figure, format_: Literal["svg", "png"]) -> bytes:
    """A figure in a format; texts become outlines, so that no font is needed to see them."""
    stream = BytesIO()
    figure.savefig(stream, format=format_, dpi=PNG_DPI, transparent=format_ == "svg")
    return stream.getvalue()


@lru_cache(maxsize=1)
def _dress() -> None:
    """Our typeface, once per process."""
    import matplotlib
    from matplotlib import font_manager

    for path in sorted(doc.FONTS.glob("*.ttf")):
        font_manager.fontManager.addfont(str(path))
    matplotlib.rcParams.update(
        {
            "font.family": ["Atkinson Hyperlegible", "DejaVu Sans"],
            "font.size": TYPE_PX * POINTS,
            "svg.fonttype": "path",
            "svg.hashsalt": "territoires-ols",
            "text.color": LIGHT.ink,
            "axes.edgecolor": LIGHT.border,
            "axes.labelcolor": LIGHT.ink,
            "xtick.color": LIGHT.ink,
            "ytick.color": LIGHT.ink,
        }
    )


def _figure(width: float, height: float) -> Figure:
    from matplotlib.figure import Figure

    _dress()
    return Figure(figsize=(width / PX, height / PX))


# --- Maps ---------------------------------------------------------------------------------------


def _canvas(frame: Frame) -> tuple[Figure, Axes]:
    figure = _figure(frame.width, frame.height)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_xlim(0, frame.width)
    axes.set_ylim(frame.height, 0)
    axes.axis("off")
    return figure, axes


def _fill(
    axes: Axes,
    frame: Frame,
    shapes: Sequence[Any],
    face: str | Sequence[str],
    edge: str = "none",
    width: float = 0,
) -> None:
    """Zones of one colour, or of one colour each."""
    from matplotlib.collections import PathCollection
    from matplotlib.path import Path

    found = []
    for shape in shapes:
        seen = shapely.simplify(shapely.transform(shape, frame.pixels), 0.35)
        seen = shapely.clip_by_rect(seen, -5, -5, frame.width + 5, frame.height + 5)
        rings = [
            Path(np.asarray(ring.coords), closed=True)
            for part in shapely.get_parts(seen)
            if part.geom_type == "Polygon"
            for ring in (part.exterior, *part.interiors)
        ]
        found.append(Path.make_compound_path(*rings) if rings else Path(np.empty((0, 2))))
    axes.add_collection(
        PathCollection(
            found,
            facecolors=face if isinstance(face, str) else list(face),
            edgecolors=edge,
            linewidths=width * POINTS,
        )
    )


def _hatch(axes: Axes, frame: Frame, level: str, ids: Sequence[str]) -> None:
    stripes = contours.shapes(level, stripes=True)
    _fill(axes, frame, [stripes[i] for i in ids if i in stripes], LIGHT.hatch, LIGHT.hatch, 0.4)


def _outline(axes: Axes, frame: Frame, ids: Sequence[str], colour: str, width: float) -> None:
    shapes = contours.shapes("ols")
    _fill(axes, frame, [shapes[i] for i in ids], "none", colour, width)


def _write(
    axes: Axes, frame: Frame, level: str, texts: Texts, shown: tuple[tuple[str, str], ...]
) -> list[Any]:
    """Names inside their zones, or outside with a leader line; gives where they stand."""
    found = cartography.place_names(level, frame, texts, shown, OUTSIDE_NAMES, 3.0, TYPE_PX)
    placed = [label for label in found if label.reach <= REACH]
    for label in placed:
        if label.leader:
            (x0, y0), (x1, y1) = label.leader
            axes.plot([x0, x1], [y0, y1], color=LIGHT.ink, linewidth=0.7 * POINTS)
            axes.plot([x0], [y0], marker="o", markersize=3 * POINTS, color=LIGHT.ink)
    return placed


def _print(
    axes: Axes, placed: list[Any], ink: dict[str, str], bold: str = "", halo: bool = False
) -> None:
    """Names where they stand; a halo keeps them readable on hatching, and outside their zone."""
    from matplotlib.patheffects import withStroke

    around = [withStroke(linewidth=3 * POINTS, foreground=LIGHT.paper)]
    for label in placed:
        axes.text(
            label.x,
            label.y,
            label.text.replace("<br>", "\n"),
            color=ink[label.id],
            ha="center",
            va="center",
            linespacing=1.05,
            fontweight="bold" if label.id == bold else "normal",
            path_effects=around if halo or label.leader else [],
        )


def zones(
    table: pd.DataFrame,
    shades: Shades,
    texts: Texts,
    zone: Zone,
    level: str,
    size: tuple[int, int],
    chosen: str = "",
) -> Figure:
    """A map of values: zones of a level in their classes, hatching, limits of the OLS, names.

    Parameters
    ----------
    table : index zone; valeur, agregation (hatched where the value is not the zone's own)
    shades, texts : from ``cartography``
    zone : the territory shown
    size : width and height, pixels
    chosen : OLS that stands out among the others, on a map of Wallonia
    """
    whole = zone.level == WALLONIE
    line = 0.3 if whole else 0.8
    figure, axes, frame = _ground(zone, size)
    shapes = contours.shapes(level)
    known = list(shades.rank.index)
    colours = [shades.ramp[int(rank)] for rank in shades.rank]
    _fill(axes, frame, [shapes[i] for i in known], colours, LIGHT.paper, line)
    missing = [i for i in table.index if i not in shades.rank.index]
    _fill(axes, frame, [shapes[i] for i in missing], LIGHT.paper, LIGHT.border, line)
    _hatch(axes, frame, level, list(table.index[cartography.hatching(table, level)]))
    if whole and level != "commune":
        _hatch(axes, frame, "commune", list(territory.outside().index))
    _outline(axes, frame, all_ols() if whole else [zone.id], LIGHT.ink, 1.0 if whole else 1.6)
    if whole and chosen:
        _outline(axes, frame, [chosen], LIGHT.ink, 2.6)
    placed = _write(axes, frame, level, texts, tuple((level, i) for i in table.index))
    _print(axes, placed, cartography.ink_of(placed, shades, LIGHT))
    return figure


def _ground(zone: Zone, size: tuple[int, int]) -> tuple[Figure, Axes, Frame]:
    """An empty map of a territory, with its neighbours."""
    whole = zone.level == WALLONIE
    box = (
        contours.bounds("commune", every_commune()) if whole else contours.bounds("ols", [zone.id])
    )
    frame = contours.fit(box, *size, (0.98, 0.96) if whole else (0.86, 0.94))
    figure, axes = _canvas(frame)
    if not whole:
        ols = contours.shapes("ols")
        others = [ols[i] for i in all_ols() if i != zone.id]
        _fill(axes, frame, others, LIGHT.neighbours, LIGHT.paper, 2)
    return figure, axes, frame


def tinted(
    communes: Sequence[str],
    tints: Mapping[str, str],
    hatched: Sequence[str],
    points: Sequence[str],
    zone: Zone,
    size: tuple[int, int],
) -> Figure:
    """A map of kinds: communes in their colours, those that are doubtful hatched, some points.

    Parameters
    ----------
    communes : REFNIS of those shown; blank where ``tints`` has no colour
    tints : REFNIS → colour
    hatched, points : REFNIS of those with hatching, and of those with a point
    zone : the territory shown
    size : width and height, pixels
    """
    figure, axes, frame = _ground(zone, size)
    shapes = contours.shapes("commune")
    blank = [shapes[i] for i in communes if i not in tints]
    _fill(axes, frame, blank, LIGHT.paper, LIGHT.border, 0.8)
    _fill(axes, frame, [shapes[i] for i in tints], list(tints.values()), LIGHT.paper, 0.8)
    _hatch(axes, frame, "commune", hatched)
    _outline(axes, frame, [zone.id], LIGHT.ink, 1.6)
    names = territory.zoning("communes").zones["label"]
    texts = tuple((i, str(names[i]), "") for i in communes)
    placed = _write(axes, frame, "commune", texts, tuple(("commune", i) for i in communes))
    for code in points:
        x, y = frame.pixels(contours.mercator(np.array([contours.point("commune", code)])))[0]
        axes.plot([x], [y + 9], marker="o", markersize=7 * POINTS, color=LIGHT.ink)
    _print(axes, placed, dict.fromkeys(communes, LIGHT.ink), halo=True)
    return figure


def situation(zone: Zone, size: tuple[int, int]) -> Figure:
    """Where a territory lies among the OLS: its number and the others'."""
    frame = contours.fit(contours.bounds("commune", every_commune()), *size, (0.97, 0.97))
    figure, axes = _canvas(frame)
    ids, shapes = all_ols(), contours.shapes("ols")
    apart = list(territory.outside().index)
    communes = contours.shapes("commune")
    _fill(axes, frame, [communes[i] for i in apart], "none", LIGHT.hatch, 0.5)
    _hatch(axes, frame, "commune", apart)
    chosen = [LIGHT.accent if i == zone.id else LIGHT.selected for i in ids]
    _fill(axes, frame, [shapes[i] for i in ids], chosen, LIGHT.ink, 0.9)
    shown = tuple(("ols", i) for i in ids)
    placed = _write(axes, frame, "ols", tuple((i, i, "") for i in ids), shown)
    ink = {i: LIGHT.paper if i == zone.id else LIGHT.ink for i in ids}
    _print(axes, placed, ink, bold=zone.id)
    return figure


# --- Charts -------------------------------------------------------------------------------------


def _plain(axes: Axes) -> None:
    """No frame, light grid, small ticks."""
    for side in axes.spines.values():
        side.set_visible(False)
    axes.tick_params(length=0, labelsize=9.5 * POINTS)
    axes.set_axisbelow(True)


def pyramid(own: pd.DataFrame, other: pd.DataFrame, size: tuple[int, int]) -> Figure:
    """Ages of a territory (bars) against another's (line), each in % of its population.

    Parameters
    ----------
    own, other : index age group from youngest to oldest; columns F, M (persons)
    """
    mine, theirs = (100 * t / t.to_numpy().sum() for t in (own, other))
    most = 1.08 * max(mine.to_numpy().max(), theirs.to_numpy().max())
    ages = [a.replace("-", "–") for a in own.index]
    rows = np.arange(len(ages))
    figure = _figure(*size)
    steps = np.repeat(np.arange(len(ages) + 1), 2)[1:-1] - 0.5
    for sex, name, left, fill in (
        ("M", "Hommes", 0.01, LIGHT.ramp[2]),
        ("F", "Femmes", 0.57, LIGHT.ramp[3]),
    ):
        axes = figure.add_axes((left, 0.075, 0.42, 0.86))
        axes.barh(rows, mine[sex], height=0.86, color=fill)
        axes.plot(np.repeat(theirs[sex].to_numpy(), 2), steps, color=LIGHT.ink, linewidth=1.1)
        axes.set_xlim((most, 0) if sex == "M" else (0, most))
        axes.set_ylim(-0.6, len(ages) - 0.4)
        axes.set_yticks([])
        axes.set_title(name, fontsize=TYPE_PX * POINTS, fontweight="bold", pad=4)
        axes.xaxis.set_major_formatter(lambda v, _: words.number(v))
        axes.grid(axis="x", color=LIGHT.border, linewidth=0.5)
        _plain(axes)
        if sex == "M":
            for row in (*rows[::4], rows[-1]):
                axes.text(
                    1.165, row, ages[row], transform=axes.get_yaxis_transform(), ha="center",
                    va="center", fontsize=9.5 * POINTS,
                )  # fmt: skip
    return figure


def evolution(series: dict[str, pd.Series], size: tuple[int, int]) -> Figure:
    """Population by year, 100 in the first one; years without a figure are crossed by dots.

    Parameters
    ----------
    series : name → inhabitants by year, NaN where there is no figure; the first one stands out
    """
    figure = _figure(*size)
    axes = figure.add_axes((0.09, 0.08, 0.68, 0.88))
    ends = []
    for rank, (name, people) in enumerate(series.items()):
        colour = LIGHT.secondary if rank else LIGHT.accent
        values = 100 * people / people.dropna().iloc[0]
        known = values.dropna()
        width = 1.1 if rank else 2.2
        axes.plot(known.index, known, color=colour, linewidth=width, linestyle=":")
        axes.plot(
            values.index, values, color=colour, linewidth=width, marker="o", markersize=2.4 - rank
        )
        text = "\n".join([words.number(float(known.iloc[-1]), 1), *words.wrapped(name)])
        ends.append((float(known.iloc[-1]), text, colour))
    low, high = axes.get_ylim()
    axes.set_ylim(low, high + 0.06 * (high - low))
    heights = _apart([value for value, _, _ in ends], 0.14 * (high - low))
    last = float(max(next(iter(series.values())).index))
    for height, (_, text, colour) in zip(heights, ends, strict=True):
        axes.annotate(
            text, (last, height), xytext=(6, 0), textcoords="offset points", va="center",
            color=colour, linespacing=1.05,
        )  # fmt: skip
    axes.set_xticks([2009, 2015, 2021, 2026])
    axes.yaxis.set_major_formatter(lambda v, _: words.number(v))
    axes.grid(axis="y", color=LIGHT.border, linewidth=0.5)
    _plain(axes)
    return figure


def _apart(values: list[float], room: float) -> list[float]:
    """Heights of two labels, pushed apart when their values are close.

    >>> _apart([100.0, 101.0], 4.0), _apart([1.0, 9.0], 4.0)
    ([98.5, 102.5], [1.0, 9.0])
    """
    if len(values) < 2 or abs(values[0] - values[1]) >= room:
        return values
    middle, side = sum(values) / 2, room / 2 if values[0] >= values[1] else -room / 2
    return [middle + side, middle - side]
