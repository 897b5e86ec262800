"""Where names go on a map: inside their zone when they fit, else outside with a leader line.

The map engine drops labels that collide without a word, so none may collide here.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

CHARACTER, LINE = 0.53, 1.2
"""Mean width of a character and height of a line, in units of the type size."""

STEP = 6.0
"""Grid of the places tried outside, in pixels."""

TRIED = 128
"""Places outside that are tried at once."""

ORDERS = 8
"""Orders in which the names outside choose their places."""

SHIFTS = sorted(product(range(-24, 25, 8), range(-24, 25, 8)), key=lambda d: math.hypot(*d))
"""Places tried inside: the pole, then ever farther from it, in pixels."""


@dataclass(frozen=True)
class Wish:
    """A label to place.

    Attributes
    ----------
    lines : its text when it stands inside its zone
    beside : its text when it stands outside
    outline, pole : the zone's outline and its pole of inaccessibility, pixels
    """

    id: str
    lines: tuple[str, ...]
    beside: tuple[str, ...]
    outline: Any
    pole: tuple[float, float]


@dataclass(frozen=True)
class Label:
    """A placed label.

    Attributes
    ----------
    x, y : middle of the text, pixels
    leader : from the zone to the text (two points, pixels), or None when the text is inside
    """

    id: str
    text: str
    x: float
    y: float
    width: float
    height: float
    leader: tuple[tuple[float, float], tuple[float, float]] | None = None

    @property
    def reach(self) -> float:
        """Length of the leader line, pixels."""
        return math.dist(*self.leader) if self.leader else 0.0

    @property
    def box(self) -> Any:
        """Rectangle of the text."""
        return _boxes(np.array([[self.x, self.y]]), self.width, self.height)[0]


def _boxes(middles: npt.NDArray[np.float64], width: float, height: float) -> Any:
    """Rectangles around some middles, shape (n, 2)."""
    half = np.array([width / 2, height / 2])
    return shapely.box(*(middles - half).T, *(middles + half).T)


def size(lines: tuple[str, ...], type_px: float) -> tuple[float, float]:
    """Width and height of a text in pixels (estimate, on the generous side)."""
    longest = max(len(line) for line in lines)
    return longest * type_px * CHARACTER + 6, len(lines) * type_px * LINE + 4


def place(
    wishes: list[Wish],
    picture: tuple[float, float],
    land: Any,
    type_px: float,
    outside: int,
    slack: float = 3.0,
    farthest: float = math.inf,
) -> list[Label]:
    """Places for labels: inside their zone the most important first, the others outside.

    Parameters
    ----------
    wishes : labels in order of importance
    picture : width and height of the picture, pixels
    land : union of the shown zones, pixels; texts outside avoid it
    type_px : type size
    outside : how many labels may stand outside their zone; the others are left out
    slack : how far an inside label may cross its zone's limit, pixels
    farthest : longest leader line, pixels; a label that needs a longer one is left out

    Returns
    -------
    Labels that overlap no other label and no other leader line.
    """
    around = shapely.simplify(land.buffer(4), 1.5)
    shapely.prepare(around)
    placed: list[Label] = []
    left: list[Wish] = []
    for wish in wishes:
        label = _inside(wish, placed, type_px, slack)
        if label:
            placed.append(label)
        else:
            left.append(wish)
    return placed + _around(left[:outside], placed, picture, around, type_px, farthest)


def _around(
    wishes: list[Wish],
    inside: list[Label],
    picture: tuple[float, float],
    land: Any,
    type_px: float,
    farthest: float,
) -> list[Label]:
    """Labels outside, in the order of choosing that leaves the fewest out, on the shortest lines.

    Whoever was left out, or got the longest line, chooses first the next time.
    """
    order, seen = list(wishes), set[tuple[str, ...]]()
    best: list[Label] = []
    least = (math.inf, math.inf)
    while len(seen) < ORDERS and (names := tuple(wish.id for wish in order)) not in seen:
        seen.add(names)
        found: dict[str, Label] = {}
        for wish in order:
            label = _outside(wish, [*inside, *found.values()], picture, land, type_px)
            if label and label.reach <= farthest:
                found[wish.id] = label
        cost = (len(order) - len(found), sum(label.reach**2 for label in found.values()))
        if cost < least:
            best, least = list(found.values()), cost
        worst = max(
            order,
            key=lambda wish: found[wish.id].reach if wish.id in found else math.inf,
            default=None,
        )
        order.sort(key=lambda wish: wish is not worst)
    return best


def _busy(placed: list[Label]) -> Any:
    """Everything that a new label or leader line may not touch."""
    lines = [shapely.LineString(label.leader) for label in placed if label.leader]
    busy = shapely.GeometryCollection([*(label.box for label in placed), *lines])
    shapely.prepare(busy)
    return busy


def _inside(wish: Wish, placed: list[Label], type_px: float, slack: float) -> Label | None:
    width, height = size(wish.lines, type_px)
    room = shapely.simplify(wish.outline, 1.0).buffer(slack)
    shapely.prepare(room)
    middles = np.array(wish.pole) + np.array(SHIFTS)
    boxes = _boxes(middles, width, height)
    good = shapely.contains(room, boxes) & ~shapely.intersects(_busy(placed), boxes)
    if not good.any():
        return None
    x, y = (float(v) for v in middles[int(good.argmax())])
    return Label(wish.id, "<br>".join(wish.lines), x, y, width, height)


def _outside(
    wish: Wish, placed: list[Label], picture: tuple[float, float], land: Any, type_px: float
) -> Label | None:
    """The place with the shortest leader line, the text on few lines or on many."""
    busy = _busy(placed)
    found = [
        label
        for lines in dict.fromkeys((wish.beside, wish.lines))
        if (label := _beside(wish, lines, busy, picture, land, type_px))
    ]
    return min(found, key=lambda label: label.reach, default=None)


def _beside(
    wish: Wish,
    lines: tuple[str, ...],
    busy: Any,
    picture: tuple[float, float],
    land: Any,
    type_px: float,
) -> Label | None:
    width, height = size(lines, type_px)
    xs = np.arange(width / 2 + 2, picture[0] - width / 2 - 1, STEP)
    ys = np.arange(height / 2 + 2, picture[1] - height / 2 - 1, STEP)
    if not len(xs) or not len(ys):
        return None
    grid = np.array([(x, y) for x in xs for y in ys])
    half = np.array([width / 2, height / 2])
    pole = np.array(wish.pole)
    ends = np.clip(pole, grid - half, grid + half)
    # The nearest first: the first place that is free is the one, and the others are not tried.
    nearest = np.argsort(np.hypot(*(ends - pole).T), kind="stable")
    for start in range(0, len(nearest), TRIED):
        some = nearest[start : start + TRIED]
        boxes = _boxes(grid[some], width, height)
        some = some[~shapely.intersects(land, boxes) & ~shapely.intersects(busy, boxes)]
        ways = shapely.linestrings(
            np.stack([np.broadcast_to(pole, ends[some].shape), ends[some]], axis=1)
        )
        free = some[~shapely.intersects(busy, ways)]
        if len(free):
            best = int(free[0])
            break
    else:
        return None
    (x, y), end = grid[best].tolist(), ends[best].tolist()
    leader = (wish.pole, (end[0], end[1]))
    return Label(wish.id, "<br>".join(lines), x, y, width, height, leader)
